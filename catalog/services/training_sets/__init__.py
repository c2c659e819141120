"""Platforms, their model versions and checkpoints, and what those were trained on.

A training set is frozen once a model version: its content is hashed, the database refuses every
later change, and anyone can verify the stored files against it.
"""

from catalog.services.training_sets.drawing import draw_controls
from catalog.services.training_sets.freezing import (
    MemberFault,
    TrainingSetConflict,
    TrainingSetRefused,
    freeze_training_set,
)
from catalog.services.training_sets.items import COLUMNS, ITEM_FORMATS, Item, items_of
from catalog.services.training_sets.registering import (
    RegistrationConflict,
    register_checkpoint,
    register_model_version,
    register_platform,
)
from catalog.services.training_sets.summary import SUMMARY_FORMATS, Summary, summary_of
from catalog.services.training_sets.verifying import verify_training_set

__all__ = [
    "COLUMNS",
    "ITEM_FORMATS",
    "SUMMARY_FORMATS",
    "Item",
    "MemberFault",
    "RegistrationConflict",
    "Summary",
    "TrainingSetConflict",
    "TrainingSetRefused",
    "draw_controls",
    "freeze_training_set",
    "items_of",
    "register_checkpoint",
    "register_model_version",
    "register_platform",
    "summary_of",
    "verify_training_set",
]
