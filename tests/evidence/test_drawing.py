"""Where notes are drawn: the same pitch at the same height, every second in its place."""

import re

import pytest

from attribution.selectors.rolls import Roll
from portal.evidence.drawing import CONTEXT_MS, Picture, clock, draw, pitch_name
from tests.evidence.conftest import scale


def roll(*notes: tuple[int, int, int], first_note: tuple[int, ...] = (0,)) -> Roll:
    """Notes are (onset, length in ms, pitch)."""
    onsets, durations, pitches = zip(*notes, strict=True)
    return Roll(onsets, durations, pitches, (80,) * len(notes), first_note)


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


def within(picture: Picture) -> bool:
    ends = [percent(bar.x) + percent(bar.width) for bar in picture.bars]
    heights = [bar.y + picture.bar_px for bar in picture.bars]
    return max(ends) <= 100.01 and min(heights) >= 0 and max(heights) <= picture.height_px


@pytest.mark.parametrize(
    ("pitch", "name"), [(21, "A0"), (60, "C4"), (61, "C♯4"), (70, "B♭4"), (108, "C8")]
)
def test_pitches_have_the_names_of_a_keyboard(pitch, name):
    assert pitch_name(pitch) == name


@pytest.mark.parametrize(
    ("at_ms", "text"), [(0, "0:00.0"), (999, "0:00.9"), (64_500, "1:04.5"), (3_600_000, "60:00.0")]
)
def test_moments_are_minutes_and_seconds(at_ms, text):
    assert clock(at_ms) == text


def test_both_drawings_share_one_scale_of_pitches():
    low, high = draw((roll((0, 500, 40)), 0), (roll((0, 500, 90)), 0))
    assert low.height_px == high.height_px
    assert low.octaves == high.octaves
    assert low.bars[0].y - high.bars[0].y == 50 * low.row_px


def test_a_note_stands_where_it_sounds():
    (picture,) = draw((roll((0, 1000, 60), (1000, 500, 62), (3000, 1000, 64)), 0))
    places = [(bar.x, bar.width) for bar in picture.bars]
    assert places == [("0.00%", "25.00%"), ("25.00%", "12.50%"), ("75.00%", "25.00%")]


def test_a_segment_is_drawn_with_two_seconds_on_both_sides():
    (picture,) = draw((scale(n_notes=48, per_segment=16), 1))
    assert (picture.begins_ms, picture.ends_ms) == (8_000, 16_000)
    assert (picture.from_ms, picture.until_ms) == (8_000 - CONTEXT_MS, 16_000 + CONTEXT_MS)
    assert (picture.x, picture.width) == ("16.67%", "66.67%")
    assert len(picture.notes) == 16
    assert len(picture.bars) == 24


def test_nothing_is_drawn_before_the_beginning_or_after_the_end():
    piece = scale(n_notes=16, per_segment=8)
    first, last = draw((piece, 0), (piece, 1))
    assert first.from_ms == 0
    assert last.until_ms == piece.end_ms


def test_a_chord_cut_between_segments_is_own_on_one_side_and_pale_on_the_other():
    piece = roll((0, 500, 60), (500, 500, 64), (500, 500, 67), first_note=(0, 2))
    first, second = draw((piece, 0), (piece, 1))
    assert [bar.is_context for bar in first.bars] == [False, False, True]
    assert [bar.is_context for bar in second.bars] == [True, True, False]


@pytest.mark.parametrize(
    "piece",
    [
        roll((0, 1, 21)),
        roll((0, 1, 21), (0, 1, 108)),
        roll((59_999_999, 1, 60)),
        roll((0, 3_600_000, 60), (3_599_999, 1, 61)),
        scale(n_notes=5_000, per_segment=5_000),
    ],
    ids=["a tick", "all keys", "hours of silence first", "an hour's note", "one long segment"],
)
def test_strange_pieces_stay_on_the_page(piece):
    (picture,) = draw((piece, 0))
    assert within(picture)
    assert len(picture.seconds) <= 10
    assert len(picture.strip.path) < 120_000


def test_a_silent_segment_is_drawn_empty():
    piece = roll((0, 500, 60), (9_000, 500, 60), first_note=(0, 1, 1))
    (picture,) = draw((piece, 1))
    assert picture.notes == []
    assert picture.begins_ms == picture.ends_ms == 9_000
    assert within(picture)


def test_a_segment_that_the_piece_does_not_have_is_refused():
    with pytest.raises(IndexError, match="none numbered 7"):
        draw((scale(), 7))


def test_the_strip_shows_the_whole_piece_and_where_the_segment_is():
    (picture,) = draw((scale(n_notes=32, per_segment=8), 2))
    x, width = map(float, picture.strip.here)
    assert (round(x), round(width)) == (160, 80)
    assert len(re.findall("M", picture.strip.edges)) == 3
