"""`tantieme push FILE`: a file of any size, sent in parts, taken in, and told about by line."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from tantieme_client._sync.client import Tantieme
from tantieme_client.cli.kinds import kind_of
from tantieme_client.models import IntakeFile

DONE, REFUSED = 0, 1
SHOWN = 20  # refused lines


def push(client: Tantieme, asked: argparse.Namespace) -> int:
    """Send the file, or what is missing of it, wait, and print what became of its lines."""
    kind = asked.kind or kind_of(asked.file)
    with _progress() as show:
        sent = client.intake_files.send(
            asked.file,
            kind,
            file_format=asked.format,
            late=asked.late,
            mode="good_lines" if asked.good_lines else "all_or_nothing",
            on_progress=show("sending"),
        )
        reading = show("reading")
        ended = client.intake_files.wait(
            sent, on_progress=lambda done, total, _: reading(done, total)
        )
    _tell(client, ended, asked.refused)
    return REFUSED if ended.status == "refused" or ended.refused else DONE


def _tell(client: Tantieme, ended: IntakeFile, path: Path | None) -> None:
    """The counts on one line, then what was refused and why."""
    counts = {"lines": ended.events, "new": ended.new, "known": ended.known}
    counts["refused"] = ended.refused
    told = ", ".join(f"{name} {count:,}" for name, count in counts.items() if count is not None)
    print(f"{ended.status}: {told} ({ended.kind}, {ended.name}, {ended.id})")
    for fault in ended.errors[:SHOWN]:
        line = f"line {fault.line}" if fault.line else "the file"
        field = f", {fault.field}" if fault.field else ""
        print(f"  {line}{field}: {fault.detail}")
    if ended.error_count > SHOWN:
        print(f"  ... {ended.error_count:,} things are wrong; --refused FILE writes them all.")
    if path is not None:
        _write_refused(client, ended, path)


def _write_refused(client: Tantieme, ended: IntakeFile, path: Path) -> None:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for told in client.intake_files.result(ended):
            if told["outcome"] == "refused":
                file.write(json.dumps(told, ensure_ascii=False) + "\n")
                count += 1
    print(f"  {count:,} refused lines are in {path}.")


@contextmanager
def _progress() -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """Bars on a terminal, nothing elsewhere; yields a maker of them."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bars:

        def make(name: str) -> Callable[[int, int], None]:
            task = bars.add_task(name, total=None)
            return lambda done, total: bars.update(task, completed=done, total=total or None)

        yield make
