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
from catalog.services.training_sets.registering import (
    RegistrationConflict,
    register_checkpoint,
    register_model_version,
    register_platform,
)
from catalog.services.training_sets.verifying import verify_training_set

__all__ = [
    "MemberFault",
    "RegistrationConflict",
    "TrainingSetConflict",
    "TrainingSetRefused",
    "draw_controls",
    "freeze_training_set",
    "register_checkpoint",
    "register_model_version",
    "register_platform",
    "verify_training_set",
]
