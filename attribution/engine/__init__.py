"""Which training segments shaped a model's output, and how sure is that: a plain library.

Import from here; the modules behind it may move. It knows torch, numpy and faiss, and nothing of
Django. A model plugs in with a `Task` of two methods; any `torch.nn.Module` works, on any device
for features, and everything after the features is numpy.

    Task → Featuriser → capture → FeatureStore → exact_scan → attribute
            (Curvature)                          LookUp

The whole way, on a model of three layers that learns which note follows two others:

<!-- engine-example -->
```python
import numpy as np, tempfile, torch
from torch import nn
from attribution import engine

notes = torch.randint(0, 12, (40, 32), generator=torch.Generator().manual_seed(0))  # 40 tracks
queries = notes[[3, 7]].clone()  # "generated" pieces: copies of tracks 3 and 7


class NextNote(engine.Task):  # all that a model's owner writes
    def __init__(self, pieces):
        self.pieces = pieces

    def batch(self, segments):
        return self.pieces[torch.as_tensor(segments)]

    def sample_outputs(self, model, batch):
        scores = model(torch.stack([batch[:, :-2], batch[:, 1:-1]], -1))  # (B, T, 12)
        return nn.functional.cross_entropy(scores.mT, batch[:, 2:], reduction="none").sum(1)


torch.manual_seed(0)
model = nn.Sequential(
    nn.Embedding(12, 16), nn.Flatten(2), nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 12)
)
task, optimizer = NextNote(notes), torch.optim.Adam(model.parameters(), 1e-2)
for _ in range(100):  # train on tracks 0-23; the others are controls
    optimizer.zero_grad()
    task.sample_outputs(model, task.batch(range(24))).mean().backward()
    optimizer.step()

config = engine.CaptureConfig(dimension=2048)
curvature = engine.estimate_curvature(model, task, range(24), config)
featuriser = engine.Featuriser(model, task, config, curvature)
featuriser.self_check([0, 1, 2])
store = engine.FeatureStore.create(
    tempfile.mkdtemp(), config, members=["0"], n_segments=40, identity={"model": "readme"}
)
engine.capture(featuriser, store)
store.seal()
scores = engine.exact_scan(store, {"0": featuriser.with_task(NextNote(queries)).features([0, 1])})
role = np.repeat([engine.Role.TRAINED, engine.Role.CALIBRATION, engine.Role.TEST], [24, 12, 4])
run = engine.attribute(scores, np.array([0, 1]), np.arange(40), role)
for generation in run.generations:
    paid = {share.track: round(share.share_ppb / 1e9, 3) for share in generation.shares}
    print("generation", generation.generation, "owes", paid)
```
<!-- /engine-example -->
"""

from attribution.engine.capture import Captured, capture
from attribution.engine.config import CaptureConfig, ShareConfig
from attribution.engine.curvature.estimate import estimate_curvature
from attribution.engine.curvature.factors import Curvature
from attribution.engine.errors import (
    BadGradients,
    BadScores,
    DamagedStore,
    EngineError,
    ForeignStore,
    IncompleteGradients,
    MismatchedCurvature,
    StoreError,
    UnfinishedStore,
)
from attribution.engine.featuriser import Featuriser
from attribution.engine.gradients.coverage import Coverage
from attribution.engine.influence import LookUp, exact_scan
from attribution.engine.shares.attribute import attribute
from attribution.engine.shares.results import (
    PPB,
    AttributionRun,
    Evidence,
    GenerationAttribution,
    Quality,
    Role,
    TrackShare,
)
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.task import FloatArray, IntArray, OnProgress, Segments, Task

__all__ = [
    "PPB",
    "AttributionRun",
    "BadGradients",
    "BadScores",
    "CaptureConfig",
    "Captured",
    "Coverage",
    "Curvature",
    "DamagedStore",
    "EngineError",
    "Evidence",
    "FeatureStore",
    "Featuriser",
    "FloatArray",
    "ForeignStore",
    "GenerationAttribution",
    "IncompleteGradients",
    "IntArray",
    "LookUp",
    "MismatchedCurvature",
    "OnProgress",
    "Quality",
    "Role",
    "Segments",
    "ShareConfig",
    "StoreError",
    "Task",
    "TrackShare",
    "UnfinishedStore",
    "attribute",
    "capture",
    "estimate_curvature",
    "exact_scan",
]
