"""Generations: pieces are sent here, and read back with what shaped them."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from attribution.api.serializers import (
    AttributionSerializer,
    GenerationSerializer,
    NewGenerationSerializer,
    attribution_document,
)
from attribution.models import Generation
from attribution.selectors.attributions import standings
from attribution.services.arrivals import welcome
from attribution.services.generations import GenerationConflict, register_generation
from catalog.api.model_versions import find_model_version
from catalog.api.platforms import PlatformResource
from catalog.media import MIDI
from catalog.services.assets import UnreadableMedia
from common.api.idempotency import idempotent
from common.api.pages import NewestFirst
from common.api.problems import CONFLICT, INVALID, Problem, translates

FORM_BYTES = 64 << 10  # of the form around the file


@translates(GenerationConflict)
def _conflict(conflict: GenerationConflict) -> Problem:
    return Problem(CONFLICT, str(conflict))


@translates(UnreadableMedia)
def _unreadable(refusal: UnreadableMedia) -> Problem:
    return Problem(INVALID, str(refusal), errors=[{"field": "file", "detail": str(refusal)}])


class GenerationResource(PlatformResource):
    """What all addresses below /generations share."""

    def own(self) -> QuerySet[Generation]:
        return Generation.objects.filter(platform=self.platform).select_related(
            "asset", "model_version", "arrival_run"
        )

    def documents(self, generations: list[Generation]) -> list[dict[str, Any]]:
        context = {"request": self.request, "standings": standings(generations)}
        return [dict(GenerationSerializer(each, context=context).data) for each in generations]


class Generations(GenerationResource, GenericAPIView[Generation]):
    """The platform's pieces."""

    serializer_class = GenerationSerializer
    pagination_class = NewestFirst
    parser_classes = (MultiPartParser,)
    most_bytes = MIDI.largest_bytes + FORM_BYTES
    parameters = NewestFirst.parameters | {"external_id"}

    @extend_schema(
        operation_id="list_generations",
        summary="List generations",
        parameters=[
            OpenApiParameter("external_id", str, description="The one piece that you call so.")
        ],
        responses=GenerationSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The pieces that you sent, newest first."""
        found = self.own()
        if "external_id" in request.query_params:
            found = found.filter(external_id=request.query_params["external_id"])
        page = self.paginate_queryset(found)
        return self.get_paginated_response(self.documents(list(page or [])))

    @extend_schema(
        operation_id="send_generation",
        summary="Send a generation",
        request={"multipart/form-data": NewGenerationSerializer},
        responses={
            201: OpenApiResponse(GenerationSerializer, "It was taken in."),
            200: OpenApiResponse(GenerationSerializer, "It had been taken in before."),
        },
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Send a piece that your model generated. Its attribution begins by itself.

        The same piece under the same `external_id` again is the one already there (200); another
        piece under that name is refused (409).
        """
        form = NewGenerationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        model_version = find_model_version(self.platform, sent["model_version"])
        if model_version is None:
            raise ValidationError(
                {"model_version": [f"You have no model version {sent['model_version']!r}."]}
            )
        is_new = not self.own().filter(external_id=sent["external_id"]).exists()
        generation = register_generation(
            model_version=model_version,
            external_id=sent["external_id"],
            content=_midi(sent["file"].read()),
            generated_at=sent["generated_at"],
        )
        welcome(generation)
        (document,) = self.documents([generation])
        return Response(document, 201 if is_new else 200, headers={"Location": document["url"]})


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


def _midi(content: bytes) -> bytes:
    """The content, if it begins as a MIDI file; whether it is music is found out by decoding."""
    if not content.startswith(b"MThd"):
        raise ValidationError({"file": ["It is no MIDI file: it does not begin with MThd."]})
    return content
