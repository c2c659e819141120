"""What leaving catalogues out has shown, as two tables: order of queries, and size of effects."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.fidelity.catalogues import Catalogues, Judged, Observed
from benchmarks.fidelity.scoring import KINDS
from benchmarks.fidelity.truth import Truth


def show(
    console: Console,
    left_out: Truth,
    catalogues: Catalogues,
    observed: Observed,
    rows: Sequence[Judged],
    failures: Mapping[str, str],
) -> None:
    """Print both tables, and why a method is missing from them."""
    n_seeds = len(left_out.seeds)
    reported = {kind: len(left_out.queries.of_kind(kind, tuning=False)) for kind in KINDS}
    console.print(
        f"One catalogue left out, {n_seeds} seed{'s'[: n_seeds > 1]}; effect = loss without − loss "
        "with, on " + " and ".join(f"{n} {kind}" for kind, n in reported.items()) + " queries."
    )
    console.print(_order_table(catalogues, observed, rows))
    console.print(_parts_table(catalogues, observed, rows))
    for why in failures.values():
        console.print(why, markup=False)


def _order_table(catalogues: Catalogues, observed: Observed, rows: Sequence[Judged]) -> Table:
    title = (
        "Which queries does a catalogue matter to? Spearman's rho of predicted and observed effect "
        "over queries of a kind, mean of both kinds, ± half a 95 % interval over queries"
    )
    table = _table(title, catalogues, "mean")
    for row in rows:
        cells = [f"{one.value:.3f} ± {one.half_width:.3f}" for one in (*row.order, row.mean)]
        table.add_row(row.method, row.setting, *cells)
    table.add_row("ceiling set by noise", "", *map(_ceiling, observed.ceiling))
    return table


def _parts_table(catalogues: Catalogues, observed: Observed, rows: Sequence[Judged]) -> Table:
    title = "How much does a catalogue matter? Its part of the effects of all that were left out"
    table = _table(title, catalogues, "pairs in order")
    nats = [f"{effect:+.1f} nats a query" for effect in observed.effect]
    table.add_row("observed", "", *nats)
    table.add_row("observed", "", *_percent(observed.part))
    songs = np.array([len(tracks) for tracks in catalogues.values()], dtype=np.float64)
    songs /= songs.sum()
    table.add_row("number of songs", "", *_percent(songs), _in_order(songs, observed.part))
    for row in rows:
        in_order = _in_order(row.part, observed.part)
        table.add_row(row.method, row.setting, *_percent(row.part), in_order)
    return table


def _table(title: str, catalogues: Catalogues, last: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in ("method", "setting"):
        table.add_column(heading, no_wrap=True)
    for heading in (*(f"{name} ({len(of)})" for name, of in catalogues.items()), last):
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _ceiling(value: float | None) -> str:
    return "one seed: unknown" if value is None else f"{value:.2f}"


def _percent(parts: NDArray[np.float64]) -> list[str]:
    return [f"{part:.0%}" for part in parts]


def _in_order(predicted: NDArray[np.float64], observed: NDArray[np.float64]) -> str:
    """How many pairs of catalogues stand in the observed order."""
    pairs = list(combinations(range(len(observed)), 2))
    right = sum(
        (predicted[one] < predicted[other]) == (observed[one] < observed[other])
        for one, other in pairs
    )
    return f"{right} of {len(pairs)}"
