"""Looking things up in the catalogue: what may a model be trained on."""

from django.db.models import QuerySet
from django.shortcuts import get_list_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.model_versions import find_model_version, unknown_model_version
from catalog.api.platforms import PlatformResource
from catalog.models import ModelVersion, Track, Work
from catalog.selectors import tracks_for
from catalog.services.clock import now_for
from catalog.services.consents import allowed_tracks
from common.api import parameters
from common.api.pages import NewestFirst
from common.api.parameters import since_and_until
from common.api.problems import NOT_FOUND, Place, Problem

LONGEST_REF = 160
FILTERS = {"ref": "ref", "work": "work__ref", "genre": "genre", "licence": "licence"}
TEXT = {"type": "string", "minLength": 1, "maxLength": parameters.MOST_LETTERS}
REF_PARAMETER = OpenApiParameter(
    "ref",
    {"type": "string", "pattern": r"^[^/]{1,200}$"},
    OpenApiParameter.PATH,
    description="The catalogue's name for it.",
)


class CatalogueWorkSerializer(serializers.Serializer[Work]):
    """A composition."""

    ref = serializers.CharField()
    title = serializers.CharField()
    collection = serializers.CharField(help_text="What it is part of; may be empty.")


class CatalogueTrackSerializer(serializers.Serializer[Track]):
    """A recording or a score of a work."""

    ref = serializers.CharField()
    title = serializers.CharField()
    work = CatalogueWorkSerializer()
    genre = serializers.CharField(help_text="May be empty.")
    licence = serializers.CharField(help_text="May be empty.")
    media_type = serializers.CharField(source="asset.media_type")
    sha256 = serializers.CharField(source="asset.sha256", help_text="Of the file.")
    size_bytes = serializers.IntegerField(source="asset.size_bytes")
    seconds = serializers.FloatField(source="asset.seconds", help_text="How long it sounds.")
    source_url = serializers.CharField(help_text="Where it comes from; may be empty.")
    created_at = serializers.DateTimeField(help_text="When the catalogue first had it.")


class OneWorkSerializer(CatalogueWorkSerializer):
    """A composition with those of its tracks that you may see."""

    tracks = serializers.ListField(child=serializers.CharField(), help_text="Their refs.")


def model_named(platform_resource: PlatformResource, request: Request) -> ModelVersion | None:
    """The model version that the query names in `consented_for`."""
    ref = parameters.text(request, "consented_for", most=LONGEST_REF)
    if ref is None:
        return None
    found = find_model_version(platform_resource.platform, ref)
    if found is None:
        detail = unknown_model_version(platform_resource.platform, ref)
        place: Place = {"field": "consented_for", "detail": detail}
        raise Problem(NOT_FOUND, f"consented_for: {detail}", errors=[place])
    return found


class Tracks(PlatformResource, GenericAPIView[Track]):
    """The tracks that a platform may know."""

    serializer_class = CatalogueTrackSerializer
    pagination_class = NewestFirst
    parameters = (
        NewestFirst.parameters
        | FILTERS.keys()
        | {"title", "created_since", "created_until", "consented_for", "on"}
    )

    @extend_schema(
        operation_id="list_tracks",
        summary="Look tracks up",
        parameters=[
            *(OpenApiParameter(name, TEXT, description="Exactly so.") for name in FILTERS),
            OpenApiParameter("title", TEXT, description="Part of the title, in any case."),
            *since_and_until("created", "Known since"),
            OpenApiParameter(
                "consented_for",
                {"type": "string", "minLength": 1, "maxLength": LONGEST_REF},
                description="A model version of yours (`name@version` or id): only what it may be "
                "trained on, by consents for every right that training touches.",
            ),
            OpenApiParameter(
                "on",
                OpenApiTypes.DATE,
                description="The day of `consented_for`; else today.",
            ),
        ],
        responses=CatalogueTrackSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Tracks with a consent that names no model or one of yours, and those in your sets."""
        found = tracks_for(self.platform).select_related("work", "asset")
        for name, field in FILTERS.items():
            value = parameters.text(request, name)
            if value is not None:
                found = found.filter(**{field: value})
        title = parameters.text(request, "title")
        if title is not None:
            found = found.filter(title__icontains=title)
        found = found.filter(**parameters.between(request, "created", "created_at"))
        rows = self.paginate_queryset(self._consented(found, request)) or ()
        return self.get_paginated_response([CatalogueTrackSerializer(row).data for row in rows])

    def _consented(self, found: QuerySet[Track], request: Request) -> QuerySet[Track]:
        model_version, day = model_named(self, request), parameters.day(request, "on")
        if model_version is None:
            return found
        return allowed_tracks(found, model_version, on=day or now_for(self.platform).date())


class OneTrack(PlatformResource):
    """A track by its ref."""

    @extend_schema(
        operation_id="retrieve_track",
        summary="Look at a track",
        parameters=[REF_PARAMETER],
        responses=CatalogueTrackSerializer,
    )
    def get(self, request: Request, ref: str) -> Response:
        """A track by the catalogue's name for it. Its consents: list them with `track`."""
        known = tracks_for(self.platform).select_related("work", "asset")
        track = get_object_or_404(known, ref=ref)
        return Response(CatalogueTrackSerializer(track).data)


class OneWork(PlatformResource):
    """A work by its ref."""

    @extend_schema(
        operation_id="retrieve_work",
        summary="Look at a work",
        parameters=[REF_PARAMETER],
        responses=OneWorkSerializer,
    )
    def get(self, request: Request, ref: str) -> Response:
        """A composition, and those of its tracks that you may see."""
        tracks = tracks_for(self.platform).filter(work__ref=ref).select_related("work")
        first, *others = get_list_or_404(tracks.order_by("ref"))
        document = CatalogueWorkSerializer(first.work).data
        return Response({**document, "tracks": [each.ref for each in (first, *others)]})
