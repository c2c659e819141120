"""Kill the web server in an upload and the worker in its job, again and again, and count.

Each kill is SIGKILL to all processes of the program at once. After each, what lies in the database
is told; the caller asks which parts are there and sends the others, and the next worker takes the
job over once the dead one has been silent for long enough. In the end the events are held against
the file, one by one, and their counts against its sum.
"""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.api import processes
from benchmarks.api.served import Served, served
from benchmarks.api.uploading import Caller

PATIENCE_SECONDS = 300
# What the job says of itself, when it is to die.
MOMENTS = ("reading", "checking", "counting")


def add_arguments(options: argparse.ArgumentParser) -> None:
    options.add_argument("--lines", type=int, default=1_000_000)
    options.add_argument("--processes", type=int, default=2, help="of the web server")
    options.add_argument("--threads", type=int, default=4, help="of each of them")


def show(console: Console, options: argparse.Namespace) -> None:
    """Kill, go on, count, and print what was there after each death."""
    table = Table(title="after each kill -9", title_justify="left", box=None, pad_edge=False)
    for heading in ("killed", "when", "then there are", "and the file is"):
        table.add_column(heading, no_wrap=True)
    with served(options.processes, options.threads) as ours, ExitStack() as stack:
        path = _write_file(ours, options.lines)
        caller, upload = _upload_through_a_death(ours, path, table, stack)
        file = caller.hand_in(upload, result="all")
        for moment in MOMENTS:
            _kill_the_worker(ours, caller, file, moment, table)
        with _worker(ours):
            *_, file = caller.watch(file)
        console.print(table)
        _hold_against(console, path, file)


def _upload_through_a_death(
    ours: Served, path: Path, table: Table, stack: ExitStack
) -> tuple[Caller, dict[str, Any]]:
    """Upload half of the parts, kill the server, and send the rest to the next one."""
    from config.embedded.web import running_web

    caller = Caller(ours.url, ours.key)
    upload = caller.announce(path)
    half = upload["part_count"] // 2
    for number in range(1, half + 1):
        caller.send_part(upload, path, number)
    caller.begin_part(upload, path, half + 1)  # its bytes are on the way when the server dies
    count = processes.kill(ours.home, "web")
    url = stack.enter_context(running_web(ours.home, extra=ours.environment))
    caller = Caller(url, ours.key)
    missing = caller.missing_parts(upload)
    there = f"{upload['part_count'] - len(missing)} of {upload['part_count']} parts"
    table.add_row(f"web, {count} processes", f"in part {half + 1}", there, "being uploaded")
    for number in missing:
        caller.send_part(upload, path, number)
    with _worker(ours):  # a large file is held against its sha256 by a job
        caller.complete(upload)
    return caller, upload


def _kill_the_worker(
    ours: Served, caller: Caller, file: dict[str, Any], moment: str, table: Table
) -> None:
    """Let a worker begin, and kill it when the job says that it has come to the moment."""
    with _worker(ours):
        job = file["job"].rpartition("/v1/")[2]
        _wait_until(lambda: caller.ask("GET", job)["progress"]["note"].startswith(moment))
        note = caller.ask("GET", job)["progress"]["note"]
        count = processes.kill(ours.home, "worker")
    status = caller.ask("GET", f"intake-files/{file['id']}")["status"]
    table.add_row(f"worker, {count} processes", note, f"{_events():,} events", status)
    _forget_the_note()


def _worker(ours: Served) -> Any:
    from config.embedded.worker import running_worker

    return running_worker(ours.home, concurrency=1, extra=ours.environment)


def _events() -> int:
    from royalty.models import UsageEvent

    return UsageEvent.objects.count()


def _forget_the_note() -> None:
    """What the dead worker said last must not be taken for what the next one says."""
    from common.jobs.models import Job

    Job.objects.update(progress_note="")


def _wait_until(has_come: Any) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not has_come():
        if time.monotonic() > deadline:
            raise TimeoutError("It did not come to that.")
        time.sleep(0.05)


def _write_file(ours: Served, lines: int) -> Path:
    from attribution.models import Generation
    from benchmarks.royalty import cast

    pieces = list(Generation.objects.filter(platform=ours.of.platform))
    return cast.ndjson(ours.home / "killed.ndjson", cast.uses("killed", pieces, lines))


def _hold_against(console: Console, path: Path, file: dict[str, Any]) -> None:
    """Print the file's counts beside those of the table of events.

    Raises:
        AssertionError: an event is missing, or counted otherwise than the file says.
    """
    from royalty.models import UsageEvent

    told = dict(_counts(path))
    counted = dict(UsageEvent.objects.values_list("event_id", "count").iterator())
    console.print(
        f"the file is {file['status']}: {file['events']:,} lines, {file['new']:,} new, "
        f"{file['known']:,} known; in the file {len(told):,} events with {sum(told.values()):,} "
        f"uses, in the database {len(counted):,} with {sum(counted.values()):,}"
    )
    assert told == counted


def _counts(path: Path) -> Iterator[tuple[str, int]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            yield event["event_id"], event["count"]
