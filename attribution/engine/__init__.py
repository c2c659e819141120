"""Which training segments shaped a model's output, and how sure is that: a plain library.

Import from here; the modules behind it may move. It knows torch, numpy and faiss, and nothing of
Django. A model plugs in with a `Task` of two methods; any `torch.nn.Module` works, on any device
for features, and everything after the features is numpy.

    Task → Featuriser → capture → FeatureStore → exact_scan → attribute
            (Curvature)                          LookUp       evaluate

README.md has the whole way, on a small model.
"""

from attribution.audio.loading import leave_out_extension
from attribution.engine.capture import Captured, capture, probes
from attribution.engine.config import CaptureConfig, ShareConfig
from attribution.engine.curvature.estimate import estimate_curvature
from attribution.engine.curvature.factors import Curvature
from attribution.engine.curvature.gram import gram_queries
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
from attribution.engine.evaluation import Estimate, evaluate
from attribution.engine.featuriser import Featuriser
from attribution.engine.gradients.coverage import Coverage
from attribution.engine.outputs import TokenOutput, summed_loss, summed_margin
from attribution.engine.piece_features import PieceFeatures, open_segments, piece_features
from attribution.engine.quality_report import quality_report
from attribution.engine.run import Run, create_store, open_featuriser
from attribution.engine.scan.exact import ScoreBlock, exact_scan, scan
from attribution.engine.scan.lookup import LookUp
from attribution.engine.scan.sums import track_norms, track_scores
from attribution.engine.shares.attribute import attribute
from attribution.engine.shares.likeness import Likeness, track_likeness
from attribution.engine.shares.matrix import best_tracks
from attribution.engine.shares.quality import Limits, Quality
from attribution.engine.shares.results import (
    PPB,
    AttributionRun,
    Evidence,
    GenerationAttribution,
    Role,
    TrackShare,
)
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.store.merging import merge
from attribution.engine.store.packing import BadPackage, pack, unpack
from attribution.engine.store.tracks import SegmentedTrack, TrackTable
from attribution.engine.task import (
    FloatArray,
    IntArray,
    OnProgress,
    Part,
    Segments,
    Task,
    parts_of,
)
from attribution.engine.token_task import TokenTask

leave_out_extension()  # of torchaudio, which models of other libraries import

__all__ = [
    "PPB",
    "AttributionRun",
    "BadGradients",
    "BadPackage",
    "BadScores",
    "CaptureConfig",
    "Captured",
    "Coverage",
    "Curvature",
    "DamagedStore",
    "EngineError",
    "Estimate",
    "Evidence",
    "FeatureStore",
    "Featuriser",
    "FloatArray",
    "ForeignStore",
    "GenerationAttribution",
    "IncompleteGradients",
    "IntArray",
    "Likeness",
    "Limits",
    "LookUp",
    "MismatchedCurvature",
    "OnProgress",
    "Part",
    "PieceFeatures",
    "Quality",
    "Role",
    "Run",
    "ScoreBlock",
    "SegmentedTrack",
    "Segments",
    "ShareConfig",
    "StoreError",
    "Task",
    "TokenOutput",
    "TokenTask",
    "TrackShare",
    "TrackTable",
    "UnfinishedStore",
    "attribute",
    "best_tracks",
    "capture",
    "create_store",
    "estimate_curvature",
    "evaluate",
    "exact_scan",
    "gram_queries",
    "merge",
    "open_featuriser",
    "open_segments",
    "pack",
    "parts_of",
    "piece_features",
    "probes",
    "quality_report",
    "scan",
    "summed_loss",
    "summed_margin",
    "track_likeness",
    "track_norms",
    "track_scores",
    "unpack",
]
