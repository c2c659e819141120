"""Verification as platforms see it: challenges to answer, the days' lots, and what was found."""

from base64 import b64decode
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from attribution.exchange import Opening
from attribution.models import (
    DrawSecret,
    DrawSeed,
    FeatureDraw,
    Generation,
    GenerationFeatures,
)
from attribution.selectors.verification import (
    Verification,
    challenges,
    is_late,
    is_open,
    verification_of,
)
from attribution.services.verification.challenges import (
    AnsweredAlready,
    AnswerRefused,
    answer_challenge,
)
from attribution.services.verification.terms import SEGMENTS, TOLERANCE
from catalog.api.model_versions import ref_of
from catalog.api.platforms import PlatformResource
from common.api import parameters
from common.api.idempotency import idempotent
from common.api.objects import Sent, object_of, pointer
from common.api.pages import NewestFirst
from common.api.problems import CONFLICT, INVALID, Problem, translates

SHA256 = r"^[0-9a-f]{64}$"
BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
MOST_CONTENT_LETTERS = 512 << 10  # of one segment, in base64
ANSWER_BYTES = SEGMENTS * (MOST_CONTENT_LETTERS + 1024)
STATUSES = [
    ("open", "waits for your answer"),
    ("overdue", "was not answered in time; an answer still counts"),
    ("answered", "you answered; what was found follows"),
    ("closed", "what was found stands in `standing`"),
]


@translates(AnsweredAlready)
def _answered(refusal: AnsweredAlready) -> Problem:
    return Problem(CONFLICT, str(refusal))


@translates(AnswerRefused)
def _refused(refusal: AnswerRefused) -> Problem:
    places = [
        {"pointer": pointer("openings", place), "detail": detail}
        for place, detail in refusal.faults.items()
    ]
    return Problem(INVALID, str(refusal), errors=places)  # type: ignore[arg-type]


class ChallengeSerializer(serializers.Serializer[FeatureDraw]):
    """Features of a piece that were drawn, and which segments are to be opened."""

    id = serializers.UUIDField()
    url = serializers.HyperlinkedIdentityField(view_name="api:challenge")
    generation = serializers.UUIDField(source="features.generation_id")
    external_id = serializers.CharField(source="features.generation.external_id")
    features_root = serializers.RegexField(
        SHA256, source="features.root", help_text="To which you committed yourself."
    )
    store_sha256 = serializers.RegexField(SHA256, source="features.feature_store.digest")
    segments = serializers.ListField(
        child=serializers.IntegerField(min_value=0), help_text="To open; counted from 0."
    )
    cause = serializers.ChoiceField(choices=FeatureDraw.Cause.choices)
    status = serializers.SerializerMethodField()
    standing = serializers.ChoiceField(
        choices=GenerationFeatures.Standing.choices, source="features.standing"
    )
    drawn_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    answered_at = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=STATUSES))
    def get_status(self, draw: FeatureDraw) -> str:
        if is_open(draw):
            return "overdue" if is_late(draw) else "open"
        is_judged = draw.features.standing not in {"unverified", "overdue"}
        return "closed" if is_judged else "answered"

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_answered_at(self, draw: FeatureDraw) -> Any:
        return draw.opening.received_at if hasattr(draw, "opening") else None


def _require_base64(text: str) -> None:
    """A pattern lets a new line pass at the end."""
    try:
        b64decode(text, validate=True)
    except ValueError as error:
        raise serializers.ValidationError("It is no base64.") from error


class OpeningSerializer(Sent):
    """One segment, revealed."""

    number = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    content = serializers.RegexField(
        BASE64,
        validators=[_require_base64],
        max_length=MOST_CONTENT_LETTERS,
        trim_whitespace=False,
        help_text="The segment's bytes, in base64.",
    )
    salt = serializers.RegexField(
        SHA256, max_length=64, trim_whitespace=False, help_text="32 bytes, in hexadecimal."
    )


class AnswerSerializer(Sent):
    """The opened segments, in any order."""

    openings = serializers.ListField(child=OpeningSerializer(), min_length=1, max_length=SEGMENTS)


class LotSerializer(serializers.Serializer[DrawSeed]):
    """A day's lot: bound before the day by a hash, and shown after it."""

    model_version = serializers.SerializerMethodField()
    day = serializers.DateField(help_text="In UTC: features that were received on it.")
    commitment = serializers.RegexField(SHA256, help_text="Of the secret, published beforehand.")
    committed_at = serializers.DateTimeField(source="created_at")
    secret = serializers.SerializerMethodField(help_text="Null until the day is over.")

    def get_model_version(self, seed: DrawSeed) -> str:
        return ref_of(seed.model_version)

    @extend_schema_field(serializers.RegexField(SHA256, allow_null=True))
    def get_secret(self, seed: DrawSeed) -> str | None:
        kept = self.context["secrets"].get(seed.pk)
        return kept.secret if kept else None


class GapsSerializer(serializers.Serializer[Any]):
    """Two gaps between rows: `1 - cosine`, and the difference of their lengths, relative."""

    cosine_gap = serializers.FloatField(allow_null=True)
    norm_gap = serializers.FloatField(allow_null=True)


class LotsOfDaySerializer(serializers.Serializer[Any]):
    """What was drawn of the day on which the features were received."""

    day = serializers.DateField()
    commitment = serializers.RegexField(SHA256, allow_null=True)
    secret = serializers.RegexField(SHA256, allow_null=True)
    pieces = serializers.IntegerField(help_text="Of this model version on that day.")
    drawn = serializers.IntegerField()
    checked = serializers.IntegerField(help_text="Of the drawn, those that something is known of.")
    unseen_at_ten_percent = serializers.FloatField(
        help_text="The chance that none of the checked had been false, had one in ten been so."
    )


VERIFICATION = {
    "generation": "01a201be-3a8a-77b0-8326-52edaf13c62a",
    "standing": "recomputed",
    "sentence": "Computed by the platform, recomputed in part and equal. 3 of 3 segments were "
    "recomputed by us under 4 checkpoints and agree.",
    "features_root": "7c" * 32,
    "segments": 3,
    "segments_drawn": [0, 1, 2],
    "segments_checked": 3,
    "cause": "lot",
    "rate_ppm": 50_000,
    "seen": {"cosine_gap": 2.1e-13, "norm_gap": 4.0e-7},
    "tolerance": {"cosine_gap": 1e-5, "norm_gap": 1e-3},
    "lot": {
        "day": "2026-10-03",
        "commitment": "9f" * 32,
        "secret": None,
        "pieces": 40,
        "drawn": 3,
        "checked": 3,
        "unseen_at_ten_percent": 0.729,
    },
    "found_at": "2026-10-03T12:10:00Z",
}


@extend_schema_serializer(examples=[OpenApiExample("Recomputed", VERIFICATION)])
class VerificationSerializer(serializers.Serializer[Any]):
    """What is known of features that you computed yourself."""

    generation = serializers.UUIDField()
    standing = serializers.ChoiceField(choices=GenerationFeatures.Standing.choices)
    sentence = serializers.CharField(help_text="The same in words, as payees read it.")
    features_root = serializers.RegexField(SHA256)
    segments = serializers.IntegerField(help_text="Of the piece.")
    segments_drawn = serializers.ListField(
        child=serializers.IntegerField(), help_text="Empty unless the piece was drawn."
    )
    segments_checked = serializers.IntegerField(help_text="Recomputed, or opened.")
    cause = serializers.ChoiceField(choices=FeatureDraw.Cause.choices, allow_null=True)
    rate_ppm = serializers.IntegerField(
        allow_null=True, help_text="At which rate pieces were drawn then, in millionths."
    )
    seen = GapsSerializer(help_text="The largest that were seen; null where none was recomputed.")
    tolerance = GapsSerializer()
    lot = LotsOfDaySerializer()
    found_at = serializers.DateTimeField(allow_null=True)


class ChallengeResource(PlatformResource):
    """What all addresses of challenges share."""

    def own(self) -> QuerySet[FeatureDraw]:
        return challenges().filter(features__generation__platform=self.platform)

    def document(self, draw: FeatureDraw) -> dict[str, Any]:
        return dict(ChallengeSerializer(draw, context={"request": self.request}).data)


class Challenges(ChallengeResource, GenericAPIView[FeatureDraw]):
    """The platform's challenges."""

    serializer_class = ChallengeSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"answered"}

    @extend_schema(
        operation_id="list_challenges",
        summary="List challenges",
        parameters=[OpenApiParameter("answered", bool, description="Only those that are, or not.")],
        responses=ChallengeSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Pieces of yours that were drawn and of which we ask you to open segments, newest first.

        Answer within `due_at`; until then, and where nobody answers, what they earn may be held.
        """
        found, answered = self.own(), parameters.truth(request, "answered")
        if answered is not None:
            found = found.filter(opening__isnull=not answered)
        page = self.paginate_queryset(found) or ()
        return self.get_paginated_response([self.document(draw) for draw in page])


class OneChallenge(ChallengeResource):
    """A challenge by its id."""

    @extend_schema(
        operation_id="retrieve_challenge",
        summary="Look at a challenge",
        responses=ChallengeSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Which segments to open, until when, and what came of it."""
        return Response(self.document(get_object_or_404(self.own(), pk=pk)))


class Answer(ChallengeResource):
    """The answer to a challenge."""

    most_bytes = ANSWER_BYTES

    @extend_schema(
        operation_id="answer_challenge",
        summary="Answer a challenge",
        request=AnswerSerializer,
        responses={200: OpenApiResponse(ChallengeSerializer, "It opens what was committed to.")},
        examples=[
            OpenApiExample(
                "One segment",
                {"openings": [{"number": 4, "content": "AQACAA==", "salt": "5a" * 32}]},
                request_only=True,
            )
        ],
    )
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        """Open exactly the segments that were drawn: content and salt of each.

        `python -m attribution.engine open` prints the body. What does not hash to its commitment
        is refused (422) and changes nothing; another answer than the one that was taken is refused
        too (409). The same answer again changes nothing.
        """
        draw = get_object_or_404(self.own(), pk=pk)
        sent = object_of(request, AnswerSerializer)
        openings = [
            Opening(each["number"], b64decode(each["content"]), bytes.fromhex(each["salt"]))
            for each in sent["openings"]
        ]
        answer_challenge(draw, openings, timezone.now())
        return Response(self.document(get_object_or_404(self.own(), pk=pk)))


class Lots(PlatformResource, GenericAPIView[DrawSeed]):
    """The lots of the platform's model versions."""

    serializer_class = LotSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters

    @extend_schema(
        operation_id="list_lots", summary="List lots", responses=LotSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """By which lot pieces of each day are drawn: the hash of its secret, and later the secret.

        With it, draw again: we cannot have chosen whom to look at.
        """
        found = DrawSeed.objects.filter(model_version__platform=self.platform)
        page = self.paginate_queryset(found.select_related("model_version")) or []
        shown = DrawSecret.objects.filter(seed__in=page, revealed_at__isnull=False)
        secrets = {kept.seed_id: kept for kept in shown}
        context = {"secrets": secrets}
        return self.get_paginated_response(
            [LotSerializer(seed, context=context).data for seed in page]
        )


class OneVerification(PlatformResource):
    """What is known of a piece's features."""

    @extend_schema(
        operation_id="retrieve_verification",
        summary="See how features were verified",
        responses=VerificationSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What is known of the features that you sent of a piece; 404 where you sent none."""
        own = Generation.objects.filter(platform=self.platform)
        found = GenerationFeatures.objects.filter(generation__in=own)
        features = get_object_or_404(
            found.select_related("generation", "feature_store"), generation=pk
        )
        return Response(verification_document(verification_of(features, TOLERANCE)))


def verification_document(known: Verification) -> dict[str, Any]:
    """What is known of features as the API sends it."""
    draw, finding, day = known.draw, known.finding, known.day
    content = {
        "generation": known.features.generation_id,
        "standing": known.features.standing,
        "sentence": known.sentence,
        "features_root": known.features.root,
        "segments": known.features.segment_count,
        "segments_drawn": draw.segments if draw else [],
        "segments_checked": finding.segments_checked if finding else 0,
        "cause": draw and draw.cause,
        "rate_ppm": draw and draw.rate_ppm,
        "seen": finding or {"cosine_gap": None, "norm_gap": None},
        "tolerance": known.tolerance,
        "lot": {
            "day": day.day,
            "commitment": day.seed and day.seed.commitment,
            "secret": day.secret or None,
            "pieces": day.pieces,
            "drawn": day.drawn,
            "checked": day.checked,
            "unseen_at_ten_percent": day.unseen_at_ten_percent,
        },
        "found_at": finding and finding.found_at,
    }
    return dict(VerificationSerializer(content).data)
