"""Copies, transpositions, excerpts and mixtures, as the demonstration plants them."""

import numpy as np
import pytest
from symusic import Score

from attribution.reference.arrays import Tokens
from attribution.reference.tokens import Vocabulary


def onsets_and_pitches(vocabulary: Vocabulary, tokens: Tokens) -> list[tuple[float, int]]:
    score = Score.from_midi(vocabulary.decode(tokens))
    notes = [note for track in score.tracks for note in track.notes]
    return sorted((n.time / score.ticks_per_quarter, n.pitch) for n in notes)


@pytest.mark.parametrize("semitones", [-3, 0, 4])
def test_a_transposition_moves_every_pitch_and_nothing_else(
    vocabulary: Vocabulary, songs: list[Tokens], semitones: int
) -> None:
    before = onsets_and_pitches(vocabulary, songs[0])
    after = onsets_and_pitches(vocabulary, vocabulary.transpose(songs[0], semitones))
    assert after == [(time, pitch + semitones) for time, pitch in before]


def test_a_transposition_there_and_back_is_the_song(
    vocabulary: Vocabulary, songs: list[Tokens]
) -> None:
    moved = vocabulary.transpose(songs[1], 5)
    assert not np.array_equal(moved, songs[1])
    assert np.array_equal(vocabulary.transpose(moved, -5), songs[1])


def test_a_transposition_off_the_keyboard_is_refused(
    vocabulary: Vocabulary, songs: list[Tokens]
) -> None:
    with pytest.raises(ValueError, match="leaves the piano"):
        vocabulary.transpose(songs[0], 80)


def test_an_excerpt_holds_the_notes_that_begin_in_it(
    vocabulary: Vocabulary, songs: list[Tokens]
) -> None:
    whole = onsets_and_pitches(vocabulary, songs[2])
    part = onsets_and_pitches(vocabulary, vocabulary.excerpt(songs[2], 16.0, 48.0))
    expected = [(time, pitch) for time, pitch in whole if 16.0 <= time < 48.0]
    first = expected[0][0]
    assert [p for _, p in part] == [p for _, p in expected]
    assert [t for t, _ in part] == pytest.approx([t - first for t, _ in expected])


def test_an_excerpt_knows_its_tempo(vocabulary: Vocabulary, songs: list[Tokens]) -> None:
    part = vocabulary.excerpt(songs[3], 16.0, 32.0)
    assert part[0] in vocabulary.tempi


def test_two_halves_hold_every_note_once(vocabulary: Vocabulary, songs: list[Tokens]) -> None:
    halves = [vocabulary.excerpt(songs[4], *edges) for edges in ((0.0, 40.0), (40.0, 1e9))]
    counts = [np.isin(part, list(vocabulary.pitches)).sum() for part in (songs[4], *halves)]
    assert counts[0] == counts[1] + counts[2]


def test_an_excerpt_of_silence_is_refused(vocabulary: Vocabulary, songs: list[Tokens]) -> None:
    with pytest.raises(ValueError, match="Nothing begins"):
        vocabulary.excerpt(songs[0], 1e6, 2e6)


def test_joined_pieces_follow_each_other(vocabulary: Vocabulary, songs: list[Tokens]) -> None:
    parts = [vocabulary.excerpt(song, 0.0, 12.0) for song in songs[:3]]
    joined = onsets_and_pitches(vocabulary, vocabulary.concatenate(parts))
    single = [onsets_and_pitches(vocabulary, part) for part in parts]
    assert [p for _, p in joined] == [p for notes in single for _, p in notes]
    assert joined[len(single[0])][0] == single[0][-1][0] + 1.0
