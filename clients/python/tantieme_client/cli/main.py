"""`tantieme`: files of uses and revenue, pieces and what shaped them, jobs, the key."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from tantieme_client._sync.client import Tantieme
from tantieme_client.cli.push import push
from tantieme_client.problems import (
    ConnectionLost,
    JobFailed,
    RateLimited,
    TantiemeError,
    TantiemeProblem,
    UnexpectedAnswer,
    WaitedTooLong,
)
from tantieme_client.version import USER_AGENT

DONE, REFUSED, LATER, INTERRUPTED = 0, 1, 3, 130
# What may work when it is tried again, beside what the API calls its own fault.
PASSING = (ConnectionLost, JobFailed, RateLimited, UnexpectedAnswer, WaitedTooLong)
EPILOG = """\
The key comes from TANTIEME_API_KEY. The address is TANTIEME_URL for a live key and
TANTIEME_SANDBOX_URL for a test key, else this machine.

Exit codes: 0 done; 1 refused, or some lines were; 2 wrong use; 3 not reached, not finished or
failed there: try again; 130 interrupted: the same command goes on.
"""


class _Document(Protocol):
    def to_dict(self) -> dict[str, Any]: ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        client = Tantieme(base_url=asked.url)
    except ValueError as error:
        parser.error(str(error))
    try:
        with client:
            code: int = asked.run(client, asked)
            return code
    except (TantiemeError, OSError, ValueError) as error:
        print(f"tantieme: {error}", file=sys.stderr)
        is_theirs = isinstance(error, TantiemeProblem) and error.status >= 500
        return LATER if is_theirs or isinstance(error, PASSING) else REFUSED
    except KeyboardInterrupt:
        print("tantieme: interrupted; the same command goes on.", file=sys.stderr)
        return INTERRUPTED


def _send_generation(client: Tantieme, asked: argparse.Namespace) -> int:
    sent = client.generations.send(
        asked.file,
        external_id=asked.external_id or asked.file.stem,
        model_version=asked.model_version,
        generated_at=asked.generated_at,
    )
    _print(client.generations.wait_attributed(sent) if asked.wait else sent)
    return DONE


def _attribution(client: Tantieme, asked: argparse.Namespace) -> int:
    """By our id, or by the platform's own name for the piece."""
    try:
        pk = UUID(asked.generation)
    except ValueError:
        found = client.generations.find(asked.generation)
        if found is None:
            raise ValueError(f"You have sent no piece called {asked.generation!r}.") from None
        pk = found.id
    wait = client.generations.wait_attributed if asked.wait else client.generations.attribution
    _print(wait(pk))
    return DONE


def _job(client: Tantieme, asked: argparse.Namespace) -> int:
    _print(client.jobs.wait(asked.job) if asked.wait else client.jobs.retrieve(asked.job))
    return DONE


def _key(client: Tantieme, asked: argparse.Namespace) -> int:
    _print(client.key.retrieve())
    return DONE


def _print(document: _Document) -> None:
    print(json.dumps(document.to_dict(), indent=2, ensure_ascii=False))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tantieme",
        description="Send what your model generated, how it was used and what it earned.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=USER_AGENT)
    parser.add_argument("--url", help="the installation's address")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_push(commands)
    _add_generations(commands)
    attribution = commands.add_parser("attribution", help="what shaped a piece")
    attribution.add_argument("generation", help="its id, or your name for it")
    _add_wait(attribution)
    attribution.set_defaults(run=_attribution)
    job = commands.add_parser("jobs", help="how far a job is")
    job.add_argument("job", help="its id or address")
    _add_wait(job)
    job.set_defaults(run=_job)
    key = commands.add_parser("key", help="what the key may do, and until when")
    key.set_defaults(run=_key)
    return parser


def _add_push(commands: Any) -> None:
    parser = commands.add_parser(
        "push", help="send a file of uses or revenue, and say what became of it"
    )
    parser.add_argument("file", type=Path, help="NDJSON, CSV or DSR, packed with gzip or not")
    parser.add_argument("--kind", choices=["usage", "revenue"], help="else the content tells")
    parser.add_argument("--format", choices=["ndjson", "csv", "dsr"], help="else the name tells")
    parser.add_argument("--late", action="store_true", help="keep events of closed periods too")
    parser.add_argument("--good-lines", action="store_true", help="leave faulty lines out")
    parser.add_argument(
        "--refused", type=Path, metavar="FILE", help="write all refused lines there, as NDJSON"
    )
    parser.set_defaults(run=push)


def _add_generations(commands: Any) -> None:
    generations = commands.add_parser("generations", help="pieces that your model generated")
    actions = generations.add_subparsers(required=True, metavar="ACTION")
    send = actions.add_parser("send", help="send a piece")
    send.add_argument("file", type=Path, help="a MIDI file")
    send.add_argument("--model-version", required=True, help="name@version, or the id")
    send.add_argument("--external-id", help="your name for it; else the file's name")
    send.add_argument("--generated-at", type=datetime.fromisoformat, help="else now")
    _add_wait(send)
    send.set_defaults(run=_send_generation)


def _add_wait(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--wait", action="store_true", help="until it is done")


if __name__ == "__main__":
    sys.exit(main())
