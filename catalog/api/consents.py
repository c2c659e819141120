"""Consents: what was agreed to that concerns a platform, and whether it suffices; and what rights
holders say about their tracks, as a statement that machines read."""

from collections.abc import Collection, Iterable
from typing import Any, Literal

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import organisation_of
from accounts.models import Organisation
from catalog.api.model_versions import find_model_version, ref_of, unknown_model_version
from catalog.api.platforms import PlatformResource
from catalog.models import (
    Consent,
    ExclusionReason,
    ModelVersion,
    Party,
    Right,
    Track,
    Use,
)
from catalog.selectors import consents_for, parties_of, said_for, tracks_for, valid_on
from catalog.services.clock import now_for
from catalog.services.consents import Objection, Standing, standings
from common.api import parameters
from common.api.idempotency import idempotent
from common.api.objects import Sent, Text, faulty, object_of
from common.api.pages import NewestFirst
from common.api.problems import FORBIDDEN, Problem
from common.api.resources import Resource

MOST_TRACKS = 500
RIGHTS = Right.choices
USES = Use.choices


HOLDERS_WORD = "said by a rights holder"
USE_HELP = "Training includes attribution; see the guide for what that means for opt-outs."


class ConsentSerializer(serializers.Serializer[Consent]):
    """A track may be used under one right, or may not, from a day until another."""

    id = serializers.IntegerField()
    track = serializers.CharField(source="track.ref")
    right = serializers.ChoiceField(choices=RIGHTS)
    use = serializers.ChoiceField(choices=USES, help_text=USE_HELP)
    is_opt_out = serializers.BooleanField(
        help_text="Whether it forbids. One opt-out outweighs whoever else agreed."
    )
    model_version = serializers.SerializerMethodField(
        help_text="Of yours, such as `lieder@1`; null if it is for any model."
    )
    basis = serializers.SerializerMethodField(
        help_text="By what it was given; where a rights holder says it itself, not who."
    )
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(
        allow_null=True, help_text="The first day on which it is no longer valid, if it ends."
    )

    def get_basis(self, consent: Consent) -> str:
        return consent.basis if consent.party_id is None else HOLDERS_WORD

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
    use = serializers.ChoiceField(
        choices=USES, required=False, help_text="`training` unless told; `attribution` of controls."
    )


class ObjectionSerializer(serializers.Serializer[Objection]):
    """Why a track may not be used."""

    right = serializers.ChoiceField(
        choices=RIGHTS, allow_null=True, help_text="Under which; null where it is not about rights."
    )
    reason = serializers.ChoiceField(choices=ExclusionReason.choices)
    sentence = serializers.CharField()
    since = serializers.DateField(allow_null=True, help_text="Since when, if there is such a day.")


class TrackConsentSerializer(serializers.Serializer[Standing]):
    """Whether one track may be trained on."""

    track = serializers.CharField(help_text="As you asked.")
    is_known = serializers.BooleanField(help_text="Whether you may know of such a track.")
    is_allowed = serializers.BooleanField()
    lacking = serializers.ListField(
        child=serializers.ChoiceField(choices=RIGHTS),
        help_text="The rights of the track under which nobody agreed, or somebody forbids it.",
    )
    until = serializers.DateField(
        allow_null=True,
        help_text="The first day on which it is no longer allowed, if one is known.",
    )
    reasons = ObjectionSerializer(many=True, help_text="Why not; empty where it is allowed.")


class ConsentAnswerSerializer(serializers.Serializer[Any]):
    """Whether each track may be trained on, in the order asked."""

    on = serializers.DateField()
    is_allowed = serializers.BooleanField(help_text="Whether all of them are.")
    tracks = TrackConsentSerializer(many=True)


SAID_PARAMETERS = [
    OpenApiParameter("right", str, enum=Right.values),
    OpenApiParameter("use", str, enum=Use.values),
    OpenApiParameter("is_opt_out", bool, description="Opt-outs alone, or all but these."),
    OpenApiParameter("on", OpenApiTypes.DATE, description="Valid on this day."),
]


class Consents(PlatformResource, GenericAPIView[Consent]):
    """The consents that concern a platform."""

    serializer_class = ConsentSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"track", "right", "use", "is_opt_out", "on"}

    @extend_schema(
        operation_id="list_consents",
        summary="List consents",
        parameters=[
            OpenApiParameter(
                "track",
                {"type": "string", "minLength": 1, "maxLength": 100},
                description="Its ref.",
            ),
            *SAID_PARAMETERS,
        ],
        responses=ConsentSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Opt-ins and opt-outs for any model or one of yours; what ended has a `valid_until`."""
        known = tracks_for(self.platform)
        found = consents_for(self.platform).filter(track__in=known)
        rows = self.paginate_queryset(_asked(request, found)) or ()
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
        use = Use(sent.get("use", Use.TRAINING))
        model_version = self._model(sent["model_version"])
        on = sent.get("on") or now_for(self.platform).date()
        tracks = tracks_for(self.platform).filter(ref__in=sent["tracks"]).select_related("asset")
        found = {
            each.track.ref: each for each in standings(list(tracks), model_version, on=on, use=use)
        }
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
        "reasons": [] if standing is None else standing.objections,
    }


class StatedTrackSerializer(serializers.Serializer[Track]):
    """A track, by everything by which others may know it."""

    ref = serializers.CharField()
    title = serializers.CharField()
    isrc = serializers.CharField(help_text="May be empty.")
    iswc = serializers.CharField(source="work.iswc", help_text="Of the work; may be empty.")
    sha256 = serializers.CharField(
        source="asset.sha256", default="", help_text="Of the file; empty where there is none."
    )


class ConsentStatementSerializer(serializers.Serializer[Consent]):
    """What was said about the use of a track in whose right your parties have or had a share."""

    id = serializers.IntegerField()
    track = StatedTrackSerializer()
    right = serializers.ChoiceField(choices=RIGHTS)
    use = serializers.ChoiceField(choices=USES, help_text=USE_HELP)
    decision = serializers.SerializerMethodField(help_text="Whether it allows or forbids.")
    is_for_any_model = serializers.BooleanField(source="names_no_model")
    model_version = serializers.SerializerMethodField(
        help_text="Such as `lieder@1`; null if it is for any, or for one that you do not see."
    )
    said_by = serializers.SerializerMethodField(
        help_text="One of your parties by its ref, `delivery`, or `another holder`."
    )
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(
        allow_null=True, help_text="The first day on which it no longer counts, if it ends."
    )

    def get_decision(self, consent: Consent) -> Literal["opt_in", "opt_out"]:
        return "opt_out" if consent.is_opt_out else "opt_in"

    def get_model_version(self, consent: Consent) -> str | None:
        return None if consent.model_version is None else ref_of(consent.model_version)

    def get_said_by(self, consent: Consent) -> str:
        if consent.party_id is None:
            return "delivery"
        refs: dict[int, str] = self.context["refs"]
        return refs.get(consent.party_id, "another holder")


def statement_of(consents: Iterable[Consent], parties: Collection[Party]) -> list[Any]:
    """The statement's rows, as documents."""
    context = {"refs": {party.pk: party.ref for party in parties}}
    return [ConsentStatementSerializer(row, context=context).data for row in consents]


class ConsentStatements(Resource, GenericAPIView[Consent]):
    """What is said about a rights holder's tracks."""

    serializer_class = ConsentStatementSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"track", "right", "use", "is_opt_out", "on"}

    @extend_schema(
        operation_id="list_consent_statements",
        summary="List what is said about your tracks",
        parameters=[
            OpenApiParameter(
                "track",
                {"type": "string", "minLength": 1, "maxLength": 100},
                description="Its ref.",
            ),
            *SAID_PARAMETERS,
        ],
        responses=ConsentStatementSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """For rights holders: all opt-ins and opt-outs for rights in which you have or had a part.

        Also those that ended. It is yours to publish: tracks are named by ISRC, ISWC and the hash
        of their file.
        """
        organisation = organisation_of(request)
        if organisation.kind != Organisation.Kind.RIGHTS_HOLDER:
            raise Problem(
                FORBIDDEN,
                f"This is for rights holders; the key acts for {organisation.name}, which is none.",
            )
        parties = parties_of(organisation)
        found = _asked(request, said_for(parties), "track__work", "track__asset")
        rows = self.paginate_queryset(found) or ()
        return self.get_paginated_response(statement_of(rows, parties))


def _asked(request: Request, found: QuerySet[Consent], *related: str) -> QuerySet[Consent]:
    """Of these, what the query asks for."""
    ref = parameters.text(request, "track", most=100)
    right = parameters.choice(request, "right", Right.values)
    use = parameters.choice(request, "use", Use.values)
    is_opt_out = parameters.truth(request, "is_opt_out")
    day = parameters.day(request, "on")
    wanted = {"track__ref": ref, "right": right, "use": use, "is_opt_out": is_opt_out}
    found = found.filter(**{key: value for key, value in wanted.items() if value is not None})
    found = found.select_related("track", "model_version", *related)
    return found if day is None else valid_on(found, day)
