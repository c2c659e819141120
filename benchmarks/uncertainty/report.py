"""The tables, as text that is read in a terminal and kept in the documentation."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from attribution.engine import Quality
from benchmarks.uncertainty.measures import REFERENCE_RUNS, Coverage, Exchangeability, Money


def show_money(console: Console, rows: Iterable[Money], ensemble: str) -> None:
    """Print power and false payment, kind by kind."""
    title = f"Money, by ensembles of {ensemble}: as many unseen tracks compete as trained ones"
    headings = ("pieces", "power", "to other trained tracks", "false payment", "±")
    table = _table(title, "kind of piece", headings)
    for row in rows:
        table.add_row(
            row.kind,
            str(row.pieces),
            _percent(row.power),
            _percent(row.wrong),
            _percent(row.false_payment),
            _percent(row.error),
        )
    console.print(table)


def show_coverage(console: Console, rows: Sequence[Coverage]) -> None:
    """Print how often the interval holds, beside the range of the members' own shares."""
    title = (
        f"Coverage of the share that {REFERENCE_RUNS} other runs give, over paid pairs "
        "(interval level 90 %; its width against the members' own range)"
    )
    headings = ("paid pairs", "coverage", "of a trial", "width", "members' range", "its width")
    table = _table(
        title, "runs × checkpoints", (*headings, "× range", "unpaid", "gain", "spread", "of gate")
    )
    for row in rows:
        table.add_row(
            row.ensemble,
            str(row.pairs),
            _percent(row.coverage),
            f"{row.lowest:.0%} to {row.highest:.0%}",
            _percent(row.width),
            _percent(row.range_coverage),
            _percent(row.range_width),
            "" if not row.range_width else f"{row.width / row.range_width:.1f}",
            _percent(row.unpaid),
            "" if row.gain is None else f"{row.gain:.2f}",
            "" if row.spread is None else f"{row.spread:.2f}",
            f"{row.gate_spread:.2f}",
        )
    console.print(table)


def show_exchangeability(console: Console, rows: Iterable[Exchangeability]) -> None:
    """Print how left-out tracks compare with controls."""
    title = "Left-out tracks against controls: 0.5 and a distance below chance's are alike"
    headings = ("area under the curve", "95 % interval", "distance", "by chance, 95 %")
    table = _table(title, "models of half", headings)
    for row in rows:
        table.add_row(
            str(row.half),
            f"{row.area:.3f}",
            f"{row.low:.3f} to {row.high:.3f}",
            f"{row.distance:.3f}",
            f"{row.by_chance:.3f}",
        )
    console.print(table)


def show_checks(console: Console, qualities: Sequence[Quality]) -> None:
    """Print the checks that need no retraining, and what they object to."""
    title = "Checks of the score matrix without retraining"
    headings = ("first energy", "effective rank", "column concentration", "weakest agreement")
    table = _table(title, "models of half", headings)
    for half, quality in enumerate(qualities):
        agreement = quality.weakest_member_agreement
        table.add_row(
            str(half),
            f"{quality.singular_energies[0]:.2f}",
            f"{quality.effective_rank:.0f}",
            f"{quality.column_concentration:.2f}",
            "" if agreement is None else f"{agreement:.2f}",
        )
    console.print(table)
    for half, quality in enumerate(qualities):
        for sentence in quality.objections() or ("none",):
            console.print(f"Objections to half {half}: {sentence}")


def _table(title: str, first: str, others: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for heading in others:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"
