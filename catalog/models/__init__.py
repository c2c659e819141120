"""What exists, who owns it, who agreed, and which models were trained on it."""

from catalog.models.clocks import SimulatedClock
from catalog.models.imports import ImportRun
from catalog.models.music import Asset, Track, Work
from catalog.models.rights import Consent, Party, Representation, Right, Role, Share
from catalog.models.training import (
    Checkpoint,
    ModelVersion,
    Platform,
    TrainingRole,
    TrainingSet,
    TrainingSetTrack,
)

__all__ = [
    "Asset",
    "Checkpoint",
    "Consent",
    "ImportRun",
    "ModelVersion",
    "Party",
    "Platform",
    "Representation",
    "Right",
    "Role",
    "Share",
    "SimulatedClock",
    "Track",
    "TrainingRole",
    "TrainingSet",
    "TrainingSetTrack",
    "Work",
]
