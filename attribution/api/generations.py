"""Generations: pieces are sent here, and read back with what shaped them."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from attribution.api.serializers import (
    AttributionSerializer,
    FeaturesSerializer,
    GenerationSerializer,
    NewFeaturesSerializer,
    NewGenerationSerializer,
    NewPieceSerializer,
    attribution_document,
)
from attribution.exchange import FeaturesRefused
from attribution.models import Generation, GenerationFeatures
from attribution.reference.plain_midi import TokensRefused
from attribution.selectors.attributions import standings
from attribution.services.arrivals import welcome
from attribution.services.generations import GenerationConflict
from attribution.services.received_features import FeaturesConflict, receive_features
from attribution.services.sending import Piece, PieceRefused, send_piece
from catalog.api.model_versions import find_model_version, unknown_model_version
from catalog.api.platforms import PlatformResource
from catalog.media import MIDI, kind_of_content
from catalog.models import ModelVersion
from catalog.services.assets import UnreadableMedia
from common.api.bodies import Lines, OneObject
from common.api.idempotency import idempotent
from common.api.objects import object_of
from common.api.pages import NewestFirst
from common.api.parameters import between, since_and_until, text
from common.api.problems import CONFLICT, INVALID, Problem, translates

REF = {"type": "string", "minLength": 1, "maxLength": 200}
FORM_BYTES = 64 << 10  # of the form around the file
TOKENS = {
    "external_id": "my-second-piece",
    "model_version": "lieder@1",
    "generated_at": "2026-10-03T12:00:00Z",
    "tokens": [288, 41, 101, 189, 45, 101],
}


@translates(GenerationConflict)
def _conflict(conflict: GenerationConflict) -> Problem:
    return Problem(CONFLICT, str(conflict))


@translates(FeaturesConflict)
def _features_conflict(conflict: FeaturesConflict) -> Problem:
    return Problem(CONFLICT, str(conflict))


@translates(UnreadableMedia)
def _unreadable(refusal: UnreadableMedia) -> Problem:
    return Problem(INVALID, str(refusal), errors=[{"field": "file", "detail": str(refusal)}])


@translates(PieceRefused)
def _refused(refusal: PieceRefused) -> Problem:
    place = f"/{refusal.field}" if refusal.field else ""
    return Problem(INVALID, str(refusal), errors=[{"pointer": place, "detail": str(refusal)}])


@translates(TokensRefused)
def _no_tokens(refusal: TokensRefused) -> Problem:
    return Problem(INVALID, str(refusal), errors=[{"pointer": "/tokens", "detail": str(refusal)}])


@translates(FeaturesRefused)
def _no_features(refusal: FeaturesRefused) -> Problem:
    return Problem(INVALID, str(refusal), errors=[{"pointer": "/features", "detail": str(refusal)}])


class GenerationResource(PlatformResource):
    """What all addresses below /generations share."""

    def own(self) -> QuerySet[Generation]:
        return Generation.objects.filter(platform=self.platform).select_related(
            "asset", "model_version__platform__organisation", "arrival_run"
        )

    @property
    def tenant(self) -> str:
        """Whose uploads may be used."""
        organisation = self.platform.organisation
        assert organisation is not None  # whose key asks
        return organisation.tenant

    def model_version(self, ref: str) -> ModelVersion:
        """The platform's model version of that name. Raises ValidationError."""
        found = find_model_version(self.platform, ref)
        if found is None:
            detail = unknown_model_version(self.platform, ref)
            raise ValidationError({"model_version": [detail]})
        return found

    def piece(self, sent: dict[str, Any]) -> Piece:
        """What was sent, of a model version of the platform's. Raises ValidationError."""
        return Piece(**sent | {"model_version": self.model_version(sent["model_version"])})

    def documents(self, generations: list[Generation]) -> list[dict[str, Any]]:
        context = {"request": self.request, "standings": standings(generations)}
        # One serializer for all: making its fields costs more than filling them.
        serializer = GenerationSerializer(context=context)
        return [dict(serializer.to_representation(each)) for each in generations]


class Generations(GenerationResource, GenericAPIView[Generation]):
    """The platform's pieces."""

    serializer_class = GenerationSerializer
    pagination_class = NewestFirst
    parser_classes = (MultiPartParser, OneObject)
    most_bytes = MIDI.largest_bytes + FORM_BYTES
    parameters = NewestFirst.parameters | {
        *("external_id", "model_version"),
        *("generated_since", "generated_until", "created_since", "created_until"),
    }

    @extend_schema(
        operation_id="list_generations",
        summary="List generations",
        parameters=[
            OpenApiParameter("external_id", str, description="The one piece that you call so."),
            OpenApiParameter("model_version", REF, description="`name@version`, or the id."),
            *since_and_until("generated", "Generated"),
            *since_and_until("created", "First sent"),
        ],
        responses=GenerationSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The pieces that you sent, newest first."""
        found = self.own().filter(
            **between(request, "generated", "generated_at"),
            **between(request, "created", "created_at"),
        )
        if "external_id" in request.query_params:
            found = found.filter(external_id=request.query_params["external_id"])
        ref = text(request, "model_version")
        if ref is not None:
            found = found.filter(model_version=find_model_version(self.platform, ref))
        page = self.paginate_queryset(found)
        return self.get_paginated_response(self.documents(list(page or [])))

    @extend_schema(
        operation_id="send_generation",
        summary="Send a generation",
        request={
            "multipart/form-data": NewGenerationSerializer,
            OneObject.media_type: NewPieceSerializer,
        },
        responses={
            201: OpenApiResponse(GenerationSerializer, "It was taken in."),
            200: OpenApiResponse(GenerationSerializer, "It had been taken in before."),
        },
        examples=[
            OpenApiExample("Tokens", TOKENS, request_only=True, media_type=OneObject.media_type)
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Send a piece that your model generated. Its attribution begins by itself.

        Send its file as a form, or JSON with its tokens, with an upload, or with the features that
        you computed of it (the piece itself may then stay in your house). The same piece under the
        same `external_id` again is the one already there (200); another piece under that name is
        refused (409).
        """
        piece = self._object(request) if isinstance(request.data, Lines) else self._form(request)
        generation, is_new = send_piece(piece, tenant=self.tenant, as_of=timezone.now())
        (document,) = self.documents([generation])
        return Response(document, 201 if is_new else 200, headers={"Location": document["url"]})

    def _form(self, request: Request) -> Piece:
        form = NewGenerationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = dict(form.validated_data)
        content = _music(sent.pop("file").read())
        return Piece(
            **sent | {"model_version": self.model_version(sent["model_version"])}, content=content
        )

    def _object(self, request: Request) -> Piece:
        return self.piece(object_of(request, NewPieceSerializer))


class OneGeneration(GenerationResource):
    """A piece by its id."""

    @extend_schema(
        operation_id="retrieve_generation",
        summary="Look at a generation",
        responses=GenerationSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """A piece by our id for it. To find one by yours, list with `external_id`."""
        (document,) = self.documents([get_object_or_404(self.own(), pk=pk)])
        return Response(document)


class OneAttribution(GenerationResource):
    """What shaped a piece."""

    @extend_schema(
        operation_id="retrieve_attribution",
        summary="Read an attribution",
        responses=AttributionSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What shaped a piece, as far as it can be told, or how far the work on that is.

        It answers 200 in any case: look at `status`, and at `job` while it is not `attributed`.
        """
        generation = get_object_or_404(self.own(), pk=pk)
        standing = standings([generation])[generation.pk]
        return Response(attribution_document(generation, standing, request))


class FeaturesOfGeneration(GenerationResource):
    """Features that the platform computed of a piece."""

    @extend_schema(
        operation_id="retrieve_generation_features",
        summary="Look at a generation's features",
        responses=FeaturesSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """The features that you sent of a piece, and what is known of them; 404 without any."""
        generation = get_object_or_404(self.own(), pk=pk)
        features = GenerationFeatures.objects.select_related("feature_store")
        found = get_object_or_404(features, generation=generation)
        return Response(FeaturesSerializer(found).data)

    @extend_schema(
        operation_id="send_generation_features",
        summary="Send a generation's features",
        request=NewFeaturesSerializer,
        responses={
            201: OpenApiResponse(FeaturesSerializer, "They were taken in."),
            200: OpenApiResponse(FeaturesSerializer, "They had been taken in before."),
        },
    )
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        """Send the features of a piece that was sent without them; its attribution begins.

        Features are never replaced, and are not taken of a piece that is attributed by features
        that we computed (409).
        """
        generation = get_object_or_404(self.own(), pk=pk)
        sent = object_of(request, NewFeaturesSerializer)
        features, is_new = receive_features(
            generation, sent["upload"], tenant=self.tenant, as_of=timezone.now()
        )
        welcome(generation)
        return Response(FeaturesSerializer(features).data, 201 if is_new else 200)


def _music(content: bytes) -> bytes:
    """The content, if it begins as music; whether it is any is found out by decoding."""
    if kind_of_content(content) is None:
        detail = "It is neither MIDI (it does not begin with MThd) nor WAV, FLAC, Ogg or MP3."
        raise ValidationError({"file": [detail]})
    return content
