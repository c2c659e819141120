"""A store asked through its Gram matrix answers with TRAK's formula, whichever side is smaller."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.engine import (
    CaptureConfig,
    FeatureStore,
    StoreError,
    exact_scan,
    gram_queries,
)
from attribution.engine.curvature import gram

CONFIG = CaptureConfig(dimension=24, curvature="none", dtype="float32", shard_rows=7)


def filled(folder, rows: np.ndarray) -> FeatureStore:
    store = FeatureStore.create(
        folder, CONFIG, members=["a"], n_segments=len(rows), identity={"made": "by hand"}
    )
    for shard in range(store.n_shards):
        start, stop = store.description.shard_range(shard)
        store.write("a", shard, rows[start:stop], "fingerprint")
    store.seal()
    return store


@settings(max_examples=12, deadline=None)
@given(n=st.integers(2, 60), damping=st.floats(0.01, 10), seed=st.integers(0, 99))
def test_scores_are_traks_formula(tmp_path_factory, n, damping, seed):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, 24)).astype(np.float32)
    queries = rng.normal(size=(3, 24)).astype(np.float32)
    store = filled(tmp_path_factory.mktemp("store"), rows)
    found = exact_scan(store, gram_queries(store, {"a": queries}, damping=damping))[0]
    wide = rows.astype(np.float64)
    strength = damping * np.square(wide).sum() / min(n, 24)
    expected = queries @ np.linalg.solve(wide.T @ wide + strength * np.eye(24), wide.T)
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=2e-4 * np.abs(expected).max())


def test_a_gram_matrix_that_fits_no_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(gram, "LARGEST_SIDE", 8)
    store = filled(tmp_path, np.ones((9, 24), dtype=np.float32))
    with pytest.raises(StoreError, match="9 rows of 24 numbers has no side of 8 or less"):
        gram_queries(store, {"a": np.ones((1, 24), dtype=np.float32)})


@pytest.mark.parametrize("damping", [0.0, -1.0, float("nan")])
def test_a_damping_that_is_not_positive_is_refused(tmp_path, damping):
    store = filled(tmp_path, np.ones((9, 24), dtype=np.float32))
    with pytest.raises(StoreError, match="must be positive"):
        gram_queries(store, {"a": np.ones((1, 24), dtype=np.float32)}, damping=damping)


def test_rows_of_zeros_are_refused(tmp_path):
    store = filled(tmp_path, np.zeros((9, 24), dtype=np.float32))
    with pytest.raises(StoreError, match="All rows of the store are zero"):
        gram_queries(store, {"a": np.ones((1, 24), dtype=np.float32)})
