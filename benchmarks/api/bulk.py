"""Lines a second from a file through upload and job, against a bare COPY of the same rows.

The COPY is of a text that lies ready, in blocks, by the tables' owner, into a table with the
columns and keys of the events and nothing else: no checks, no policies, no look-up of pieces. What
is measured against it begins at the first byte sent and ends when the API says `taken`; files and
texts are written before. Each turn takes other events. Peaks are those of single processes.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from benchmarks.api import processes
from benchmarks.api.served import Served, served
from benchmarks.api.uploading import BLOCK_BYTES, Caller

if TYPE_CHECKING:
    from attribution.models import Generation

COPIED, SENT, TAKEN, WHOLE = "bare COPY", "upload", "job: check, count", "upload and job"
COLUMNS = (
    "platform_id, intake_file_id, generation_id, event_id, service, subscriber, used_at, count"
)
KEYED = "CREATE TABLE copied (LIKE royalty_usageevent INCLUDING ALL)"
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Turn:
    """Seconds of one file, and the most memory that a process held meanwhile."""

    seconds: dict[str, float]
    worker_bytes: int
    web_bytes: int


def add_arguments(options: argparse.ArgumentParser) -> None:
    options.add_argument("--lines", type=int, nargs="+", default=[100_000, 1_000_000])
    options.add_argument("--rounds", type=int, default=3, help="files of each size")
    options.add_argument("--result", choices=("refused", "all"), default="refused")
    options.add_argument("--processes", type=int, default=2, help="of the web server")
    options.add_argument("--threads", type=int, default=4, help="of each of them")


def show(console: Console, options: argparse.Namespace) -> None:
    """Measure and print the table."""
    with served(options.processes, options.threads) as ours, _worker(ours):
        _as_owner(KEYED)
        _turn(ours, 10_000, -1, options.result)  # warms up
        turns = {
            size: [_turn(ours, size, number, options.result) for number in range(options.rounds)]
            for size in options.lines
        }
        console.print(_table(turns, options))


def _worker(ours: Served) -> Any:
    from config.embedded.worker import running_worker

    return running_worker(ours.home, concurrency=1, extra=ours.environment)


def _turn(ours: Served, size: int, number: int, result: str) -> Turn:
    """Take one file of each way."""
    name = f"{size}-{number}"
    path, text = _write_files(ours, name, size)
    for program in ("worker", "web"):
        processes.forget_peaks(ours.home, program)
    seconds = {COPIED: _timed(lambda: _copy(text)), **_send(ours, path, size, result)}
    path.unlink()
    text.unlink()
    return Turn(
        seconds,
        processes.peak_bytes(ours.home, "worker"),
        processes.peak_bytes(ours.home, "web"),
    )


def _send(ours: Served, path: Path, size: int, result: str) -> dict[str, float]:
    caller = Caller(ours.url, ours.key)
    begun = time.perf_counter()
    upload = caller.announce(path)
    for part in range(1, upload["part_count"] + 1):
        caller.send_part(upload, path, part)
    caller.complete(upload)
    sent = time.perf_counter()
    *_, file = caller.watch(caller.hand_in(upload, result=result))
    taken = time.perf_counter()
    if (file["status"], file["new"]) != ("taken", size):
        raise RuntimeError(f"The file is {file['status']}, {file['new']} are new: {file['errors']}")
    return {SENT: sent - begun, TAKEN: taken - sent, WHOLE: taken - begun}


def _write_files(ours: Served, name: str, size: int) -> tuple[Path, Path]:
    """The events as they are sent, and as COPY reads them."""
    from attribution.models import Generation
    from benchmarks.royalty import cast

    pieces = list(Generation.objects.filter(platform=ours.of.platform).order_by("external_id"))
    path = ours.home / f"{name}.ndjson"
    cast.ndjson(path, cast.uses(name, pieces, size))
    text = ours.home / f"{name}.copy"
    with text.open("w", encoding="utf-8") as file:
        file.writelines(_copied_lines(ours.of.platform.pk, name, pieces, size))
    return path, text


def _copied_lines(platform: int, name: str, pieces: "list[Generation]", size: int) -> Iterator[str]:
    from benchmarks.royalty import cast

    ids = {piece.external_id: piece.pk for piece in pieces}
    for use in cast.uses(name, pieces, size):
        cells = (platform, 1, ids[use["generation"]], use["event_id"], use["service"])
        more = (use["subscriber"], use["used_at"], use["count"])
        yield "\t".join(map(str, (*cells, *more))) + "\n"


def _copy(text: Path) -> None:
    from django.db import connections, transaction

    with (
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
        text.open("rb") as file,
        cursor.copy(f"COPY copied ({COLUMNS}) FROM STDIN") as copy,
    ):
        while block := file.read(BLOCK_BYTES):
            copy.write(block)


def _as_owner(statement: str) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _table(turns: dict[int, list[Turn]], options: argparse.Namespace) -> Table:
    table = Table(
        title=f"uses as NDJSON, result of lines: {options.result}; medians of {options.rounds}",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("lines", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for heading in ("seconds", "lines/s", "× COPY", "worker's peak", "web's peak"):
        table.add_column(heading, justify="right", no_wrap=True)
    for size, found in turns.items():
        seconds = {
            name: median(turn.seconds[name] for turn in found)
            for name in (COPIED, SENT, TAKEN, WHOLE)
        }
        peaks = [max(turn.worker_bytes for turn in found), max(turn.web_bytes for turn in found)]
        for name, taken in seconds.items():
            memory = [f"{peak / MEBIBYTE:,.0f} MiB" if name == WHOLE else "" for peak in peaks]
            table.add_row(
                f"{size:,}",
                name,
                f"{taken:.2f}",
                f"{size / taken:,.0f}",
                f"{seconds[COPIED] / taken:.2f}",
                *memory,
            )
    return table
