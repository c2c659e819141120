"""Scores are plain inner products of what is stored; look-up is their cosine."""

import numpy as np
import pytest
import torch
from torch import nn

from attribution.engine import (
    CaptureConfig,
    FeatureStore,
    Featuriser,
    LookUp,
    Role,
    StoreError,
    attribute,
    capture,
    estimate_curvature,
    exact_scan,
    track_norms,
)

CONFIG = CaptureConfig(dimension=48, shard_rows=8)


@pytest.fixture
def stored(tmp_path):
    """Two members of very different scale, a last shard that is short, and their true rows."""
    random = np.random.default_rng(0)
    rows = {
        "early": random.normal(size=(30, 48)).astype(np.float32) * 1e-9,
        "late": random.normal(size=(30, 48)).astype(np.float32) * 1e9,
    }
    store = FeatureStore.create(
        tmp_path / "s", CONFIG, members=["late", "early"], n_segments=30, identity={}
    )
    for member, values in rows.items():
        for shard in range(4):
            store.write(member, shard, values[shard * 8 : shard * 8 + 8], member)
    store.seal()
    return FeatureStore.open(store.path), rows


def test_the_exact_scan_is_numpys_product(stored):
    store, rows = stored
    queries = {m: np.random.default_rng(1).normal(size=(5, 48)).astype(np.float32) for m in rows}
    scores = exact_scan(store, queries)
    assert scores.shape == (2, 5, 30)
    assert scores.dtype == np.float32
    for place, member in enumerate(["late", "early"]):  # in the order of the store
        expected = queries[member].astype(np.float64) @ rows[member].astype(np.float64).T
        np.testing.assert_allclose(scores[place], expected, atol=3e-3 * np.abs(expected).max())


def test_a_tracks_norm_is_that_of_its_rows_together(stored):
    store, rows = stored
    segment_track = np.repeat([2, 0, 3], [7, 13, 10])
    norms = track_norms(store, segment_track, n_tracks=5)
    for place, member in enumerate(["late", "early"]):
        for track in range(5):
            expected = np.linalg.norm(rows[member][segment_track == track].sum(0))
            assert norms[place, track] == pytest.approx(expected, rel=2e-3)


def test_look_up_finds_a_row_by_itself_whatever_its_length(stored):
    store, rows = stored
    queries = {m: values[[4, 29]] * np.float32(17.0) for m, values in rows.items()}
    cosines, segments = LookUp(store).nearest(queries, 3)
    assert segments[:, 0].tolist() == [4, 29]
    np.testing.assert_allclose(cosines[:, 0], 1, atol=1e-3)
    assert (np.diff(cosines, axis=1) <= 0).all()


def test_look_up_gives_the_mean_cosine_of_the_members(stored):
    store, rows = stored
    queries = {m: np.random.default_rng(2).normal(size=(3, 48)).astype(np.float32) for m in rows}
    cosines, segments = LookUp(store).nearest(queries, 1000)
    assert segments.shape == (3, 30)

    def unit(values):
        return values / np.linalg.norm(values, axis=1, keepdims=True)

    expected = np.mean([unit(queries[m]) @ unit(rows[m]).T for m in rows], axis=0)
    found = np.take_along_axis(expected, segments, axis=1)
    np.testing.assert_allclose(cosines, found, atol=3e-3)


def test_queries_that_do_not_fit_are_refused(stored):
    store, rows = stored
    for ask in (lambda q: exact_scan(store, q), lambda q: LookUp(store).nearest(q, 1)):
        with pytest.raises(StoreError, match="members early are missing"):
            ask({"late": rows["late"]})
        with pytest.raises(StoreError, match="one shape"):
            ask({"late": rows["late"], "early": rows["early"][:2]})
        with pytest.raises(StoreError, match="store 48"):
            ask({m: values[:, :40] for m, values in rows.items()})


class Melodies:
    """Random tunes of two halves, and the loss of a small recurrent-free predictor."""

    def __init__(self, tunes):
        self.tunes = tunes

    def batch(self, segments):
        return self.tunes[torch.as_tensor(segments)]

    def sample_outputs(self, model, batch):
        context = torch.stack([batch[:, :-2], batch[:, 1:-1]], -1)
        loss = nn.functional.cross_entropy(model(context).mT, batch[:, 2:], reduction="none")
        return loss.sum(1)


def trained(tunes, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Embedding(12, 12), nn.Flatten(2), nn.Linear(24, 48), nn.LayerNorm(48), nn.ReLU(),
        nn.Linear(48, 12),
    )  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    task = Melodies(tunes)
    for _ in range(150):
        optimizer.zero_grad()
        task.sample_outputs(model, tunes).mean().backward()
        optimizer.step()
    return model


def test_a_trained_model_pays_the_tunes_that_were_copied_and_no_control(tmp_path):
    """The whole way on real gradients: 30 tunes learned, 30 not, two members, eight pieces."""
    generator = torch.Generator().manual_seed(0)
    tunes = torch.randint(0, 12, (60, 34), generator=generator)
    config = CaptureConfig(dimension=2048, shard_rows=32)
    fresh = torch.randint(0, 12, (2, 34), generator=generator)
    pieces = torch.cat([tunes[:5], tunes[[35]], fresh])  # five copies, a copied control, two new
    store = FeatureStore.create(
        tmp_path / "s", config, members=["a", "b"], n_segments=60, identity={}
    )
    queries = {}
    for seed, member in enumerate(store.members):
        model, task = trained(tunes[:30], seed), Melodies(tunes)
        curvature = estimate_curvature(model, task, range(30), config)
        featuriser = Featuriser(model, task, config, curvature, member=member)
        featuriser.self_check([0, 1])
        capture(featuriser, store)
        queries[member] = featuriser.with_task(Melodies(pieces)).features(range(8))
    store.seal()
    scores = exact_scan(store, queries)
    role = np.repeat([Role.TRAINED, Role.CALIBRATION, Role.TEST], [30, 20, 10])
    run = attribute(scores, np.arange(8), np.arange(60), role, probes=[5])
    owed = [{s.track: s.share_ppb for s in piece.shares} for piece in run.generations]
    for piece in range(5):
        assert max(owed[piece], key=owed[piece].get) == piece
        assert owed[piece][piece] > 0.5e9
    assert all(sum(rest.values()) < 0.3e9 for rest in owed[5:])
    assert run.quality.member_agreement > 0.1
    nearest = LookUp(store).nearest(queries, 1)[1][:, 0]
    assert nearest[:6].tolist() == [0, 1, 2, 3, 4, 35]  # likeness cannot tell a control: money must
