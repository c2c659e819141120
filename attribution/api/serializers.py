"""What generations and attributions look like in JSON."""

import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from accounts.api.jobs import JobSerializer
from attribution.models import Attribution, AttributionRun, Generation, GenerationFeatures
from attribution.reference.plain_midi import token_names
from attribution.selectors.attributions import Standing, Status, paid_tracks
from attribution.selectors.verification import sentence_of
from attribution.services.sending import MOST_TOKENS
from catalog.api.model_versions import ref_of
from catalog.media import Measures
from catalog.models import Track
from common.api.objects import Sent

STATUSES = [
    (Status.WAITING_FOR_FEATURES, "its model version has no features yet; it follows by itself"),
    (Status.QUEUED, "a job will do it, together with what else arrived"),
    (Status.RUNNING, "a job is doing it"),
    (Status.ATTRIBUTED, "it is there"),
    (Status.FAILED, "it could not be done; see `error`"),
]
PIECE_UNREADABLE = "The model cannot read this piece: {reason}"
VETOED = "Nobody is paid by what was measured. {objections}"


class MeasuresSerializer(serializers.Serializer[Measures]):
    """What is measured of a recording when it is taken in (docs/concepts/audio.md)."""

    samples_per_second = serializers.IntegerField(help_text="Of the file.")
    n_channels = serializers.IntegerField(help_text="Of the file.")
    loudness_lufs = serializers.FloatField(
        allow_null=True,
        help_text="Of the whole (ITU-R BS.1770-4); null if it is too short or too quiet to say.",
    )
    true_peak_dbtp = serializers.FloatField(
        allow_null=True, help_text="Of the wave between the samples; null for no sound at all."
    )
    sample_peak_dbfs = serializers.FloatField(
        allow_null=True, help_text="Of the samples; null for no sound at all."
    )
    dc_percent = serializers.FloatField(
        help_text="Of full scale: how far the middle of the wave is off, in the worst channel."
    )
    silent_seconds = serializers.FloatField(
        help_text="In which every channel stays below -60 dBFS."
    )
    silent_start_seconds = serializers.FloatField(help_text="Of silence before the first sound.")
    silent_end_seconds = serializers.FloatField(help_text="Of silence after the last sound.")
    clipped_samples = serializers.IntegerField(
        help_text="At full scale, three or more in a row: cut off."
    )
    clipped_runs = serializers.IntegerField(help_text="Such rows.")


class GenerationSerializer(serializers.Serializer[Generation]):
    """A generated piece, and how far its attribution is."""

    id = serializers.UUIDField()
    url = serializers.HyperlinkedIdentityField(view_name="api:generation")
    external_id = serializers.CharField(help_text="Your own name for the piece.")
    model_version = serializers.SerializerMethodField(help_text="Such as `lieder@1`.")
    media_type = serializers.CharField(
        source="asset.media_type",
        allow_null=True,
        default=None,
        help_text="Of the file; null if you kept the piece in your house.",
    )
    sha256 = serializers.CharField(
        source="asset.sha256",
        allow_null=True,
        default=None,
        help_text="Of the file, if it is here.",
    )
    seconds = serializers.FloatField(
        source="asset.seconds",
        allow_null=True,
        default=None,
        help_text="How long it sounds, if its file is here.",
    )
    measured = MeasuresSerializer(
        source="asset.measures",
        allow_null=True,
        default=None,
        help_text="What was measured of a recording; null for MIDI and for what is not here.",
    )
    generated_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField(help_text="When we first had it.")
    attribution_status = serializers.SerializerMethodField(help_text="How far it is.")
    attribution_url = serializers.HyperlinkedIdentityField(view_name="api:attribution")
    job = serializers.SerializerMethodField(help_text="The job that attributes it, if there is.")

    def get_model_version(self, generation: Generation) -> str:
        return ref_of(generation.model_version)

    @extend_schema_field(serializers.ChoiceField(choices=STATUSES))
    def get_attribution_status(self, generation: Generation) -> str:
        return self._standing(generation).status

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_job(self, generation: Generation) -> str | None:
        job = self._standing(generation).job
        if job is None:
            return None
        return reverse("api:job", args=[job.pk], request=self.context["request"])

    def _standing(self, generation: Generation) -> Standing:
        standings: Mapping[UUID, Standing] = self.context["standings"]
        return standings[generation.pk]


def _refuse_control_characters(text: str) -> None:
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise serializers.ValidationError("It contains a control character.")


class NewGenerationSerializer(serializers.Serializer[Any]):
    """A piece that is sent as a form."""

    file = serializers.FileField(
        help_text="A file of at most 4 MiB: MIDI; or WAV, FLAC, Ogg or MP3, with `features`."
    )
    external_id = serializers.CharField(
        max_length=200,
        trim_whitespace=False,
        validators=[_refuse_control_characters],
        help_text="Your own name for the piece; uses and revenue refer to it. Never reused.",
    )
    model_version = serializers.CharField(
        max_length=160, help_text="What generated it: `name@version`, or the id."
    )
    generated_at = serializers.DateTimeField(help_text="With a time zone.")
    features = serializers.UUIDField(
        required=False, help_text="A completed upload for `generation_features`."
    )


class NewPieceSerializer(Sent):
    """A piece that is sent as JSON: `tokens`, or an `upload` of audio, or `features` alone or with
    one of the two."""

    external_id = serializers.RegexField(
        r"^[^\x00-\x1f\x7f-\x9f]+$",
        max_length=200,
        trim_whitespace=False,
        validators=[_refuse_control_characters],
        help_text="Your own name for the piece; uses and revenue refer to it. Never reused.",
    )
    model_version = serializers.CharField(
        min_length=1, max_length=160, help_text="What generated it: `name@version`, or the id."
    )
    generated_at = serializers.DateTimeField(help_text="With a time zone.")
    tokens = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=len(token_names()) - 1),
        min_length=1,
        max_length=MOST_TOKENS,
        required=False,
        help_text="Of the reference vocabulary; they become the piece's MIDI file.",
    )
    upload = serializers.UUIDField(
        required=False,
        help_text="A completed upload for `audio`; it needs `features` too where no registered "
        "checkpoint reads sound.",
    )
    features = serializers.UUIDField(
        required=False, help_text="A completed upload for `generation_features`."
    )


class NewFeaturesSerializer(Sent):
    """Features of a piece that was sent before."""

    upload = serializers.UUIDField(help_text="A completed upload for `generation_features`.")


class FeaturesSerializer(serializers.Serializer[GenerationFeatures]):
    """Rows that you computed of a piece, and what you committed to by sending them."""

    generation = serializers.UUIDField(source="generation_id")
    sha256 = serializers.CharField(help_text="Of the file.")
    size_bytes = serializers.IntegerField()
    commitment_root = serializers.CharField(
        source="root", help_text="Over the commitments to all segments."
    )
    segment_count = serializers.IntegerField()
    feature_store_sha256 = serializers.CharField(source="feature_store.digest")
    standing = serializers.ChoiceField(choices=GenerationFeatures.Standing.choices)
    received_at = serializers.DateTimeField()


class MeasuredSerializer(serializers.Serializer[Any]):
    """Whose rows of a piece were scored, and what is known of them."""

    computed_by = serializers.ChoiceField(choices=["us", "platform"])
    feature_store_sha256 = serializers.CharField()
    commitment_root = serializers.CharField(
        allow_null=True, help_text="Over the commitments to the piece's segments, if you sent them."
    )
    standing = serializers.ChoiceField(
        choices=GenerationFeatures.Standing.choices,
        allow_null=True,
        help_text="What is known of whether rows that you sent are the piece's.",
    )
    verification = serializers.CharField(
        allow_null=True, help_text="The same in words, as payees read it."
    )


class PairSerializer(serializers.Serializer[Any]):
    """Two segments that score high together: listen to them side by side."""

    generation_segment = serializers.IntegerField(help_text="In the piece, counted from 0.")
    track_segment = serializers.IntegerField(help_text="In the track, counted from 0.")
    score = serializers.FloatField(help_text="Standardised, averaged over the checkpoints.")


class TrackSerializer(serializers.Serializer[Track]):
    """A track of the training set."""

    ref = serializers.CharField()
    title = serializers.CharField()
    work = serializers.CharField(source="work.ref")


class ShareSerializer(serializers.Serializer[Any]):
    """A track's estimated part of the piece, in parts per billion, and how sure that is."""

    track = TrackSerializer()
    share_ppb = serializers.IntegerField()
    low_ppb = serializers.IntegerField(help_text="Lower end of the interval over the ensemble.")
    high_ppb = serializers.IntegerField(help_text="Upper end.")
    evidence = PairSerializer(many=True)


class RunSerializer(serializers.Serializer[AttributionRun]):
    """How the shares were measured, to the last byte that they depend on."""

    id = serializers.UUIDField()
    method = serializers.CharField()
    code_version = serializers.CharField()
    feature_store_sha256 = serializers.CharField(source="feature_store.digest")
    training_set_sha256 = serializers.CharField(source="feature_store.training_set.digest")
    finished_at = serializers.DateTimeField()
    quality = serializers.JSONField(
        help_text="Reliability figures of the run: `gate_z` is how far above chance a track must "
        "score, `false_payment` what untrained control tracks would have been paid."
    )


EXAMPLE = {
    "generation": "01a201be-3a8a-77b0-8326-52edaf13c62a",
    "external_id": "my-first-piece",
    "status": "attributed",
    "error": None,
    "job": None,
    "shares": [
        {
            "track": {"ref": "lc4992483", "title": "Die Mainacht", "work": "lc4992483"},
            "share_ppb": 754_191_339,
            "low_ppb": 701_443_021,
            "high_ppb": 790_116_202,
            "evidence": [{"generation_segment": 0, "track_segment": 3, "score": 61.27}],
        }
    ],
    "unattributed_ppb": 245_808_661,
    "has_model_interval": True,
    "run": {
        "id": "01a201be-4354-724d-9716-124d8a17d69b",
        "method": "whitened projected gradients, exact scan, chance told by the trained tracks",
        "code_version": "0.1.0",
        "feature_store_sha256": "3f" * 32,
        "training_set_sha256": "9c" * 32,
        "finished_at": "2026-10-03T12:00:09Z",
        "quality": {"gate_z": 11.71, "false_payment": 0.0},
    },
    "features": {
        "computed_by": "us",
        "feature_store_sha256": "3f" * 32,
        "commitment_root": None,
        "standing": None,
        "verification": None,
    },
}


@extend_schema_serializer(examples=[OpenApiExample("Attributed", EXAMPLE)])
class AttributionSerializer(serializers.Serializer[Any]):
    """What shaped a piece, as far as it can be told. The shares and `unattributed_ppb` sum to
    1,000,000,000. All but the first five fields are null until the status is `attributed`."""

    generation = serializers.UUIDField()
    external_id = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    error = serializers.CharField(allow_null=True)
    job = JobSerializer(allow_null=True)
    shares = ShareSerializer(many=True, allow_null=True, help_text="The largest first.")
    unattributed_ppb = serializers.IntegerField(
        allow_null=True, help_text="What could not be told from chance."
    )
    has_model_interval = serializers.BooleanField(
        allow_null=True, help_text="False with one checkpoint alone: low and high say nothing then."
    )
    run = RunSerializer(allow_null=True)
    features = MeasuredSerializer(allow_null=True, help_text="What was scored.")


def attribution_document(
    generation: Generation, standing: Standing, request: Request
) -> dict[str, Any]:
    """The attribution of a piece as the API sends it."""
    row = standing.attribution
    content = {
        "generation": generation.pk,
        "external_id": generation.external_id,
        "status": standing.status,
        "error": _error(standing),
        "job": standing.job,
        "shares": row and _shares(row),
        "unattributed_ppb": row and row.unattributed_ppb,
        "has_model_interval": row and row.has_model_interval,
        "run": row and row.run,
        "features": row and _measured(row),
    }
    return dict(AttributionSerializer(content, context={"request": request}).data)


def _measured(row: Attribution) -> dict[str, Any]:
    store = row.run.feature_store
    sent = GenerationFeatures.objects.filter(
        generation=row.generation_id, feature_store=store
    ).first()
    return {
        "computed_by": "us" if sent is None else "platform",
        "feature_store_sha256": store.digest,
        "commitment_root": sent and sent.root,
        "standing": sent and sent.standing,
        "verification": sent and sentence_of(sent),
    }


def _error(standing: Standing) -> str | None:
    if standing.status is not Status.FAILED:
        return None
    if standing.reason:
        return PIECE_UNREADABLE.format(reason=standing.reason)
    if standing.objections:
        return VETOED.format(objections=" ".join(standing.objections))
    return "The job failed for a reason on our side. Send the piece again to have it retried."


def _shares(row: Attribution) -> list[dict[str, Any]]:
    evidence = row.evidence or [[] for _ in row.track_ids]
    columns = zip(paid_tracks(row), row.share_ppb, row.low_ppb, row.high_ppb, evidence, strict=True)
    names = ("generation_segment", "track_segment", "score")
    return [
        {
            "track": track,
            "share_ppb": share,
            "low_ppb": low,
            "high_ppb": high,
            "evidence": [dict(zip(names, pair, strict=True)) for pair in pairs],
        }
        for track, share, low, high, pairs in columns
    ]
