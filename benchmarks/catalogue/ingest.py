"""How fast a delivery is checked and written, against a bare COPY of the same rows.

The bare way reads the same CSV with the standard library and copies its cells as text into one
table of as many columns, which checks nothing. Ours parses and checks every cell, recognises
parties, compares with the catalogue, keeps the row, and writes works, tracks, credits and shares
under all constraints, policies and the history of changes. Each round delivers new rows to a
database that keeps those of the rounds before; the table has the medians.
"""

import argparse
import csv
import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import django
from rich.console import Console
from rich.table import Table

AS_OF = date(2026, 1, 1)
PARTIES_A_HUNDRED_ROWS = 10
COLUMNS = (
    *("track_id", "title", "artist", "isrc", "genre", "collection"),
    *("composer", "composer_share_pct", "publisher", "publisher_share_pct", "shares_from"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=100_000, help="of each delivery")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--bad-row", type=int, default=0, help="put one row that is at fault at this place (none)"
    )
    parser.add_argument("--take-good-rows", action="store_true", help="leave out bad rows")


def show(console: Console, options: argparse.Namespace) -> None:
    """Measure in a database of its own and print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from benchmarks.tenancy import own_database
    from common.database import tenancy
    from config.embedded import ensure_servers

    ensure_servers()
    tenancy.serve_as_system()
    seconds: dict[str, list[float]] = {}
    with own_database(), tempfile.TemporaryDirectory() as folder:
        for round_number in range(options.rounds):
            path = Path(folder) / f"round-{round_number}.csv"
            write_rows(path, options.rows, round_number, bad_row=options.bad_row)
            for name, taken in _round(path, options).items():
                seconds.setdefault(name, []).append(taken)
    console.print(_table(options, {name: median(taken) for name, taken in seconds.items()}))
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    console.print(f"The process held {peak_mib} MiB at most.")


def write_rows(path: Path, rows: int, round_number: int = 0, *, bad_row: int = 0) -> None:
    """Write a delivery of that many rows; the one named, if any, has a day that is none."""
    n_parties = max(1, rows * PARTIES_A_HUNDRED_ROWS // 100)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        for row in range(rows):
            number = round_number * rows + row
            isrc = f"DEB{'ABCDEFGHIJ'[number // 10_000_000]}C{number // 100_000 % 100:02}"
            writer.writerow(
                [
                    *(f"b{number}", f"Song {number}", f"Artist {number % n_parties}"),
                    *(f"{isrc}{number % 100_000:05}", "pop", f"Album {number // 12}"),
                    *(f"Composer {number % n_parties}", "50"),
                    *(f"Publisher {number % 100}", "50"),
                    "2026-02-30" if row == bad_row and bad_row else "2026-01-01",
                ]
            )


def _round(path: Path, options: argparse.Namespace) -> dict[str, float]:
    """Seconds of the bare copy, the check and the writing of one delivery."""
    from catalog.deliveries.models import Delivery
    from catalog.deliveries.services.checking import check
    from catalog.deliveries.services.writing import write
    from catalog.models import Track

    delivery = Delivery.objects.create(
        name=path.name,
        sha256="",
        size_bytes=1,
        as_of=AS_OF,
        take_good_rows=options.take_good_rows,
    )
    taken = {"bare COPY": _timed(lambda: _bare(path))}
    taken["check"] = _timed(lambda: check(delivery, path, None))
    delivery.refresh_from_db()
    if options.bad_row and not options.take_good_rows:
        assert delivery.status == Delivery.Status.REFUSED, delivery.status
        assert (delivery.rejected_count, delivery.held_back_count) == (1, options.rows - 1)
        assert not Track.objects.exists()
        return taken
    assert delivery.status == Delivery.Status.CHECKED, delivery.status
    Delivery.objects.filter(pk=delivery.pk).update(status=Delivery.Status.APPROVED)
    taken["write"] = _timed(lambda: write(delivery, None))
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.DONE, delivery.status
    assert delivery.created_count == options.rows - bool(options.bad_row)
    return taken


def _bare(path: Path) -> None:
    from django.db import connection, transaction

    columns = ", ".join(f"{name} text" for name in COLUMNS)
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        path.open(encoding="utf-8", newline="") as handle,
    ):
        cursor.execute("DROP TABLE IF EXISTS pg_temp.bare")
        cursor.execute(f"CREATE TEMPORARY TABLE bare ({columns})")
        rows = csv.reader(handle)
        next(rows)
        with cursor.copy("COPY pg_temp.bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _table(options: argparse.Namespace, seconds: dict[str, float]) -> Table:
    terms = "good rows taken" if options.take_good_rows else "all or nothing"
    fault = ", one of them at fault" if options.bad_row else ""
    title = f"Delivering {options.rows:,} rows{fault}, {terms}; medians of {options.rounds}"
    table = Table(title=title)
    table.add_column("step")
    for heading in ("seconds", "rows/s", "× bare COPY"):
        table.add_column(heading, justify="right")
    if "write" in seconds:
        seconds = seconds | {"check and write": seconds["check"] + seconds["write"]}
    for name, taken in seconds.items():
        times = taken / seconds["bare COPY"]
        table.add_row(name, f"{taken:.2f}", f"{options.rows / taken:,.0f}", f"{times:.1f}")
    return table
