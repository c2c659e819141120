"""The whole way from a trained model to shares, on real gradients."""

import numpy as np
import torch
from torch import nn

from attribution.engine import (
    CaptureConfig,
    FeatureStore,
    Featuriser,
    LookUp,
    Role,
    attribute,
    capture,
    estimate_curvature,
    exact_scan,
)


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
