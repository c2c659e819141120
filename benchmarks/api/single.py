"""Requests a second, one event or document each, against bare Django views behind the same server.

The bare views run in a gunicorn of their own with as many processes and threads; one only reads
the JSON, the other also inserts a row and commits. The load comes from this machine too, so the
figures are what server, database and caller manage together. Contestants take turns.
"""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from benchmarks.api.load import Load, Make, Request, drive, medians
from benchmarks.api.served import Served, served

BARE_READ, BARE_INSERT = "bare view: read JSON", "bare view: read JSON, insert a row"
HEADINGS = ("requests/s", "p50 ms", "p99 ms", "× read", "× insert")


def add_arguments(options: argparse.ArgumentParser) -> None:
    options.add_argument("--seconds", type=float, default=5, help="of a turn")
    options.add_argument("--rounds", type=int, default=5, help="turns of each")
    options.add_argument("--connections", type=int, default=8)
    options.add_argument("--processes", type=int, default=2, help="of each web server")
    options.add_argument("--threads", type=int, default=4, help="of each process")


def show(console: Console, options: argparse.Namespace) -> None:
    """Measure and print the table."""
    with served(options.processes, options.threads) as ours, _bare(ours) as bare:
        contestants = _contestants(ours, bare)
        loads: dict[str, list[Load]] = {name: [] for name in contestants}
        for number in range(options.rounds + 1):
            for name, (url, make, status) in contestants.items():
                load = drive(
                    url,
                    lambda n, make=make, number=number: make(number * 10**9 + n),  # type: ignore[misc]
                    connections=options.connections,
                    seconds=options.seconds if number else 1,
                    status=status,
                )
                if number:  # the first turn warms up
                    loads[name].append(load)
    console.print(_table({name: medians(found) for name, found in loads.items()}, options))


@contextmanager
def _bare(ours: Served) -> Iterator[str]:
    """The bare project's server, on the same database."""
    from django.db import connections

    from benchmarks.api import bare
    from config.embedded.web import running_web

    with connections["owner"].cursor() as cursor:
        cursor.execute(bare.TABLE)
        cursor.execute(bare.GRANT)
    settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.api.bare"}
    with TemporaryDirectory() as folder:
        from pathlib import Path

        with running_web(Path(folder), extra={**ours.environment, **settings}) as url:
            yield url


def _contestants(ours: Served, bare: str) -> dict[str, tuple[str, Make, int]]:
    """Name → address, the n-th request, the status of its answer."""
    headers = {"Authorization": f"Bearer {ours.key}", "Content-Type": "application/json"}

    def event(number: int) -> bytes:
        return json.dumps(
            {
                "event_id": f"use-{number}",
                "service": "studio",
                "generation": ours.pieces[number % len(ours.pieces)],
                "subscriber": f"s-{number % 5000}",
                "used_at": f"{ours.of.period.starts_on}T12:00:00Z",
                "count": 1,
            }
        ).encode()

    def post(path: str, *, is_keyed: bool = False) -> Make:
        def make(number: int) -> Request:
            own = {"Idempotency-Key": f"key-{number}"} if is_keyed else {}
            body = event(number + 500_000_000 * is_keyed)
            return Request("POST", path, body, tuple({**headers, **own}.items()))

        return make

    def get(path: str) -> Make:
        return lambda number: Request("GET", path, headers=tuple(headers.items()))

    return {
        BARE_READ: (bare, post("/read"), 201),
        BARE_INSERT: (bare, post("/insert"), 201),
        "POST /usage, one event": (ours.url, post("/api/v1/usage"), 201),
        "the same with an Idempotency-Key": (ours.url, post("/api/v1/usage", is_keyed=True), 201),
        "GET /generations, 20 of them": (ours.url, get("/api/v1/generations"), 200),
    }


def _table(loads: dict[str, Load], options: argparse.Namespace) -> Table:
    table = Table(
        title=f"{options.connections} connections, 2 servers of {options.processes} processes × "
        f"{options.threads} threads; medians of {options.rounds} turns of {options.seconds:g} s",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("one request", no_wrap=True)
    for heading in HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, load in loads.items():
        table.add_row(
            name,
            f"{load.per_second:,.0f}",
            f"{load.p50_milliseconds:.1f}",
            f"{load.p99_milliseconds:.1f}",
            f"{load.per_second / loads[BARE_READ].per_second:.2f}",
            f"{load.per_second / loads[BARE_INSERT].per_second:.2f}",
        )
    return table
