"""Notes are heard when and as hard as the file says, and cut where its tokens are cut."""

import numpy as np
import pytest
from symusic.core import NoteTick, ScoreTick, TempoTick, TrackTick

from attribution.reference.notes import PieceNotes, read_notes
from attribution.reference.tokens import UnreadableMusic, Vocabulary

QUARTER = 480


def piece(*notes: tuple[int, int, int, int], tempi=(), parts: int = 1) -> PieceNotes:
    """Notes are (onset, length, pitch, velocity), dealt to the parts in turn."""
    score = ScoreTick(QUARTER)
    for part in range(parts):
        track = TrackTick("Part", part, False)
        for note in notes[part::parts]:
            track.notes.append(NoteTick(*note))
        score.tracks.append(track)
    for tick, qpm in tempi:
        score.tempos.append(TempoTick(tick, qpm))
    return read_notes(score.dumps_midi(), "piece.mid", Vocabulary())


def test_without_a_tempo_a_quarter_is_half_a_second():
    notes = piece((0, QUARTER, 60, 80), (QUARTER, 2 * QUARTER, 62, 80))
    assert notes.onset_ms.tolist() == [0, 500]
    assert notes.duration_ms.tolist() == [500, 1000]


def test_a_change_of_tempo_counts_from_where_it_stands():
    notes = piece(
        *((n * QUARTER, QUARTER, 60, 80) for n in range(4)),
        tempi=[(0, 60.0), (2 * QUARTER, 240.0)],
    )
    assert notes.onset_ms.tolist() == [0, 1000, 2000, 2250]
    assert notes.duration_ms.tolist() == [1000, 1000, 250, 250]


def test_a_tempo_that_no_token_can_say_is_still_heard():
    assert piece((0, QUARTER, 60, 80), tempi=[(0, 97.0)]).duration_ms.tolist() == [619]


def test_a_key_struck_by_two_parts_is_one_note_as_hard_as_the_harder():
    notes = piece((0, QUARTER, 60, 40), (0, 2 * QUARTER, 60, 100), parts=2)
    assert notes.pitch.tolist() == [60]
    assert notes.velocity.tolist() == [100]


def test_a_chord_may_be_cut_between_two_segments():
    chord = piece(*((0, QUARTER, pitch, 80) for pitch in (60, 64, 67, 72)))
    first = chord.first_of_segments(window=5).tolist()  # tempo, then pitch and duration by turns
    assert first == [0, 2]
    assert chord.onset_ms.tolist() == [0, 0, 0, 0]


def test_a_segment_of_silence_holds_no_note():
    notes = piece((0, QUARTER, 60, 80), (400 * QUARTER, QUARTER, 62, 80))
    first = notes.first_of_segments(window=6).tolist()
    edges = [*first, 2]
    assert 0 in np.diff(edges)
    assert edges[0] == 0
    assert edges == sorted(edges)


@pytest.mark.parametrize("seed", range(8))
def test_wild_music_is_told_by_its_tokens(seed):
    rng = np.random.default_rng(seed)
    steps = rng.choice([0, 1, 37, QUARTER, 5 * QUARTER, 90 * QUARTER], 60)
    notes = piece(
        *zip(
            np.cumsum(steps).tolist(),
            rng.integers(1, 30 * QUARTER, 60).tolist(),
            rng.integers(15, 115, 60).tolist(),
            rng.integers(1, 128, 60).tolist(),
            strict=True,
        ),
        tempi=[(0, 500.0), (7, 1.0), (QUARTER, 45.5)],
    )
    assert (np.diff(notes.onset_ms) >= 0).all()
    assert (np.diff(notes.token) >= 2).all()
    assert ((notes.velocity >= 1) & (notes.velocity <= 127)).all()
    assert (notes.duration_ms >= 1).all()


def test_what_is_no_music_is_refused_by_name():
    with pytest.raises(UnreadableMusic, match="hostile"):
        read_notes(b"MThd\x00\x00\x00\x06junk", "hostile.mid", Vocabulary())
