"""Which training segments shaped a model's output, and how sure is that: a plain library.

Import from here; the modules behind it may move. It knows torch, numpy and faiss, and nothing of
Django. A model plugs in with a `Task` of two methods; any `torch.nn.Module` works, on any device
for features, and everything after the features is numpy.

    Task → Featuriser → capture → FeatureStore → exact_scan → attribute
            (Curvature)                          LookUp

The whole way, on a model that learns 24 short tunes, asked about copies of tunes 3 and 7:

<!-- engine-example -->
```python
import numpy as np, tempfile, torch
from torch import nn
from attribution import engine

torch.manual_seed(0)
tunes = torch.randint(0, 12, (60, 33))  # 24 to train on, 36 controls that are never shown
model = nn.Sequential(nn.Embedding(12, 16), nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 12))

class NextNote(engine.Task):  # all that a model's owner writes
    def __init__(self, tunes):
        self.tunes = tunes
    def batch(self, segments):
        return self.tunes[torch.as_tensor(segments)]
    def sample_outputs(self, model, batch):  # loss of each sample, summed over its notes
        logits = model(batch[:, :-1]).mT
        return nn.functional.cross_entropy(logits, batch[:, 1:], reduction="none").sum(1)

task, optimizer = NextNote(tunes), torch.optim.Adam(model.parameters(), 1e-2)
for _ in range(200):
    optimizer.zero_grad()
    task.sample_outputs(model, tunes[:24]).mean().backward()
    optimizer.step()

config = engine.CaptureConfig(dimension=2048)
curvature = engine.estimate_curvature(model, task, range(24), config)
featuriser = engine.Featuriser(model, task, config, curvature)
featuriser.self_check([0, 1, 2])  # against autograd, parameter by parameter
folder = tempfile.mkdtemp()
store = engine.FeatureStore.create(folder, config, members=["0"], n_segments=60, identity={})
engine.capture(featuriser, store)  # resumable: does only what is missing
store.seal()
queries = featuriser.with_task(NextNote(tunes[[3, 7]])).features([0, 1])
scores = engine.exact_scan(store, {"0": queries})  # (1 member, 2 queries, 60 segments)
role = np.repeat([engine.Role.TRAINED, engine.Role.CALIBRATION, engine.Role.TEST], [24, 24, 12])
norms = engine.track_norms(store, np.arange(60), 60)
run = engine.attribute(scores, np.array([0, 1]), np.arange(60), role, track_norms=norms)
for piece in run.generations:
    owed = {share.track: f"{share.share_ppb / 1e7:.0f} %" for share in piece.shares}
    print(f"piece {piece.generation} owes {owed}, unattributed {piece.unattributed_ppb} ppb")
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
from attribution.engine.influence import LookUp, exact_scan, track_norms
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
    "track_norms",
]
