"""Figures for the documentation: lines and dots against labelled axes, as plain SVG.

A figure is one or more panels side by side. Text stays text, colours follow the reader's light or
dark page, and nothing is fetched. The numbers come from a benchmark's run; this draws them and
knows nothing about them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 400, 300  # of a panel
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 16, 34, 48  # around the plot
_LEGEND = 18  # height of a line of the legend, below the axes
_N_COLOURS = 6
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-weight: 600 }
.axis { stroke: #999; fill: none }
.grid { stroke: #e4e4e4 }
.s0 { --c: #2563b0 } .s1 { --c: #c2410c } .s2 { --c: #15803d }
.s3 { --c: #7c3aed } .s4 { --c: #a16207 } .s5 { --c: #64748b }
polyline { stroke: var(--c); fill: none; stroke-width: 2 }
.dashed { stroke-dasharray: 5 4 }
circle { fill: var(--c) }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .axis { stroke: #888 } .grid { stroke: #3a3a3a }
  .s0 { --c: #7db3f0 } .s1 { --c: #fb923c } .s2 { --c: #6ee7a0 }
  .s3 { --c: #c4b5fd } .s4 { --c: #facc15 } .s5 { --c: #a8b3c2 }
}
"""


@dataclass(frozen=True)
class Axis:
    """A labelled axis; its range is that of the data unless given."""

    label: str
    log: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Series:
    """Points (x, y) of one name, joined or not; `labels` are written beside them."""

    name: str
    points: Sequence[tuple[float, float]]
    joined: bool = True
    dashed: bool = False
    labels: Sequence[str] = ()


@dataclass(frozen=True)
class Panel:
    """One plot. Names of series are listed below it if there are several."""

    title: str
    x: Axis
    y: Axis
    series: Sequence[Series]


def figure(panels: Sequence[Panel], description: str) -> str:
    """Return an SVG of these panels side by side; `description` is for who cannot see it.

    Raises ValueError for a panel without points, and for a point ≤ 0 on a logarithmic axis.
    """
    legend = max(len(panel.series) for panel in panels) * _LEGEND
    width, height = _WIDTH * len(panels), _HEIGHT + legend
    drawn = "\n".join(
        f'<g transform="translate({place * _WIDTH} 0)">\n{_panel(panel)}\n</g>'
        for place, panel in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">\n'
        f"<title>{escape(description)}</title>\n<style>{_STYLE}</style>\n{drawn}\n</svg>\n"
    )


@dataclass(frozen=True)
class _Scale:
    """From data to pixels."""

    axis: Axis
    low: float
    high: float
    start: float  # pixel of `low`
    stop: float

    @classmethod
    def over(cls, axis: Axis, values: Sequence[float], start: float, stop: float) -> "_Scale":
        if not values:
            raise ValueError(f"Nothing to draw along {axis.label!r}: a panel needs a point.")
        low = min(values) if axis.low is None else axis.low
        high = max(values) if axis.high is None else axis.high
        if axis.log and low <= 0:
            raise ValueError(f"{axis.label!r} is logarithmic and cannot show {low:g}.")
        if low == high:
            low, high = (low / 2, high * 2) if axis.log else (low - 1, high + 1)
        return cls(axis, low, high, start, stop)

    def at(self, value: float) -> float:
        low, high, here = self.low, self.high, value
        if self.axis.log:
            low, high, here = math.log(low), math.log(high), math.log(here)
        return self.start + (here - low) / (high - low) * (self.stop - self.start)

    def ticks(self) -> list[float]:
        """Round numbers within the range: decades, with 2 and 5 where there are few."""
        if self.axis.log:
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            steps = (1,) if self.high / self.low > 30 else (1, 2, 5)
            found = [step * 10.0**power for power in range(first, last + 1) for step in steps]
        else:
            step = _round_step((self.high - self.low) / 4)
            first = math.ceil(self.low / step - 1e-9)
            found = [count * step for count in range(first, first + 12)]
        slack = 1e-9 * (self.high - self.low)
        return [tick for tick in found if self.low - slack <= tick <= self.high + slack]


def _round_step(about: float) -> float:
    """Return 1, 2 or 5 times a power of ten, not below `about`."""
    power = 10.0 ** math.floor(math.log10(about))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= about * 0.999)


def _panel(panel: Panel) -> str:
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    points = [point for series in panel.series for point in series.points]
    x = _Scale.over(panel.x, [point[0] for point in points], _LEFT, right)
    y = _Scale.over(panel.y, [point[1] for point in points], bottom, _TOP)
    parts = [_text(_LEFT, 18, panel.title, kind="title")]
    for tick in y.ticks():
        at = y.at(tick)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(_text(_LEFT - 6, at + 4, _told(tick), anchor="end"))
    parts += [_text(x.at(tick), bottom + 16, _told(tick), anchor="middle") for tick in x.ticks()]
    parts.append(f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>')
    middle = (_TOP + bottom) / 2
    parts.append(_text((_LEFT + right) / 2, bottom + 36, panel.x.label, anchor="middle"))
    parts.append(
        f'<text transform="translate(14 {middle:.1f}) rotate(-90)" text-anchor="middle">'
        f"{escape(panel.y.label)}</text>"
    )
    for place, series in enumerate(panel.series):
        parts.append(_series(series, place, x, y))
        parts.append(_legend_line(series, place))
    return "\n".join(parts)


def _series(series: Series, place: int, x: _Scale, y: _Scale) -> str:
    pixels = [(x.at(across), y.at(up)) for across, up in series.points]
    parts = [f'<circle cx="{left:.1f}" cy="{top:.1f}" r="3.5"/>' for left, top in pixels]
    if series.joined:
        path = " ".join(f"{left:.1f},{top:.1f}" for left, top in pixels)
        parts.insert(0, f'<polyline {_dash(series)} points="{path}"/>')
    parts += [
        _text(left + 6, top - 6, label)
        for (left, top), label in zip(pixels, series.labels, strict=False)
    ]
    return f'<g class="s{place % _N_COLOURS}">{"".join(parts)}</g>'


def _legend_line(series: Series, place: int) -> str:
    top = _HEIGHT + place * _LEGEND + 4
    line = f'<polyline {_dash(series)} points="{_LEFT},{top - 4} {_LEFT + 22},{top - 4}"/>'
    mark = line if series.joined else f'<circle cx="{_LEFT + 11}" cy="{top - 4}" r="3.5"/>'
    return f'<g class="s{place % _N_COLOURS}">{mark}{_text(_LEFT + 30, top, series.name)}</g>'


def _dash(series: Series) -> str:
    return 'class="dashed"' if series.dashed else ""


def _text(left: float, top: float, text: str, *, anchor: str = "start", kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    place = f'x="{left:.1f}" y="{top:.1f}" text-anchor="{anchor}"'
    return f"<text {place}{style}>{escape(text)}</text>"


def _told(value: float) -> str:
    """A tick as people write it: 0.05, 20, 10⁶."""
    if value and (abs(value) >= 10_000 or abs(value) < 1e-3):
        power = round(math.log10(abs(value)))
        if math.isclose(value, 10.0**power):
            return "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{value:.10g}"
