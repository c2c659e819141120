"""`make serve`: everything on this machine, in one terminal, until Ctrl-C.

The private servers, the schema, the static files, one worker with its sweep and gunicorn. Worker
and web server end with this process; the private servers stay, as they do after `make demo`.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from config.embedded import ensure_servers
from config.embedded.web import WebDidNotStart, running_web
from config.embedded.worker import running_worker
from config.environment import ConfigurationError, environment

PLACES = (
    ("/", "the portal: statements, works, what shaped a generated piece"),
    ("/api/reference", "the API: what to send, what comes back"),
    ("/admin/", "everything there is, for the operator's own people"),
    ("/health/ready", "whether every part answers"),
    ("/metrics", "what Prometheus reads"),
)

# SIGINT too: a shell that starts us in the background has it ignored.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Serve until interrupted; returns the exit status."""
    console = Console(highlight=False)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        home, port = environment().home, environment().port
        with _interruptible():
            _prepare(console)
            with (
                running_web(home, port=port, extra=_talkative()) as url,
                running_worker(home, concurrency=1),
            ):
                console.print(_welcome(url, home), soft_wrap=True, markup=False)
                signal.pause()
    except (ConfigurationError, WebDidNotStart) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("\nThe web server and the worker have ended. `make stop` ends the rest.")
    return 0


def _prepare(console: Console) -> None:
    console.print("Starting the servers; the first time this takes a few seconds ...")
    ensure_servers()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _talkative() -> dict[str, str]:
    """Who serves by hand wants to see in the log who asks for what."""
    return {"LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO")}


def _welcome(url: str, home: Path) -> str:
    lines = ["", *(f"{url}{path:<15} {what}" for path, what in PLACES)]
    lines.append(f"\nLogs: {home}/web.log, {home}/worker.log")
    people = home / "demo" / "users.txt"
    if people.exists():
        lines.append(f"\n{people.read_text(encoding='utf-8').strip()}")
    lines.append("\nCtrl-C ends it.")
    return "\n".join(lines)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM, and the terminal's end, end everything as Ctrl-C does."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
