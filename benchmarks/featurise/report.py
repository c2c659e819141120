"""The tables, as text that is read in a terminal and kept in the documentation."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.featurise.contestants import Prepared
from benchmarks.featurise.engine import CurvatureCost
from benchmarks.featurise.settings import Setting
from benchmarks.featurise.timing import Timing
from benchmarks.featurise.world import World

HEADINGS = (
    "parameters seen",
    "numbers a row",
    "time",
    "half of the turns",
    "turns",
    "tokens/s",
    "peak memory",
    "making ready",
)


@dataclass(frozen=True)
class Row:
    """What was found of one contestant: `failure` instead of all else where it broke."""

    name: str
    prepared: Prepared | None = None
    timing: Timing | None = None
    batch_peak_ratio: float | None = None
    ready_peak_ratio: float | None = None
    failure: str | None = None


def show(console: Console, world: World, setting: Setting, rows: Sequence[Row]) -> None:
    """Print one table: a size on a device in a setting."""
    title = (
        f"{world.parameters / 1e6:.2f} M parameters (width {world.size.width}), "
        f"{world.size.segments} × {world.size.tokens} tokens, {world.device.type}, {setting.name}; "
        "time and memory over a training step's"
    )
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("contestant", no_wrap=True)
    for heading in HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(row.name, *_cells(row, world))
    console.print(table)
    for row in rows:
        if row.failure is not None:
            console.print(f"{row.name}: {row.failure}")


def show_curvature(console: Console, cost: CurvatureCost, step_seconds: float) -> None:
    """Print what comes before a pass, in training steps."""
    console.print(
        "curvature, before the pass: "
        f"{cost.batch_seconds / step_seconds:.2f} training steps for each batch of its sample "
        f"(three passes), and {cost.once_seconds / step_seconds:.1f} once for decompositions\n"
    )


def _cells(row: Row, world: World) -> tuple[str, ...]:
    if row.prepared is None or row.timing is None:
        return ("–",) * len(HEADINGS)
    low, high = row.timing.ratio_quartiles
    share = row.prepared.covered / world.parameters
    return (
        f"{100 * share:.1f} %" if row.prepared.row_numbers else "",
        f"{row.prepared.row_numbers:,}" if row.prepared.row_numbers else "",
        _ratio(row.timing.ratio),
        f"{low:.2f}-{high:.2f}",
        str(len(row.timing.seconds)),
        f"{world.batch_tokens / row.timing.median_seconds:,.0f}",
        _ratio(row.batch_peak_ratio),
        _ratio(row.ready_peak_ratio),
    )


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}×"
