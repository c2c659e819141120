"""The benchmarks of scans and look-ups, on rows of a small made-up catalogue."""

import argparse

import numpy as np
import pytest

from attribution.engine import LookUp, Role
from benchmarks import certificate, lookup, scan
from benchmarks.agreement import agreement
from benchmarks.captured import MEMBER, Captured, fold, resampled_store


@pytest.fixture(scope="module")
def source():
    """Forty songs of three windows with a common direction, and pieces like some of them."""
    random = np.random.default_rng(0)
    shared = random.standard_normal((6, 512)) * np.linspace(3, 0.5, 6)[:, None]
    songs = random.standard_normal((40, 6)) @ shared + random.standard_normal((40, 512))
    track = np.repeat(np.arange(40), 3)
    rows = songs[track] + random.standard_normal((120, 512))
    queries = songs[:10] + 0.5 * random.standard_normal((10, 512))
    role = np.repeat([Role.TRAINED, Role.CALIBRATION, Role.TEST], [20, 10, 10])
    return Captured(rows.astype(np.float32), queries.astype(np.float32), track, role)


def test_resampling_keeps_the_sum_of_squares_in_every_direction(source):
    more = source.resampled(240, 360)
    centred, again = source.rows - source.mean, more - source.mean
    np.testing.assert_allclose(again.T @ again, centred.T @ centred, atol=0.05)
    assert not np.allclose(more, source.rows, atol=0.1)


def test_a_resampled_row_is_the_same_however_it_is_asked_for(source):
    whole = source.resampled(0, 500)
    assert np.array_equal(whole[:120], source.rows)
    parts = [source.resampled(start, start + 50) for start in range(0, 500, 50)]
    assert np.array_equal(np.concatenate(parts), whole)


def test_every_pass_through_the_songs_has_tracks_of_its_own(source):
    tracks = source.resampled_tracks(300)
    assert len(np.unique(tracks)) == 100
    assert tracks[120] == 40


def test_a_folded_row_adds_up_its_runs():
    assert fold(np.arange(6, dtype=np.float32)[None], 3).tolist() == [[3, 5, 7]]


def test_a_store_is_taken_up_where_it_was_left(source, tmp_path):
    store = resampled_store(source, 300, "sign", tmp_path)
    rows = np.concatenate([store.shard_rows(MEMBER, at) for at in range(store.n_shards)])
    assert np.array_equal(rows >= 0, source.resampled(0, 300) >= 0)
    assert resampled_store(source, 300, "sign", tmp_path).digest() == store.digest()


def test_rows_are_described_beside_the_captured_ones(source):
    table = agreement(source)
    assert [column.header for column in table.columns] == [
        "", "captured", "resampled", "independent",
    ]  # fmt: skip
    captured, resampled, independent = (
        [float(cell) for cell in column.cells] for column in table.columns[1:]
    )
    assert resampled[1] == pytest.approx(captured[1], rel=0.1)
    assert independent[1] < 0.5 * captured[1]


def test_a_look_up_is_measured_against_the_exact_scan(source, tmp_path):
    store = resampled_store(source, 300, "sign", tmp_path)
    found = lookup.measure(store, source.queries)
    assert found.recall == 1  # more candidates than segments
    assert found.first_found == 1
    nearest = LookUp(store).nearest({MEMBER: source.queries}, 1)[1][:, 0]
    assert (source.resampled_tracks(300)[nearest] % 40 == np.arange(10)).mean() > 0.8
    assert "look-up, median" in lookup.draw([found])


def test_every_kind_of_row_is_timed_against_the_product(source, tmp_path):
    kind = scan.Kind("int8", 256)
    options = argparse.Namespace(segments=150, generations=12, work=tmp_path, threads=1, keep=False)
    timings = scan._timed(source, kind, options)
    assert [timing.read_bytes for timing in timings] == [150 * 256]
    assert all(timing.cpu_seconds > 0 for timing in timings)
    assert not (tmp_path / "int8-256-150").exists()


def test_rounding_moves_scores_less_than_half_a_row_does(source, tmp_path):
    table = scan._money(source, tmp_path)
    eight, sixteen, half = (float(cell) for cell in table.columns[1].cells)
    assert sixteen < eight < half


def test_no_index_certifies_what_it_does_not_hold(source, tmp_path):
    store = resampled_store(source, 120, "sign", tmp_path)
    rows = store.shard_rows(MEMBER, 0)
    board = certificate.Board.of(source, rows, store.scales(MEMBER))
    none = np.zeros(len(source.queries))
    _, exact = board.bounds(source.queries @ rows.T, none)
    np.testing.assert_allclose(exact, board.exact, rtol=1e-6)
    table = certificate._table(source.queries, rows, board)
    assert table.row_count == 2 * len(certificate.EIGHTHS)
