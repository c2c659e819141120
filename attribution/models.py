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
    taken; it is then never sealed. `covered_ppm` is the least part of the parameters that a member
    covers, `worker_seconds` what its jobs took; `measured` lists what retraining found
    (`attribution.services.measured`). All three are none where nobody knows.
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
    covered_ppm = models.PositiveIntegerField(null=True)
    worker_seconds = models.FloatField(null=True)
    measured = models.JSONField(null=True)
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


class DrawSeed(models.Model):
    """A day's lot for one model version: the hash of a secret, published before the day.

    `attribution.exchange.lot` says how pieces are drawn by it.
    """

    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="draw_seeds"
    )
    day = models.DateField()  # in UTC
    commitment = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["model_version", "day"], name="one_seed_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.model_version} {self.day}"


class DrawSecret(models.Model):
    """The secret behind a seed; shown to the platform once the day's pieces were drawn."""

    seed = models.OneToOneField(DrawSeed, on_delete=models.PROTECT, related_name="kept")
    secret = models.CharField(max_length=64)  # hex
    revealed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"secret of {self.seed}"


class FeatureDraw(models.Model):
    """Features of a piece that were drawn: which segments are verified, and why it was drawn.

    With `due_at` it is a challenge, because only the platform has the piece's content.
    """

    class Cause(models.TextChoices):
        """Why a piece was drawn."""

        LOT = "lot", "its lot was below the rate"
        LEAST = "least", "no other piece of its day was drawn, and its lot was the least"
        SUSPICION = "suspicion", "features of the platform were refuted, so all are verified"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    features = models.OneToOneField(
        GenerationFeatures, on_delete=models.PROTECT, related_name="draw"
    )
    seed = models.ForeignKey(DrawSeed, on_delete=models.PROTECT, related_name="draws")
    cause = models.CharField(max_length=16, choices=Cause)
    rate_ppm = models.PositiveIntegerField()
    segments = ArrayField(models.PositiveIntegerField())
    drawn_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(segments=[]), name="draws_name_segments"),
            models.CheckConstraint(
                condition=Q(rate_ppm__lte=1_000_000), name="rates_are_parts_of_one"
            ),
        ]

    def __str__(self) -> str:
        return f"draw of {self.features}"


class FeatureOpening(models.Model):
    """A platform's answer to a challenge: content and salt of each drawn segment, in the storage.

    It was held against the commitments before it was taken.
    """

    draw = models.OneToOneField(FeatureDraw, on_delete=models.PROTECT, related_name="opening")
    storage_name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"answer to {self.draw}"


class FeatureFinding(models.Model):
    """What was found about features, append-only; the last one is their standing.

    `segments_checked` were recomputed or opened. The gaps are the largest that were seen, as
    `attribution.exchange.agreement` measures them; none where nothing was recomputed.
    """

    features = models.ForeignKey(
        GenerationFeatures, on_delete=models.PROTECT, related_name="findings"
    )
    standing = models.CharField(max_length=16, choices=GenerationFeatures.Standing)
    sentence = models.TextField()
    segments_checked = models.PositiveIntegerField()
    cosine_gap = models.FloatField(null=True)
    norm_gap = models.FloatField(null=True)
    found_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.features}: {self.standing}"


class AttributionRun(models.Model):
    """One pass of attribution over a list of generations: by what method, how good, from what.

    `config` holds the list (`attribution.services.runs` says what else). `objections` are
    sentences that forbid to pay by the run: with any, its attributions count for nobody, and stay
    there to be looked at. `report` says what its scores look like
    (`attribution.services.run_reports`), `worker_seconds` how long its last attempt took.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    feature_store = models.ForeignKey(FeatureStore, on_delete=models.PROTECT, related_name="runs")
    method = models.CharField(max_length=100)
    config = models.JSONField()
    code_version = models.CharField(max_length=64)
    quality = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    worker_seconds = models.FloatField(null=True)
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
