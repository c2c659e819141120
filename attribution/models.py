"""Generated pieces, stores of features, runs, and what each run says of each piece."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from catalog.models import Asset, ModelVersion, Platform, TrainingSet
from common.ids import new_id


class Generation(models.Model):
    """A piece that a platform's model generated; `external_id` is the platform's own name.

    Without an asset the platform keeps the piece in its own house: it sent features alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="generations")
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="generations"
    )
    external_id = models.CharField(max_length=200)
    asset = models.ForeignKey(
        Asset, on_delete=models.PROTECT, null=True, related_name="generations"
    )
    generated_at = models.DateTimeField()
    # The run that was asked for when the piece arrived; none before its model has features, or
    # where somebody asked for a run over a list of pieces.
    arrival_run = models.ForeignKey(
        "AttributionRun", on_delete=models.PROTECT, null=True, related_name="arrivals"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["platform", "external_id"], name="one_generation_an_external_id"
            )
        ]

    def __str__(self) -> str:
        return self.external_id


class FeatureStore(models.Model):
    """Projected gradients of a training set under a model version's checkpoints, on disk.

    `folder` is relative to the feature-store root; `digest` is the sha256 of the sealed manifest,
    empty until the store is sealed. `config` of ours says how to capture it, of a platform's what
    it brought (`attribution.services.received_stores`). `refusal` says why a platform's was not
    taken; it is then never sealed.
    """

    class Origin(models.TextChoices):
        """Who computed it."""

        OURS = "ours"
        PLATFORM = "platform"

    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="feature_stores"
    )
    training_set = models.ForeignKey(TrainingSet, on_delete=models.PROTECT)
    folder = models.CharField(max_length=300, unique=True)
    origin = models.CharField(max_length=16, choices=Origin, default=Origin.OURS)
    config = models.JSONField()
    digest = models.CharField(max_length=64, blank=True)
    refusal = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sealed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.folder


class GenerationFeatures(models.Model):
    """Rows of a generation's segments that the platform computed in its own house.

    `root` commits to every segment (`attribution.exchange`); `identity` says by what
    the rows were made. Only `attribution.services.verification` changes the standing.
    """

    class Standing(models.TextChoices):
        """What is known of whether the rows are the piece's."""

        UNVERIFIED = "unverified"
        RECOMPUTED = "recomputed"
        SAMPLED = "sampled"
        OPENED = "opened"
        REFUTED = "refuted"
        OVERDUE = "overdue"

    generation = models.OneToOneField(Generation, on_delete=models.PROTECT, related_name="features")
    feature_store = models.ForeignKey(
        FeatureStore, on_delete=models.PROTECT, related_name="generation_features"
    )
    storage_name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    root = models.CharField(max_length=64)
    segment_count = models.PositiveIntegerField()
    identity = models.JSONField()
    standing = models.CharField(max_length=16, choices=Standing, default=Standing.UNVERIFIED)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "features of generations"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(segment_count__gt=0, size_bytes__gt=0), name="features_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"features of {self.generation}"


class AttributionRun(models.Model):
    """One pass of attribution over a list of generations: by what method, how good, from what.

    `config` holds the list (`attribution.services.runs` says what else). `objections` are
    sentences that forbid to pay by the run: with any, its attributions count for nobody, and stay
    there to be looked at.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    feature_store = models.ForeignKey(FeatureStore, on_delete=models.PROTECT, related_name="runs")
    method = models.CharField(max_length=100)
    config = models.JSONField()
    code_version = models.CharField(max_length=64)
    quality = models.JSONField(default=dict)
    objections = ArrayField(models.TextField(), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.method} {self.created_at:%Y-%m-%d %H:%M}"


class Attribution(models.Model):
    """What a run says of one generation, packed in one row: arrays run over the paid tracks.

    `share_ppb` and `unattributed_ppb` sum to 10⁹ (a constraint of the database, see the
    migrations). `low_ppb` and `high_ppb` bound each share over
    the ensemble; with one checkpoint there is no such interval and `has_model_interval` is false.
    `evidence` lists, for each paid track, its strongest pairs of segments as
    [generated segment, training segment, score].
    """

    run = models.ForeignKey(AttributionRun, on_delete=models.PROTECT, related_name="attributions")
    generation = models.ForeignKey(
        Generation, on_delete=models.PROTECT, related_name="attributions"
    )
    # The generation's, written by the database: whose row it is must be told without a join.
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, related_name="+", editable=False
    )
    track_ids = ArrayField(models.BigIntegerField())
    share_ppb = ArrayField(models.IntegerField())
    low_ppb = ArrayField(models.IntegerField())
    high_ppb = ArrayField(models.IntegerField())
    unattributed_ppb = models.IntegerField()
    has_model_interval = models.BooleanField()
    evidence = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["run", "generation"], name="one_attribution_a_run_and_generation"
            ),
            models.CheckConstraint(
                condition=Q(unattributed_ppb__gte=0, unattributed_ppb__lte=1_000_000_000),
                name="unattributed_is_a_part_of_one",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["track_ids"], name="attributions_by_track")
        ]

    def __str__(self) -> str:
        return f"{self.generation} by {self.run}"
