"""Consents: what was agreed to that concerns a platform, and whether it suffices."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.model_versions import find_model_version, ref_of, unknown_model_version
from catalog.api.platforms import PlatformResource
from catalog.models import Consent, ModelVersion, Right
from catalog.selectors import consents_for, tracks_for, valid_on
from catalog.services.clock import now_for
from catalog.services.consents import Standing, standings
from common.api import parameters
from common.api.idempotency import idempotent
from common.api.objects import Sent, Text, faulty, object_of
from common.api.pages import NewestFirst

MOST_TRACKS = 500
RIGHTS = Right.choices


class ConsentSerializer(serializers.Serializer[Consent]):
    """A track may be trained on under one right, from a day until another."""

    id = serializers.IntegerField()
    track = serializers.CharField(source="track.ref")
    right = serializers.ChoiceField(choices=RIGHTS)
    model_version = serializers.SerializerMethodField(
        help_text="Of yours, such as `lieder@1`; null if it is for any model."
    )
    basis = serializers.CharField(help_text="By what it was given.")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(
        allow_null=True, help_text="The first day on which it is no longer valid, if it ends."
    )

    def get_model_version(self, consent: Consent) -> str | None:
        return None if consent.model_version is None else ref_of(consent.model_version)


class ConsentQuestionSerializer(Sent):
    """Which tracks, for which model, on which day."""

    tracks = serializers.ListField(
        child=Text(r"^[^\x00-\x1f]{1,100}$"),
        min_length=1,
        max_length=MOST_TRACKS,
        help_text="Their refs.",
    )
    model_version = Text(r"^[^\x00-\x1f]{1,160}$", help_text="Of yours: `name@version`, or the id.")
    on = serializers.DateField(required=False, help_text="Today unless told.")


class TrackConsentSerializer(serializers.Serializer[Standing]):
    """Whether one track may be trained on."""

    track = serializers.CharField(help_text="As you asked.")
    is_known = serializers.BooleanField(help_text="Whether you may know of such a track.")
    is_allowed = serializers.BooleanField()
    lacking = serializers.ListField(
        child=serializers.ChoiceField(choices=RIGHTS),
        help_text="The rights that training touches and nobody agreed to for this model.",
    )
    until = serializers.DateField(
        allow_null=True,
        help_text="The first day on which it is no longer allowed, if one is known.",
    )


class ConsentAnswerSerializer(serializers.Serializer[Any]):
    """Whether each track may be trained on, in the order asked."""

    on = serializers.DateField()
    is_allowed = serializers.BooleanField(help_text="Whether all of them are.")
    tracks = TrackConsentSerializer(many=True)


class Consents(PlatformResource, GenericAPIView[Consent]):
    """The consents that concern a platform."""

    serializer_class = ConsentSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"track", "right", "on"}

    @extend_schema(
        operation_id="list_consents",
        summary="List consents",
        parameters=[
            OpenApiParameter(
                "track",
                {"type": "string", "minLength": 1, "maxLength": 100},
                description="Its ref.",
            ),
            OpenApiParameter("right", str, enum=Right.values),
            OpenApiParameter("on", OpenApiTypes.DATE, description="Valid on this day."),
        ],
        responses=ConsentSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Consents for any model or one of yours. One that was withdrawn has a `valid_until`."""
        found = consents_for(self.platform).select_related("track", "model_version")
        ref = parameters.text(request, "track", most=100)
        right = parameters.choice(request, "right", Right.values)
        day = parameters.day(request, "on")
        if ref is not None:
            found = found.filter(track__ref=ref)
        if right is not None:
            found = found.filter(right=right)
        if day is not None:
            found = valid_on(found, day)
        rows = self.paginate_queryset(found) or ()
        return self.get_paginated_response([ConsentSerializer(row).data for row in rows])


class ConsentCheck(PlatformResource):
    """Whether consents suffice. It changes nothing, so that a key that reads may ask."""

    writing = "read"

    @extend_schema(
        operation_id="check_consents",
        summary="Check consents",
        request=ConsentQuestionSerializer,
        responses=ConsentAnswerSerializer,
        examples=[
            OpenApiExample(
                "Before training",
                {"tracks": ["lc4992483", "lc5729860"], "model_version": "lieder@1"},
                request_only=True,
            )
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Whether a model version may be trained on tracks on a day, and which right lacks.

        A score touches the right in the composition; a recording that in the recording too. A track
        that you may not know of is answered as one that there is not.
        """
        sent = object_of(request, ConsentQuestionSerializer)
        model_version = self._model(sent["model_version"])
        on = sent.get("on") or now_for(self.platform).date()
        tracks = tracks_for(self.platform).filter(ref__in=sent["tracks"]).select_related("asset")
        found = {each.track.ref: each for each in standings(list(tracks), model_version, on=on)}
        rows = [_row(ref, found.get(ref)) for ref in sent["tracks"]]
        document = {"on": on, "is_allowed": all(row["is_allowed"] for row in rows), "tracks": rows}
        return Response(ConsentAnswerSerializer(document).data)

    def _model(self, ref: str) -> ModelVersion:
        found = find_model_version(self.platform, ref)
        if found is None:
            detail = unknown_model_version(self.platform, ref)
            raise faulty([{"pointer": "/model_version", "detail": detail}])
        return found


def _row(ref: str, standing: Standing | None) -> dict[str, object]:
    return {
        "track": ref,
        "is_known": standing is not None,
        "is_allowed": standing is not None and standing.is_allowed,
        "lacking": [] if standing is None else list(standing.lacking),
        "until": standing and standing.until,
    }
