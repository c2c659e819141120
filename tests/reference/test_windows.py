"""Tracks are cut into windows; nothing is lost, nothing counted twice, and the cut is kept."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.reference.segments import Corpus, SegmentTable, cut, pad

LENGTHS = st.lists(st.integers(1, 900), min_size=1, max_size=12)


@given(LENGTHS, st.integers(1, 300))
def test_every_token_belongs_to_exactly_one_window(lengths: list[int], window: int) -> None:
    table = cut(lengths, window)
    covered = [
        (track, position)
        for track, start, length in zip(table.track_index, table.start, table.length, strict=True)
        for position in range(start, start + length)
    ]
    track_of = np.repeat(np.arange(len(lengths)), lengths)
    assert covered == [(int(track), position) for position, track in enumerate(track_of)]


@given(LENGTHS, st.integers(2, 300))
def test_windows_of_a_track_are_equal_so_that_no_tail_is_tiny(
    lengths: list[int], window: int
) -> None:
    table = cut(lengths, window)
    for track in range(len(lengths)):
        sizes = table.length[table.track_index == track]
        assert sizes.max() <= window
        assert sizes.max() - sizes.min() <= 1


def test_an_empty_track_is_refused_by_its_number() -> None:
    with pytest.raises(ValueError, match="Track 1 has no tokens"):
        cut([5, 0, 3], 4)


def test_a_window_predicts_its_tokens_from_the_start_token_and_those_before() -> None:
    corpus = Corpus.of([np.arange(10, 15), np.arange(20, 23)], 3, bos=0, pitches=range(10, 30))
    windows = corpus.windows(np.arange(3))
    assert windows.targets.tolist() == [[10, 11, 0], [12, 13, 14], [20, 21, 22]]
    assert windows.inputs.tolist() == [[0, 10, 11], [0, 12, 13], [0, 20, 21]]
    assert windows.mask.tolist() == [[True, True, False], [True] * 3, [True] * 3]


def test_loose_sequences_are_laid_out_like_windows() -> None:
    windows = pad([np.array([5]), np.array([6, 7])], bos=1)
    assert windows.inputs.tolist() == [[1, 5], [1, 6]]
    assert windows.mask.tolist() == [[True, False], [True, True]]


def test_a_saved_table_comes_back_with_the_same_identity(tmp_path: Path) -> None:
    table = cut([700, 30], 256)
    table.save(tmp_path / "segments.npz")
    loaded = SegmentTable.load(tmp_path / "segments.npz")
    assert loaded.sha256() == table.sha256()
    assert [path.name for path in tmp_path.iterdir()] == ["segments.npz"]


def test_the_identity_changes_with_any_entry() -> None:
    tables = [cut([700, 30], 256), cut([699, 31], 256), cut([700, 30], 255), cut([700], 256)]
    assert len({table.sha256() for table in tables}) == 4


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04torn", b"\x93NUMPY\x01\x00"])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "segments.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"segments\.npz is not a segment table"):
        SegmentTable.load(path)


def test_a_table_torn_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "segments.npz"
    cut([700, 30], 256).save(path)
    content = path.read_bytes()
    for stop in range(0, len(content) - 1, 37):
        path.write_bytes(content[:stop])
        with pytest.raises(ValueError, match="is not a segment table"):
            SegmentTable.load(path)


def test_a_table_with_pickled_objects_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "segments.npz"
    columns = {name: np.array([{}], dtype=object) for name in ("track_index", "start", "length")}
    np.savez(path, window=np.int64(4), **columns)
    with pytest.raises(ValueError, match="is not a segment table"):
        SegmentTable.load(path)


def test_a_table_with_impossible_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 4 tokens"):
        SegmentTable(np.zeros(1, int), np.zeros(1, int), np.array([5]), 4)


def test_the_identity_of_a_corpus_changes_with_one_token() -> None:
    track = np.arange(10, 60)
    changed = track.copy()
    changed[30] += 1
    first, second = (Corpus.of([t], 16, 0, range(10, 90)) for t in (track, changed))
    assert first.sha256() != second.sha256()
    assert first.sha256() == Corpus.of([track], 16, 0, range(10, 90)).sha256()
