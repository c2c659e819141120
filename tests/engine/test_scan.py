"""Every stored row meets every query, whatever the dtype, the blocks and the processor."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attribution.engine import (
    CaptureConfig,
    FeatureStore,
    LookUp,
    StoreError,
    exact_scan,
    scan,
    track_norms,
    track_scores,
)
from attribution.engine.scan import exact, sums
from attribution.engine.scan.products import integer_products, quantise

DTYPES = ("float32", "float16", "int8", "sign")
EXACT = ("int8", "sign")  # scored in whole numbers
MEMBERS, N, K = ("late", "early"), 70, 96


def numbers(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def filled(path, dtype, *, shard_rows=16):
    """Two members of very different scale; the last shard is short."""
    config = CaptureConfig(dimension=K, dtype=dtype, shard_rows=shard_rows)
    store = FeatureStore.create(path, config, members=MEMBERS, n_segments=N, identity={})
    for place, member in enumerate(MEMBERS):
        rows = numbers(place, N, K) * np.float32(10.0 ** (6 * place - 3))
        for shard in range(store.n_shards):
            start, stop = store.description.shard_range(shard)
            store.write(member, shard, rows[start:stop], member)
    store.seal()
    return FeatureStore.open(store.path)


@pytest.fixture(params=DTYPES)
def store(request, tmp_path):
    return filled(tmp_path / "s", request.param)


@pytest.fixture
def queries():
    return {member: numbers(9 + place, 5, K) for place, member in enumerate(MEMBERS)}


def decoded(store, member):
    shards = [store.shard_rows(member, shard) for shard in range(store.n_shards)]
    return np.concatenate(shards).astype(np.float64)


@pytest.mark.parametrize(("digits", "tolerance"), [(1, 0.05), (2, 3e-4)], ids=["one", "two"])
def test_a_score_is_the_inner_product_with_what_is_stored(store, queries, digits, tolerance):
    scores = exact_scan(store, queries, digits=digits)
    assert scores.shape == (2, 5, N)
    assert scores.dtype == np.float32
    for place, member in enumerate(MEMBERS):
        expected = queries[member].astype(np.float64) @ decoded(store, member).T
        np.testing.assert_allclose(scores[place], expected, atol=tolerance * expected.std())


@pytest.mark.parametrize("dtype", EXACT)
@pytest.mark.parametrize("digits", [1, 2], ids=["one digit", "two digits"])
def test_neither_blocks_nor_threads_nor_processor_change_a_bit(
    tmp_path, queries, monkeypatch, dtype, digits
):
    usual = exact_scan(filled(tmp_path / "a", dtype), queries, digits=digits)
    odd = filled(tmp_path / "b", dtype, shard_rows=33)
    monkeypatch.setattr(exact, "BLOCK_ROWS", 7)
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: False)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert exact_scan(odd, queries, digits=digits).tobytes() == usual.tobytes()
    finally:
        torch.set_num_threads(threads)


@pytest.mark.parametrize("dtype", EXACT)
def test_a_query_scores_the_same_alone_as_among_others(tmp_path, queries, dtype):
    store = filled(tmp_path / "s", dtype)
    together = exact_scan(store, queries)
    alone = exact_scan(store, {member: rows[[3]] for member, rows in queries.items()})
    assert alone[:, 0].tobytes() == together[:, 3].tobytes()


def test_blocks_come_member_by_member_and_cover_each_segment_once(store, queries):
    blocks = list(scan(store, queries))
    seen = [(block.member, segment) for block in blocks for segment in block.segments.tolist()]
    assert seen == [(member, segment) for member in range(2) for segment in range(N)]


def test_some_segments_score_as_they_do_among_all(store, queries):
    some = np.array([0, 15, 16, 40, 69])
    every = exact_scan(store, queries)
    few = exact_scan(store, queries, segments=some)
    for place in range(2):
        tolerance = 1e-6 * np.abs(every[place]).max()
        np.testing.assert_allclose(few[place], every[place][:, some], atol=tolerance)
    assert exact_scan(store, queries, segments=some[:0]).shape == (2, 5, 0)


@pytest.mark.parametrize(
    ("segments", "complaint"),
    [([3, 70], "no segment 70"), ([-1, 3], "no segment -1"), ([4, 3], "ascend"), ([3, 3], "once")],
    ids=["beyond", "negative", "descending", "twice"],
)
def test_segments_that_cannot_be_scanned_are_refused(store, queries, segments, complaint):
    with pytest.raises(StoreError, match=complaint):
        exact_scan(store, queries, segments=np.array(segments))


def test_a_query_that_is_not_finite_is_refused(store, queries):
    queries["early"][2, 5] = np.nan
    with pytest.raises(StoreError, match="Query 2 of member 'early'"):
        exact_scan(store, queries)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda q: {"late": q["late"]}, "members early are missing"),
        (lambda q: {**q, "early": q["early"][:2]}, "one shape"),
        (lambda q: {member: rows[:, :40] for member, rows in q.items()}, "the store 96"),
    ],
    ids=["no member", "two lengths", "short rows"],
)
def test_queries_that_do_not_fit_are_refused(store, queries, change, complaint):
    with pytest.raises(StoreError, match=complaint):
        exact_scan(store, change(queries))
    with pytest.raises(StoreError, match=complaint):
        LookUp(store).nearest(change(queries), 1)


def test_a_query_of_zeros_scores_nothing(store, queries):
    queries["late"][1] = 0
    assert not exact_scan(store, queries)[0, 1].any()


@pytest.mark.parametrize("sorted_tracks", [True, False], ids=["in order", "scattered"])
def test_a_tracks_score_is_the_sum_over_its_segments(store, queries, sorted_tracks):
    track = np.random.default_rng(4).integers(0, 9, N)
    track = np.sort(track) if sorted_tracks else track
    totals = track_scores(store, queries, track, 11)
    expected = np.zeros((11, 2, 5))
    np.add.at(expected, track, exact_scan(store, queries).transpose(2, 0, 1).astype(np.float64))
    np.testing.assert_allclose(totals, expected.transpose(1, 2, 0), rtol=1e-5, atol=1e-6)


def test_a_track_for_each_segment_is_needed(store, queries):
    with pytest.raises(StoreError, match="69 segments; the store has 70"):
        track_scores(store, queries, np.zeros(N - 1, dtype=np.int64), 1)


@pytest.mark.parametrize("bytes_at_once", [1, 1 << 28], ids=["one by one", "all at once"])
def test_a_tracks_norm_is_that_of_its_rows_together(store, monkeypatch, bytes_at_once):
    monkeypatch.setattr(sums, "_SUMS_BYTES", bytes_at_once)
    track = np.random.default_rng(5).integers(0, 9, N)
    norms = track_norms(store, track, 11)
    for place, member in enumerate(MEMBERS):
        rows = decoded(store, member)
        expected = [np.linalg.norm(rows[track == number].sum(0)) for number in range(11)]
        np.testing.assert_allclose(norms[place], expected, rtol=1e-5)


DIGITS = st.integers(-128, 127)


@given(
    left=arrays(np.int8, (3, 37), elements=DIGITS),
    right=arrays(np.int8, (2, 37), elements=st.integers(-127, 127)),
)
def test_whole_numbers_multiply_exactly(left, right):
    expected = left.astype(np.int64) @ right.astype(np.int64).T
    assert np.array_equal(integer_products(left, right), expected)


@pytest.mark.parametrize("vnni", [True, False], ids=["int8 products", "float32 products"])
def test_sums_that_would_overflow_are_exact_too(monkeypatch, vnni):
    if vnni and not torch.cpu._is_vnni_supported():
        pytest.skip("this processor has no VNNI")
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: vnni)
    width = 140_000  # 128 · 127 · 140,000 exceeds int32
    left = np.full((2, width), -128, dtype=np.int8)
    right = np.full((3, width), 127, dtype=np.int8)
    right[:, ::3] = 126
    expected = left.astype(np.int64) @ right.astype(np.int64).T
    assert np.array_equal(integer_products(left, right), expected)


@given(
    queries=arrays(np.float32, (2, 8), elements=st.floats(-1e6, 1e6, width=32)),
    digits=st.sampled_from([1, 2]),
)
def test_rounding_a_query_is_off_by_half_a_step_at_most(queries, digits):
    steps = 127 if digits == 1 else 32_512
    whole = quantise(queries, digits)
    values = sum(
        digit.values.astype(np.float64) * 256**place
        for place, digit in enumerate(reversed(whole.digits))
    )
    step = np.abs(queries).max(1, keepdims=True).astype(np.float64) / steps
    error = np.abs(values * whole.scales[:, None].astype(np.float64) - queries)
    assert (error <= step * 0.51 + 1e-37).all()
