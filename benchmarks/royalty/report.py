"""The tables, as text that is read in a terminal and kept in the documentation."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.royalty.contestants import FLOOR, OURS
from benchmarks.royalty.race import Result
from benchmarks.royalty.world import Size

if TYPE_CHECKING:
    from benchmarks.royalty.meter import Cost

HEADINGS = ("CPU s", "wall s", "CPU : floats", "wall : floats", "ns a play", "peak memory", "turns")


class Disagreement(Exception):
    """Two contestants found other amounts; the message names the party."""


def show_race(console: Console, size: Size, threads: int, results: Mapping[str, Result]) -> None:
    """Print who took how long, after making sure that all found the same.

    Raises:
        Disagreement: an exact contestant gives a party another amount than ours.
    """
    gap_atoms = check(results)
    table = Table(title=str(size), title_justify="left", box=None, pad_edge=False)
    table.add_column(f"user-centric, {threads} thread(s)", no_wrap=True)
    for heading in HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, result in results.items():
        table.add_row(name, *_cells(result, results[FLOOR], size))
    console.print(table)
    exact = [name for name, result in results.items() if name != FLOOR and not result.failure]
    console.print(
        f"the same atoms for every party from: {'; '.join(exact)}; floats are off by up to"
        f" {gap_atoms:,} atoms"
    )
    for name, result in results.items():
        if result.failure:
            console.print(f"{name}: {result.failure}")
    console.print()


def show_costs(console: Console, title: str, rows: int, costs: Mapping[str, "Cost"]) -> None:
    """Print how many rows a second each way writes, and the ratio to each bare one above it."""
    bare = [name for name in costs if name.startswith("COPY")]
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("CPU time of client and server", no_wrap=True)
    for heading in (
        "CPU s",
        "wall s",
        "rows/CPU s",
        *(f"× {chr(97 + at)}" for at in range(len(bare))),
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, cost in costs.items():
        letter = f"{chr(97 + bare.index(name))}: " if name in bare else ""
        table.add_row(
            f"{letter}{name}",
            f"{cost.cpu_seconds:.2f}",
            f"{cost.wall_seconds:.2f}",
            f"{rows / cost.cpu_seconds:,.0f}",
            *(f"{costs[base].cpu_seconds / cost.cpu_seconds:.2f}" for base in bare),
        )
    console.print(table)
    console.print()


def show_steps(
    console: Console,
    title: str,
    steps: Mapping[str, "Cost"],
    bases: Mapping[str, str],
    peaks_bytes: Mapping[str, int] | None = None,
) -> None:
    """Print how long each step took, and where it has a base, how many times as long as that.

    Also the most memory that the process held in each step, where that was asked for.
    """
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("step", no_wrap=True)
    for heading in ("CPU, ms", "wall, ms", "CPU against"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    if peaks_bytes is not None:
        table.add_column("peak memory", justify="right", no_wrap=True)
    for name, cost in steps.items():
        base = bases.get(name, "")
        ratio = f"{cost.cpu_seconds / steps[base].cpu_seconds:.2f}×" if base else ""
        times = (f"{1000 * seconds:,.0f}" for seconds in (cost.cpu_seconds, cost.wall_seconds))
        peak = () if peaks_bytes is None else (f"{peaks_bytes[name] / 2**20:,.0f} MiB",)
        table.add_row(name, *times, ratio, base, *peak)
    console.print(table)
    console.print()


def check(results: Mapping[str, Result]) -> int:
    """The floats' largest error in atoms, after all others were found to agree.

    Raises:
        Disagreement: an exact contestant gives a party another amount than ours.
    """
    expected = results[OURS].atoms
    assert expected is not None
    gap_atoms = 0
    for name, result in results.items():
        if result.atoms is None:
            continue
        if name == FLOOR:
            gap_atoms = int(np.abs(result.atoms - expected).max())
        elif not np.array_equal(result.atoms, expected):
            party = int(np.argmax(result.atoms != expected))
            raise Disagreement(
                f"{name} gives party {party} {result.atoms[party]} atoms, ours {expected[party]}."
            )
    return gap_atoms


def _cells(result: Result, floor: Result, size: Size) -> tuple[str, ...]:
    if result.failure:
        return ("–",) * len(HEADINGS)
    return (
        f"{result.cpu_seconds:.2f}",
        f"{result.wall_seconds:.2f}",
        f"{result.cpu_seconds / floor.cpu_seconds:.2f}×",
        f"{result.wall_seconds / floor.wall_seconds:.2f}×",
        f"{1e9 * result.cpu_seconds / size.plays:.0f}",
        f"{result.peak_bytes / 2**20:,.0f} MiB",
        str(len(result.turns)),
    )
