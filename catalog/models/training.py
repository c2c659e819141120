"""Platforms, their models, and the frozen lists of what those were trained on."""

from typing import ClassVar

from django.db import models

from accounts.models import Organisation
from catalog.models.music import Track


class Platform(models.Model):
    """A company that trains a model on licensed music and sells what it generates."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    # Whose people and keys may act for it.
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="platform"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ModelVersion(models.Model):
    """One version of a platform's model; consent and attribution are about a version."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="model_versions")
    name = models.CharField(max_length=100)
    version = models.CharField(max_length=50)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["platform", "name", "version"], name="one_model_version_a_name"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def ref(self) -> str:
        """What the API and the commands call it: `lieder@1`."""
        return f"{self.name}@{self.version}"


class TrainingRole(models.TextChoices):
    """What a track is in a training set. Controls are never trained on: they are the null."""

    TRAIN = "train"
    CONTROL_CALIBRATION = "control_calibration"
    CONTROL_TEST = "control_test"


class TrainingSet(models.Model):
    """A frozen list of tracks; `digest` is the sha256 of its positions, refs, roles and files.

    The database refuses every change: no row is updated or deleted, and `track_count` members are
    there when the set's transaction commits, with no position left for another. The same holds for
    the `exclusion_count` reasons for which tracks were asked for and left out.
    """

    model_version = models.OneToOneField(
        ModelVersion, on_delete=models.PROTECT, related_name="training_set"
    )
    digest = models.CharField(max_length=64)
    track_count = models.PositiveIntegerField()
    exclusion_count = models.PositiveIntegerField(default=0)
    frozen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(track_count__gt=0), name="training_sets_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"training set of {self.model_version}"


class TrainingSetTrack(models.Model):
    """A track's place and role in a training set, with the hash of the file that was used."""

    training_set = models.ForeignKey(TrainingSet, on_delete=models.PROTECT, related_name="members")
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="trainings")
    position = models.PositiveIntegerField()
    role = models.CharField(max_length=24, choices=TrainingRole)
    asset_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["training_set", "track"], name="a_track_is_in_once"),
            models.UniqueConstraint(
                fields=["training_set", "position"], name="one_track_a_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.track} ({self.role})"


class ExclusionReason(models.TextChoices):
    """Why a track may not be in a training set."""

    NO_CONSENT = "no_consent", "nobody agreed"
    CONSENT_ENDED = "consent_ended", "the consent ended"
    OPTED_OUT = "opted_out", "a holder forbids it"
    NO_FILE = "no_file", "its file is missing"
    MERGED = "merged", "it was found to be another track"


class TrainingSetExclusion(models.Model):
    """A track that was asked for and left out, and why. It names no holder: platforms read it."""

    training_set = models.ForeignKey(
        TrainingSet, on_delete=models.PROTECT, related_name="exclusions"
    )
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="exclusions")
    position = models.PositiveIntegerField()
    role = models.CharField(max_length=24, choices=TrainingRole)
    right = models.CharField(max_length=16, blank=True)  # under which; empty: not about rights
    reason = models.CharField(max_length=16, choices=ExclusionReason)
    sentence = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["training_set", "track", "right", "reason"], name="one_exclusion_a_reason"
            ),
            models.UniqueConstraint(
                fields=["training_set", "position"], name="one_exclusion_a_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track} left out: {self.sentence}"


# The architecture of the reference model, whose loader stands in `attribution.reference`.
REFERENCE_ARCHITECTURE = "music-transformer"


class Checkpoint(models.Model):
    """Weights of a model version: which ensemble member, after which step, which bytes."""

    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="checkpoints"
    )
    member = models.CharField(max_length=64)
    step = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=300)
    # Which adapter makes a model of it (`attribution.adapters`). Where it is empty, or no adapter
    # of that name is installed, what it did in training is computed by the platform, and the
    # weights are kept as evidence.
    architecture = models.CharField(max_length=64, blank=True)
    metrics = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["model_version", "member", "step"], name="one_checkpoint_a_step"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model_version} {self.member} step {self.step}"
