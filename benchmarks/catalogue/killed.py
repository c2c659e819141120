"""What is there after kill -9 of a process that checks or writes a delivery, and of the next one.

A process of its own checks a delivery of many rows, of which one is at fault, and is killed in the
middle; another checks it anew. A third writes the good rows and is killed in the middle; a fourth
goes on behind what is written. The table says how many rows each left, and the last line whether
the catalogue then holds every good row once.
"""

import argparse
import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import django
from rich.console import Console
from rich.table import Table

from benchmarks.catalogue.ingest import AS_OF, write_rows

if TYPE_CHECKING:
    from catalog.deliveries.models import Delivery

KILL_SECONDS = 1.5
LOOK_SECONDS = 0.02


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=100_000, help="of the delivery")


def show(console: Console, options: argparse.Namespace) -> None:
    """Kill, go on, and count."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from benchmarks.tenancy import own_database
    from common.database import tenancy
    from config.embedded import ensure_servers

    ensure_servers()
    tenancy.serve_as_system()
    with own_database(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "songs.csv"
        write_rows(path, options.rows, bad_row=options.rows // 2)
        _show(console, path)


def _show(console: Console, path: Path) -> None:
    from catalog.deliveries.models import Delivery
    from catalog.deliveries.services.checking import check
    from catalog.deliveries.services.writing import write
    from catalog.models import Share, Track

    delivery = Delivery.objects.create(
        name=path.name, sha256="", size_bytes=1, as_of=AS_OF, take_good_rows=True
    )
    table = Table("process", "ended", "seconds", "rows checked", "rows written", title=path.name)
    _run(table, delivery, "checks", lambda: check(delivery, path, None), after=KILL_SECONDS)
    _run(table, delivery, "checks anew", lambda: check(delivery, path, None))
    Delivery.objects.filter(pk=delivery.pk).update(status=Delivery.Status.APPROVED)
    delivery.refresh_from_db()
    half = delivery.row_count // 2
    _run(table, delivery, "writes", lambda: write(delivery, None), written=half)
    _run(table, delivery, "goes on", lambda: write(delivery, None))
    console.print(table)
    delivery.refresh_from_db()
    good, shares = delivery.row_count - 1, 2 * (delivery.row_count - 1)
    is_right = (Track.objects.count(), Share.objects.count()) == (good, shares)
    is_right &= (delivery.created_count, delivery.rejected_count) == (good, 1)
    console.print(
        f"{Track.objects.count():,} tracks with {Share.objects.count():,} shares: "
        + ("every good row once." if is_right else "WRONG.")
    )


def _run(
    table: Table,
    delivery: "Delivery",
    name: str,
    work: Callable[[], object],
    *,
    after: float = 0.0,
    written: int = 0,
) -> None:
    """Work in a child, which is killed after some seconds or rows if any are given."""
    from django.db import connections

    connections.close_all()  # a child must not speak through its parent's connection
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    status = None
    while status is None:
        ended, code = os.waitpid(child, os.WNOHANG)
        status = code if ended else None
        is_due = after and time.perf_counter() - began > after
        if status is None and (is_due or (written and _written(delivery) >= written)):
            os.kill(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
        time.sleep(LOOK_SECONDS)
    how = "killed" if os.WIFSIGNALED(status) else f"exit status {os.WEXITSTATUS(status)}"
    seconds = f"{time.perf_counter() - began:.1f}"
    table.add_row(name, how, seconds, f"{delivery.rows.count():,}", f"{_written(delivery):,}")


def _written(delivery: "Delivery") -> int:
    return delivery.rows.filter(is_written=True).count()
