"""`python -m benchmarks.portal`: how long pages take where each period has 100,000 lines.

Asked through Django and its middleware as the people of each kind, but without a network, in a
database of its own that is dropped afterwards. The first answer of each page in a fresh process is
shown apart: what derives from a sealed run is kept in the process afterwards.

python -m benchmarks.portal                      every page, in some minutes
python -m benchmarks.portal --only exceptions    pages in whose name that stands
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from benchmarks.royalty.own import own_books

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from benchmarks.portal.pages import Page

TABLE_WIDTH = 120
HOST = "localhost"
BACKEND = "django.contrib.auth.backends.ModelBackend"
UNHASHED = "django.contrib.staticfiles.storage.StaticFilesStorage"
LIMIT_MS = 300
LEAST_REPEATS = 20


@dataclass(frozen=True)
class Taken:
    """What a page took, in milliseconds; kB are of HTML, not compressed."""

    first_ms: float
    p50_ms: float
    p95_ms: float
    queries: int
    kilobytes: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; the exit code is 1 if a page is above the limit."""
    options = parser().parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.width = max(console.width, TABLE_WIDTH)  # also into a file, which has none
    with own_books(), TemporaryDirectory() as folder:
        taken = _measured(options, Path(folder))
    console.print(
        f"{options.lines:,} lines in each of two periods, {options.payees:,} payees; "
        f"{options.repeats} answers a page"
    )
    console.print(_table(taken))
    return int(any(each.p95_ms > LIMIT_MS for each in taken.values()))


def _measured(options: argparse.Namespace, folder: Path) -> dict[str, Taken]:
    from django.conf import settings
    from django.test import override_settings

    from benchmarks.portal.pages import EMPTY, pages_of
    from benchmarks.portal.world import make_world
    from royalty.selectors.runs import kept_lines

    world = make_world(options.lines, options.payees, folder)
    plain = {"staticfiles": {"BACKEND": UNHASHED}}  # nothing need be collected first
    pages = [page for page in pages_of(world) if options.only in page.name or page.name == EMPTY]
    kept_lines.cache_clear()
    with override_settings(STORAGES=settings.STORAGES | plain, OPERATORS_NEED_SECOND_FACTOR=False):
        clients = {name: _signed_in(person) for name, person in world.people.items()}
        return {page.name: _taken(clients[page.person], page, options.repeats) for page in pages}


def _signed_in(person: "User") -> "Client":
    from django.test import Client

    client = Client(headers={"host": HOST})
    client.force_login(person, BACKEND)
    return client


def _taken(client: "Client", page: "Page", repeats: int) -> Taken:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    first_ms, answer = _asked(client, page.path)
    if answer.status_code != 200:
        raise SystemExit(f"{page.name}: {page.path} answered {answer.status_code}")
    times = [_asked(client, page.path)[0] for _ in range(repeats)]
    with CaptureQueriesContext(connection) as captured:
        client.get(page.path)
    p95_ms = statistics.quantiles(times, n=20, method="inclusive")[-1]
    size = len(answer.content) / 1000
    return Taken(first_ms, statistics.median(times), p95_ms, len(captured), size)


def _asked(client: "Client", path: str) -> tuple[float, Any]:
    started = time.perf_counter()
    answer = client.get(path)
    return 1000 * (time.perf_counter() - started), answer


def _table(taken: dict[str, Taken]) -> Table:
    from benchmarks.portal.pages import EMPTY

    base = taken.get(EMPTY)
    table = Table("page", "p50 ms", "p95 ms", "× empty", "first ms", "queries", "kB", "")
    for name, each in taken.items():
        times = f"{each.p50_ms / base.p50_ms:.1f}" if base else ""
        mark = f"above {LIMIT_MS}" if each.p95_ms > LIMIT_MS else ""
        cells = (each.p50_ms, each.p95_ms, times, each.first_ms, each.queries, each.kilobytes, mark)
        table.add_row(
            name, *(f"{cell:,.0f}" if isinstance(cell, float) else str(cell) for cell in cells)
        )
    return table


def _written(cell: float | int | str) -> str:
    return f"{cell:,.0f}" if isinstance(cell, float) else str(cell)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.portal",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--lines", type=int, default=100_000, help="in each of two periods")
    options.add_argument("--payees", type=int, default=200)
    options.add_argument("--repeats", type=int, default=LEAST_REPEATS, help="answers of each page")
    options.add_argument("--only", default="", help="pages in whose name this stands")
    return options


if __name__ == "__main__":
    sys.exit(main())
