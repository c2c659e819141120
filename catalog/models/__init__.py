"""What exists, who owns it, who agreed, and which models were trained on it."""

from catalog.models.clocks import SimulatedClock
from catalog.models.history import Change, ChangeAuthor, ChangeSet
from catalog.models.music import Asset, Track, Work
from catalog.models.rights import (
    COMPOSITION_ROLES,
    Consent,
    Credit,
    Party,
    Representation,
    Right,
    Role,
    Share,
    Use,
)
from catalog.models.senders import Sender
from catalog.models.territories import ANYWHERE_ELSE
from catalog.models.training import (
    Checkpoint,
    ExclusionReason,
    ModelVersion,
    Platform,
    TrainingRole,
    TrainingSet,
    TrainingSetExclusion,
    TrainingSetTrack,
)

__all__ = [
    "ANYWHERE_ELSE",
    "COMPOSITION_ROLES",
    "Asset",
    "Change",
    "ChangeAuthor",
    "ChangeSet",
    "Checkpoint",
    "Consent",
    "Credit",
    "ExclusionReason",
    "ModelVersion",
    "Party",
    "Platform",
    "Representation",
    "Right",
    "Role",
    "Sender",
    "Share",
    "SimulatedClock",
    "Track",
    "TrainingRole",
    "TrainingSet",
    "TrainingSetExclusion",
    "TrainingSetTrack",
    "Use",
    "Work",
]
