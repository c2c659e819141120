"""Where notes stand on the page: two rolls on one scale of pitches, and each piece as a strip.

Across, positions are percentages of a drawing as wide as the page allows; down, they are pixels.
So the server draws once for every width, and text is never stretched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import get_format, number_format

from attribution.selectors.rolls import Note, Roll

CONTEXT_MS = 2_000  # drawn, and played if wanted, before and after the segment
SMALLEST_SPAN_MS = 1_000
SMALLEST_BAR = 0.4  # per cent of the width
DRAWING_PX, ROW_PX = 270, (4, 9)
STEPS_MS = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 300_000, 1_200_000, 6_000_000)
MOST_LABELS = 6
STRIP_COLUMNS, STRIP_ROWS = 320, 24
NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


@dataclass(frozen=True)
class Bar:
    """A note as it is drawn."""

    note: Note
    x: str
    width: str
    y: int
    is_context: bool  # of a neighbouring segment

    @property
    def data(self) -> str:
        """What the player reads: onset, length (ms), pitch and velocity."""
        note = self.note
        return f"{note.onset_ms} {note.duration_ms} {note.pitch} {note.velocity}"

    @property
    def name(self) -> str:
        return pitch_name(self.note.pitch)

    @property
    def at_text(self) -> str:
        return clock(self.note.onset_ms)

    @property
    def lasts_text(self) -> str:
        return f"{number_format(self.note.duration_ms / 1000, decimal_pos=2)} s"


@dataclass(frozen=True)
class Mark:
    """A label at a place across ("12.5%") or down ("40")."""

    at: str
    text: str


@dataclass(frozen=True)
class Strip:
    """A whole piece in 320 by 24 units: its notes and the edges of its segments, as paths."""

    path: str
    edges: str
    here: tuple[str, str]  # x and width of the segment that is shown
    strong: tuple[tuple[str, str, str], ...]  # of all pairs: x, width and how opaque


@dataclass(frozen=True)
class Picture:
    """One roll: a segment with a little before and after."""

    segment: int  # from 1
    n_segments: int
    begins_ms: int
    ends_ms: int
    from_ms: int
    until_ms: int
    x: str
    width: str
    row_px: int
    height_px: int
    bars: tuple[Bar, ...]
    octaves: tuple[Mark, ...]
    seconds: tuple[Mark, ...]
    strip: Strip

    @property
    def notes(self) -> list[Bar]:
        """The segment's own notes."""
        return [bar for bar in self.bars if not bar.is_context]

    @property
    def bar_px(self) -> int:
        """How high a note is, so that neighbours do not touch."""
        return self.row_px - 1

    @property
    def span_text(self) -> str:
        return f"{clock(self.begins_ms)} – {clock(self.ends_ms)}"

    @property
    def lowest(self) -> str:
        return pitch_name(min((bar.note.pitch for bar in self.notes), default=60))

    @property
    def highest(self) -> str:
        return pitch_name(max((bar.note.pitch for bar in self.notes), default=60))

    @property
    def label_px(self) -> int:
        """Where the line of seconds is written."""
        return self.height_px + 16


@dataclass(frozen=True)
class _Excerpt:
    """What of a piece is drawn."""

    roll: Roll
    segment: int
    begins_ms: int
    ends_ms: int
    from_ms: int
    until_ms: int
    notes: list[Note]

    def across(self, at_ms: int) -> float:
        """Per cent of the width, within the drawing."""
        share = (at_ms - self.from_ms) / (self.until_ms - self.from_ms)
        return 100 * min(max(share, 0.0), 1.0)


def draw(
    *segments: tuple[Roll, int], influence: Sequence[Mapping[int, float]] = ()
) -> list[Picture]:
    """Draw segments, each of its own piece, so that the same pitch has the same height in all.

    Args:
        influence: for each piece, the segments of all pairs and their influence, to be marked on
            the strip of the whole piece, the stronger the darker.

    Raises IndexError for a segment that its piece does not have.
    """
    excerpts = [_excerpt(roll, segment) for roll, segment in segments]
    low, high = _pitches(note.pitch for excerpt in excerpts for note in excerpt.notes)
    marked = [*influence, *[{}] * len(excerpts)]
    return [
        _picture(excerpt, low, high, marks)
        for excerpt, marks in zip(excerpts, marked, strict=False)
    ]


def pitch_name(pitch: int) -> str:
    """What a pitch is called: 60 is C4."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"


def clock(at_ms: int) -> str:
    """A moment of a piece, "1:04.5"."""
    minutes, rest_ms = divmod(at_ms, 60_000)
    return f"{minutes}:{rest_ms // 1000:02d}{_point()}{rest_ms % 1000 // 100}"


def _point() -> str:
    """What stands before decimals in the page's language."""
    return str(get_format("DECIMAL_SEPARATOR"))


def _excerpt(roll: Roll, segment: int) -> _Excerpt:
    """The segment and what of its two neighbours is near."""
    begins_ms, ends_ms = roll.span_ms(segment)
    from_ms = max(0, begins_ms - CONTEXT_MS)
    until_ms = max(min(roll.end_ms, ends_ms + CONTEXT_MS), from_ms + SMALLEST_SPAN_MS)
    near = range(
        roll.segment_notes(max(segment - 1, 0)).start,
        roll.segment_notes(min(segment + 1, roll.n_segments - 1)).stop,
    )
    notes = [
        note for note in roll.notes(near) if note.onset_ms < until_ms and note.end_ms > from_ms
    ]
    return _Excerpt(roll, segment, begins_ms, ends_ms, from_ms, until_ms, notes)


def _pitches(pitches: Iterable[int]) -> tuple[int, int]:
    """The lowest and the highest pitch to draw: an octave at least, and a margin."""
    found = sorted(pitches) or [60]
    low, high = found[0] - 1, found[-1] + 1
    missing = max(0, 12 - (high - low))
    return low - missing // 2, high + missing - missing // 2


def _picture(excerpt: _Excerpt, low: int, high: int, influence: Mapping[int, float]) -> Picture:
    row_px = min(max(DRAWING_PX // (high - low + 1), ROW_PX[0]), ROW_PX[1])
    height_px = row_px * (high - low + 1)
    begins, ends = excerpt.across(excerpt.begins_ms), excerpt.across(excerpt.ends_ms)
    return Picture(
        segment=excerpt.segment + 1,
        n_segments=excerpt.roll.n_segments,
        begins_ms=excerpt.begins_ms,
        ends_ms=excerpt.ends_ms,
        from_ms=excerpt.from_ms,
        until_ms=excerpt.until_ms,
        x=_percent(begins),
        width=_percent(ends - begins),
        row_px=row_px,
        height_px=height_px,
        bars=tuple(_bar(excerpt, note, (high - note.pitch) * row_px) for note in excerpt.notes),
        octaves=tuple(
            Mark(str((high - pitch + 1) * row_px), pitch_name(pitch))
            for pitch in range(low, high + 1)
            if pitch % 12 == 0
        ),
        seconds=seconds_between(excerpt.from_ms, excerpt.until_ms),
        strip=_strip(excerpt, influence),
    )


def _bar(excerpt: _Excerpt, note: Note, y: int) -> Bar:
    x, end = excerpt.across(note.onset_ms), excerpt.across(note.end_ms)
    width = min(max(end - x, SMALLEST_BAR), 100 - x)
    is_context = note.place not in excerpt.roll.segment_notes(excerpt.segment)
    return Bar(note, _percent(x), _percent(width), y, is_context)


def seconds_between(from_ms: int, until_ms: int) -> tuple[Mark, ...]:
    """Whole steps of time, few enough to be read on a narrow screen."""
    span_ms = until_ms - from_ms
    step_ms = next((step for step in STEPS_MS if span_ms / step <= MOST_LABELS), STEPS_MS[-1])
    first = -(-from_ms // step_ms)
    moments = range(first * step_ms, until_ms, step_ms)
    text = clock if step_ms < 1000 else lambda at_ms: clock(at_ms).partition(_point())[0]
    return tuple(
        Mark(_percent(100 * (at_ms - from_ms) / span_ms), text(at_ms)) for at_ms in moments
    )


def _strip(excerpt: _Excerpt, influence: Mapping[int, float]) -> Strip:
    roll, n_notes = excerpt.roll, len(excerpt.roll.onset_ms)
    unit = STRIP_COLUMNS / max(roll.end_ms, SMALLEST_SPAN_MS)
    starts = {int(roll.onset_ms[place] * unit) for place in roll.first_note[1:] if place < n_notes}
    x, end = excerpt.begins_ms * unit, excerpt.ends_ms * unit
    return Strip(
        path=_strip_path(roll, unit),
        edges="".join(f"M{start} 21h.6v3h-.6z" for start in sorted(starts)),
        here=(f"{x:.1f}", f"{max(end - x, 1.5):.1f}"),
        strong=tuple(
            _strong(roll, segment, score / max(influence.values()), unit)
            for segment, score in influence.items()
            if score > 0
        ),
    )


def _strong(roll: Roll, segment: int, part: float, unit: float) -> tuple[str, str, str]:
    """Where a segment with influence lies; `part` is 1 for the strongest of the piece."""
    begins_ms, ends_ms = roll.span_ms(segment)
    width = max((ends_ms - begins_ms) * unit, 1.5)
    return f"{begins_ms * unit:.1f}", f"{width:.1f}", f"{part:.2f}"


def _strip_path(roll: Roll, unit: float) -> str:
    """All notes on a grid, its filled cells joined to runs, so that no piece makes it long."""
    low, high = min(roll.pitch), max(roll.pitch)
    row = (STRIP_ROWS - 3) / max(high - low, 12)
    filled: list[set[int]] = [set() for _ in range(STRIP_ROWS)]
    for onset_ms, duration_ms, pitch in zip(
        roll.onset_ms, roll.duration_ms, roll.pitch, strict=True
    ):
        first, last = int(onset_ms * unit), int((onset_ms + duration_ms) * unit)
        filled[1 + int((high - pitch) * row)].update(range(first, max(last, first + 1)))
    return "".join(
        f"M{start} {y}h{length}v1h-{length}z"
        for y, cells in enumerate(filled)
        for start, length in _runs(sorted(cells))
    )


def _runs(cells: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring numbers as (first, how many)."""
    runs: list[tuple[int, int]] = []
    for cell in cells:
        if runs and sum(runs[-1]) == cell:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((cell, 1))
    return runs


def _percent(value: float) -> str:
    return f"{value:.2f}%"
