"""From counts and parts to bars on the page, drawn on the server and twinned by a table.

Across, positions are percentages of a drawing as wide as the page allows; down, they are pixels
(as in `portal.evidence.drawing`). Text is never stretched, and every bar can be read as a row.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

PLOT_PX = 160
LABELS_PX = 20  # below the plot
MOST_TICKS = 7


@dataclass(frozen=True)
class Bar:
    """A bar of the plot, and what it stands for."""

    x: str
    width: str
    y: str
    height: str
    kind: str  # a class of the style sheet: of which series it is
    label: str
    value: str


@dataclass(frozen=True)
class Tick:
    """A label below the plot."""

    x: str
    text: str


@dataclass(frozen=True)
class Chart:
    """A plot: its bars, the labels below, and a line across it if something lies there."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    line: Tick | None = None
    plot_px: int = PLOT_PX
    height_px: int = PLOT_PX + LABELS_PX

    @property
    def label_px(self) -> int:
        """Where the labels are written."""
        return self.plot_px + 14


def histogram(
    series: Sequence[tuple[str, Sequence[int]]], first: float, step: float, line: float | None
) -> Chart:
    """Counts of the same bins in several series, each as parts of its own sum, on a log scale.

    A tall bar is common, and a bar a third as high is a hundred times rarer or more; so a few
    scores far out can be seen beside very many near the middle.

    Args:
        series: (its name, which is its class as well, how many in each bin).
        first: where the first bin begins. step: how wide each is.
        line: where a line is drawn across, if anywhere.
    """
    n_bins = max((len(counts) for _, counts in series), default=0)
    if not n_bins:
        return Chart((), ())
    smallest = min(
        (count / sum(counts) for _, counts in series for count in counts if count), default=1.0
    )
    decades = max(1.0, -math.log10(smallest)) + 0.5
    bars = []
    for place, (name, counts) in enumerate(series):
        total = sum(counts)
        for number, count in enumerate(counts):
            if not count:
                continue
            part = count / total
            height = PLOT_PX * max(0.02, 1 + math.log10(part) / decades)
            offset = (number + place / len(series)) / n_bins
            label = _span(number, n_bins, first, step)
            bars.append(_bar(offset, 1 / n_bins / len(series), height, name, label, f"{count:,}"))
    ticks = _ticks(n_bins, first, step)
    at = None if line is None else (line - first) / step / n_bins
    drawn = None if at is None or not 0 <= at <= 1 else Tick(_percent(at), f"{line:.1f}")
    return Chart(tuple(bars), ticks, drawn)


def bars_of(parts: Sequence[tuple[str, float, str]]) -> Chart:
    """Bars side by side, the longest as high as the plot: (label, how high, how it is written)."""
    highest = max((value for _, value, _ in parts), default=0.0)
    if highest <= 0:
        return Chart((), ())
    width = 1 / len(parts)
    bars = [
        _bar(
            (place + 0.1) * width, 0.8 * width, PLOT_PX * max(0.0, value) / highest, "part", label,
            text,
        )
        for place, (label, value, text) in enumerate(parts)
    ]  # fmt: skip
    ticks = [Tick(_percent((place + 0.5) * width), str(place + 1)) for place in range(len(parts))]
    return Chart(tuple(bars), tuple(ticks))


def pairs_of(groups: Sequence[tuple[str, Sequence[tuple[str, float]]]]) -> Chart:
    """Groups of bars, of parts of one: (what the group is, (a class of the sheet, how high))."""
    if not groups:
        return Chart((), ())
    width = 1 / len(groups)
    bars = []
    for place, (label, members) in enumerate(groups):
        each = 0.8 * width / len(members)
        for number, (kind, part) in enumerate(members):
            at = (place + 0.1) * width + number * each
            height = PLOT_PX * min(max(part, 0.0), 1.0)
            bars.append(_bar(at, each, height, kind, label, f"{100 * part:.1f} %"))
    every = -(-len(groups) // MOST_TICKS)
    ticks = [
        Tick(_percent((place + 0.5) * width), label)
        for place, (label, _) in enumerate(groups)
        if place % every == 0
    ]
    return Chart(tuple(bars), tuple(ticks))


def _bar(at: float, width: float, height: float, kind: str, label: str, value: str) -> Bar:
    return Bar(
        _percent(at),
        _percent(width),
        f"{PLOT_PX - height:.1f}",
        f"{height:.1f}",
        kind,
        label,
        value,
    )


def _span(number: int, n_bins: int, first: float, step: float) -> str:
    low = first + number * step
    if number == 0:
        return f"< {low + step:g}"
    if number == n_bins - 1:
        return f"≥ {low:g}"
    return f"{low:g} – {low + step:g}"


def _ticks(n_bins: int, first: float, step: float) -> tuple[Tick, ...]:
    """Labels at round values, few enough to be read on a narrow screen."""
    span = n_bins * step
    every = next(each for each in (1, 2, 5, 10, 20, 50, 10**9) if span / each <= MOST_TICKS)
    values = range(math.ceil(first / every) * every, math.ceil(first + span), every)
    return tuple(Tick(_percent((value - first) / span), f"{value}") for value in values)


def _percent(part: float) -> str:
    return f"{100 * part:.2f}%"
