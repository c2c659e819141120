"""The table, as text that is read in a terminal and kept in the documentation."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from attribution.engine.evaluation import Estimate
from benchmarks.fidelity.scoring import KINDS, Reported
from benchmarks.fidelity.truth import Truth


def show(
    console: Console,
    truth: Truth,
    tables: Sequence[Sequence[Reported]],
    ceilings: Mapping[str, float | None],
    failures: Mapping[str, str],
) -> None:
    """Print what was scored, one table for each number of checkpoints, and what it may reach.

    failures: why a method is not scored, by its name.
    """
    n_seeds, n_subsets, _ = truth.losses.shape
    reported = {kind: len(truth.queries.of_kind(kind, tuning=False)) for kind in KINDS}
    console.print(
        f"LDS against {n_subsets} retrained halves × {n_seeds} seed{'s'[: n_seeds > 1]}; mean over "
        + " and ".join(f"{count} {kind}" for kind, count in reported.items())
        + " queries; ± half a 95 % interval over halves, differences paired."
    )
    for rows in tables:
        console.print(_table(rows, failures))
    console.print(_ceiling_line(ceilings))
    for why in failures.values():
        console.print(why, markup=False)


def _table(rows: Sequence[Reported], failures: Mapping[str, str]) -> Table:
    members = rows[0].members
    title = f"{members} checkpoint{'s'[: members > 1]}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in ("method", "setting"):
        table.add_column(heading, no_wrap=True)
    columns = (
        "numbers a row",
        "KiB",
        *KINDS,
        *(f"{kind} − first" for kind in KINDS),
        "copies found",
        "CPU s",
    )
    for heading in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        is_first = row is rows[0]
        table.add_row(
            row.method,
            row.setting,
            f"{row.row_numbers:,}",
            f"{row.row_bytes / 1024:,.1f}",
            *(_told(row.by_kind[kind]) for kind in KINDS),
            *("" if is_first else _told(row.to_first[kind], sign=True) for kind in KINDS),
            f"{row.found:.0%}",
            f"{row.cpu_seconds:.0f}",
        )
    for method in failures:
        table.add_row(method, "failed, see below")
    return table


def _told(estimate: Estimate, *, sign: bool = False) -> str:
    return f"{estimate.value:{'+' if sign else ''}.3f} ± {estimate.half_width:.3f}"


def _ceiling_line(ceilings: Mapping[str, float | None]) -> str:
    if None in ceilings.values():
        return "Ceiling set by retraining noise: unknown, since one seed cannot tell noise apart."
    told = ", ".join(f"{kind} {value:.2f}" for kind, value in ceilings.items())
    return f"Ceiling set by retraining noise: {told}."
