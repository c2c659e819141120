"""Look-up finds what is near, keeps its index beside the store, and never takes another's."""

import numpy as np
import pytest

from attribution.engine import CaptureConfig, FeatureStore, LookUp

DTYPES = ("float32", "float16", "int8", "sign")
N, K, SHARD = 300, 1024, 64


def rows_of(seed):
    random = np.random.default_rng(seed)
    return {
        member: random.standard_normal((N, K)).astype(np.float32) * np.float32(unit)
        for member, unit in (("early", 1e-6), ("late", 1e6))
    }


def filled(path, rows, dtype="sign"):
    config = CaptureConfig(dimension=K, dtype=dtype, shard_rows=SHARD)
    members = ["late", "early"]
    store = FeatureStore.create(path, config, members=members, n_segments=N, identity={})
    for member in members:
        for shard in range(store.n_shards):
            start, stop = store.description.shard_range(shard)
            store.write(member, shard, rows[member][start:stop], member)
    store.seal()
    return FeatureStore.open(store.path)


def near(rows, segments, cosine):
    """Queries at this cosine to the rows of some segments, under every member."""
    found = {}
    for member, values in rows.items():
        noise = np.random.default_rng(8).standard_normal((len(segments), K)).astype(np.float32)
        noise *= np.linalg.norm(values[segments], axis=1, keepdims=True) / np.sqrt(np.float32(K))
        found[member] = cosine * values[segments] + np.sqrt(1 - cosine**2) * noise
    return {member: values.astype(np.float32) for member, values in found.items()}


def indexes(store):
    return list((store.path / "look-up").glob("*"))


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_near_row_is_found_with_its_cosine_whatever_its_length(tmp_path, dtype):
    rows = rows_of(0)
    look_up = LookUp(filled(tmp_path / "s", rows, dtype))
    for cosine in (1.0, 0.4):
        cosines, segments = look_up.nearest(near(rows, [4, 299], cosine), 3)
        assert segments[:, 0].tolist() == [4, 299]
        np.testing.assert_allclose(cosines[:, 0], cosine, atol=0.08)
        assert (np.diff(cosines, axis=1) <= 0).all()


def test_the_cosine_is_the_mean_of_the_members(tmp_path):
    rows = rows_of(9)
    queries = near(rows, [0, 1, 2], 0.3)
    cosines, segments = LookUp(filled(tmp_path / "s", rows, "float32")).nearest(queries, N)

    def unit(values):
        return values / np.linalg.norm(values, axis=1, keepdims=True)

    expected = np.mean([unit(queries[m]) @ unit(rows[m]).T for m in rows], axis=0)
    found = np.take_along_axis(expected, segments, axis=1)
    np.testing.assert_allclose(cosines, found, atol=1e-4)


def test_few_candidates_still_hold_what_is_nearest(tmp_path):
    rows = rows_of(1)
    look_up = LookUp(filled(tmp_path / "s", rows), bits=512, candidates=20)
    queries = near(rows, np.arange(0, N, 7), 0.5)
    found = look_up.nearest(queries, 1)[1][:, 0]
    assert (found == np.arange(0, N, 7)).mean() > 0.9
    assert look_up.bytes_a_segment == 64


def test_more_than_there_is_gives_all_there_is(tmp_path):
    rows = rows_of(2)
    cosines, segments = LookUp(filled(tmp_path / "s", rows)).nearest(near(rows, [1], 0.5), 10_000)
    assert sorted(segments[0].tolist()) == list(range(N))
    assert np.isfinite(cosines).all()


def test_the_index_is_made_once_and_read_again(tmp_path):
    rows = rows_of(3)
    store = filled(tmp_path / "s", rows)
    first = LookUp(store).nearest(near(rows, [5, 6], 0.5), 5)
    (index,) = indexes(store)
    made = index.stat().st_mtime_ns
    again = LookUp(FeatureStore.open(store.path)).nearest(near(rows, [5, 6], 0.5), 5)
    assert index.stat().st_mtime_ns == made
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    FeatureStore.open(store.path, verify="full")


def test_another_stores_index_is_not_taken(tmp_path):
    one, other = filled(tmp_path / "a", rows_of(4)), filled(tmp_path / "b", rows_of(5))
    LookUp(one)
    (index,) = indexes(one)
    (other.path / "look-up").mkdir()
    index.rename(other.path / "look-up" / index.name)
    found = LookUp(other, candidates=10).nearest(near(rows_of(5), [40, 41], 0.6), 1)[1]
    assert found[:, 0].tolist() == [40, 41]
    assert len(indexes(other)) == 2


@pytest.mark.parametrize("kept_bytes", [0, 20, 4000], ids=["empty", "head", "torn"])
def test_an_index_that_cannot_be_read_is_made_anew(tmp_path, kept_bytes):
    rows = rows_of(6)
    store = filled(tmp_path / "s", rows)
    LookUp(store)
    (index,) = indexes(store)
    whole = index.read_bytes()
    index.write_bytes(whole[:kept_bytes])
    found = LookUp(store).nearest(near(rows, [7], 0.6), 1)[1]
    assert found.tolist() == [[7]]
    assert index.read_bytes() == whole


def test_a_folder_that_cannot_be_written_does_not_stop_it(tmp_path):
    rows = rows_of(7)
    store = filled(tmp_path / "s", rows)
    (store.path / "look-up").write_text("a file where the folder would be")
    assert LookUp(store).nearest(near(rows, [9], 0.6), 1)[1].tolist() == [[9]]
