"""MIDI becomes tokens and comes back, and nothing from outside can do harm on the way."""

import struct
from pathlib import Path

import numpy as np
import pytest
from symusic import Note, Score, Tempo, Track

from attribution.reference import tokens as module
from attribution.reference.arrays import Tokens
from attribution.reference.tokens import UnreadableMusic, Vocabulary

END = b"\x00\xff\x2f\x00"


def header(length: int = 6, tracks: int = 1, division: int = 480) -> bytes:
    return struct.pack(">4sIHHh", b"MThd", length, 1, tracks, division)


def chunk(events: bytes, claimed: int | None = None) -> bytes:
    return b"MTrk" + struct.pack(">I", len(events) if claimed is None else claimed) + events


def midi_of(*notes: tuple[int, int, int], drum: bool = False, tempo: float = 120.0) -> bytes:
    score, part = Score(480), Track(is_drum=drum)
    for time, duration, pitch in notes:
        part.notes.append(Note(time, duration, pitch, 80))
    score.tracks.append(part)
    score.tempos.append(Tempo(0, tempo))
    return score.dumps_midi()


def played(data: bytes) -> list[tuple[float, float, int]]:
    score = Score.from_midi(data)
    scale = score.ticks_per_quarter
    return sorted(
        (note.time / scale, note.duration / scale, note.pitch)
        for track in score.tracks
        for note in track.notes
    )


def test_real_songs_come_back_unchanged_after_the_first_reading(
    vocabulary: Vocabulary, songs: list[Tokens]
) -> None:
    for song in songs:
        again = vocabulary.encode(vocabulary.decode(song), "again.mid")
        assert np.array_equal(song, again)


def test_a_real_song_takes_two_to_three_tokens_a_note(
    vocabulary: Vocabulary, songs: list[Tokens]
) -> None:
    for song in songs:
        n_notes = np.isin(song, list(vocabulary.pitches)).sum()
        assert 2.0 < len(song) / n_notes < 3.2


def test_notes_keep_their_time_length_and_pitch(vocabulary: Vocabulary) -> None:
    notes = [(0, 480, 60), (480, 240, 64), (720, 160, 67), (960, 1920, 36)]
    back = played(vocabulary.decode(vocabulary.encode(midi_of(*notes), "four.mid")))
    assert np.allclose(back, [(t / 480, d / 480, p) for t, d, p in notes])


def test_the_tempo_is_kept_to_a_few_percent(vocabulary: Vocabulary) -> None:
    tokens = vocabulary.encode(midi_of((0, 480, 60), tempo=91.0), "slow.mid")
    back = Score.from_midi(vocabulary.decode(tokens))
    assert back.tempos[0].qpm == pytest.approx(91.0, rel=0.05)


def test_a_key_struck_again_while_it_sounds_is_released_before(vocabulary: Vocabulary) -> None:
    tokens = vocabulary.encode(midi_of((0, 960, 60), (480, 480, 60)), "overlap.mid")
    assert played(vocabulary.decode(tokens)) == [(0.0, 1.0, 60), (1.0, 1.0, 60)]


def test_two_parts_on_one_key_at_once_become_one_note(vocabulary: Vocabulary) -> None:
    score = Score(480)
    for duration in (240, 480):
        part = Track()
        part.notes.append(Note(0, duration, 60, 80))
        score.tracks.append(part)
    tokens = vocabulary.encode(score.dumps_midi(), "unison.mid")
    assert played(vocabulary.decode(tokens)) == [(0.0, 1.0, 60)]


def test_random_pieces_are_stable_after_the_first_reading(
    vocabulary: Vocabulary, rng: np.random.Generator
) -> None:
    for _ in range(40):
        columns = (rng.integers(0, 9000, 60), rng.integers(1, 9000, 60), rng.integers(0, 128, 60))
        notes = [(int(t), int(d), int(p)) for t, d, p in zip(*columns, strict=True)]
        first = vocabulary.encode(midi_of(*notes), "random.mid")
        assert np.array_equal(first, vocabulary.encode(vocabulary.decode(first), "again.mid"))


def test_any_sequence_of_tokens_is_a_midi_file(
    vocabulary: Vocabulary, rng: np.random.Generator
) -> None:
    for _ in range(40):
        data = vocabulary.decode(rng.integers(0, len(vocabulary), 150))
        assert len(vocabulary.encode(data, "noise.mid"))


def test_a_number_that_is_no_token_is_refused(vocabulary: Vocabulary) -> None:
    for wrong in (-1, len(vocabulary)):
        with pytest.raises(ValueError, match="Tokens go from 0"):
            vocabulary.decode(np.array([wrong]))


HOSTILE = {
    "empty": b"",
    "text": b"This is a letter, not music.\n" * 50,
    "only-a-header": header(),
    "huge-header": header(length=0xFFFFFFFF) + b"\x00" * 100,
    "huge-track": header() + chunk(b"\x00\x90\x40\x40", claimed=0xFFFFFFFF),
    "65535-tracks": header(tracks=65535),
    "no-division": header(division=0) + chunk(b"\x00\x90\x40\x40\x60\x80\x40\x40" + END),
    "film-time": header(division=-6400) + chunk(b"\x00\x90\x40\x40\x60\x80\x40\x40" + END),
    "no-notes": header() + chunk(END),
    "lasts-for-years": header() + chunk(b"\x00\x90\x40\x40\xff\xff\xff\x7f\x80\x40\x40" * 60 + END),
    "bad-velocity": header() + chunk(b"\x00\x90\x40\xf0\x60\x80\x40\x40" + END),
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 200,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_not_music_is_refused_by_name(vocabulary: Vocabulary, kind: str) -> None:
    with pytest.raises(UnreadableMusic, match=rf"{kind}\.mid "):
        vocabulary.encode(HOSTILE[kind], f"{kind}.mid")


def test_a_song_cut_short_anywhere_is_refused(
    vocabulary: Vocabulary, song_files: list[Path], rng: np.random.Generator
) -> None:
    data = song_files[0].read_bytes()
    for stop in rng.integers(0, len(data) - 1, 60):
        with pytest.raises(UnreadableMusic):
            vocabulary.encode(data[:stop], "cut.mid")


def test_changed_and_random_bytes_are_read_or_refused_but_nothing_else(
    vocabulary: Vocabulary, song_files: list[Path], rng: np.random.Generator
) -> None:
    original = np.frombuffer(song_files[1].read_bytes(), dtype=np.uint8)
    read, refusals = 0, []
    for _ in range(150):
        data = original.copy()
        data[rng.integers(0, len(data), 8)] = rng.integers(0, 256, 8)
        try:
            read += len(vocabulary.encode(data.tobytes(), "changed.mid")) > 0
        except UnreadableMusic as refusal:
            refusals.append(str(refusal))
    assert read + len(refusals) == 150
    assert all("changed.mid" in refusal for refusal in refusals)
    for _ in range(100):
        with pytest.raises(UnreadableMusic):
            vocabulary.encode(rng.bytes(300), "noise.mid")


def test_a_file_of_drums_has_nothing_to_read(vocabulary: Vocabulary) -> None:
    with pytest.raises(UnreadableMusic, match="no note between A0 and C8"):
        vocabulary.encode(midi_of((0, 480, 40), drum=True), "drums.mid")


def test_too_many_bytes_are_refused_before_they_are_read(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path = tmp_path / "big.mid"
    with path.open("wb") as file:
        file.truncate(20 * 2**30)  # sparse: twenty gigabytes would not fit in memory
    with pytest.raises(UnreadableMusic, match=r"big\.mid has"):
        vocabulary.encode_file(path)


def test_too_many_notes_are_refused(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_EVENTS", 3)
    with pytest.raises(UnreadableMusic, match="4 notes and tempi; a piece may have 3"):
        vocabulary.encode(midi_of((0, 9, 60), (9, 9, 61), (18, 9, 62)), "long.mid")


def test_a_missing_file_and_a_folder_are_refused_by_name(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableMusic, match=r"nowhere\.mid cannot be read"):
        vocabulary.encode_file(tmp_path / "nowhere.mid")
    with pytest.raises(UnreadableMusic, match="cannot be read"):
        vocabulary.encode_file(tmp_path)


def test_the_vocabulary_is_the_same_every_time(vocabulary: Vocabulary) -> None:
    assert Vocabulary().sha256() == vocabulary.sha256()
