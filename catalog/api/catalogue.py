"""Looking things up in the catalogue: what may a model be trained on."""

import re
from collections.abc import Callable

from django.db.models import QuerySet
from django.shortcuts import get_list_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import identifiers
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
# By which a track or its work is known elsewhere: the field, how it is read, its normal form.
IDENTIFIERS = {
    "isrc": ("isrc", identifiers.isrc, identifiers.ISRC_FORM),
    "iswc": ("work__iswc", identifiers.iswc, identifiers.ISWC_FORM),
}
SHOWN = ("work__derived_from", "asset", "derived_from")
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
    version = serializers.CharField(help_text="Such as an arrangement; may be empty.")
    collection = serializers.CharField(help_text="What it is part of; may be empty.")
    iswc = serializers.CharField(help_text="Without dots and hyphens; empty if none is known.")
    language = serializers.CharField(help_text="Of the words, by BCP 47; may be empty.")
    derived_from = serializers.CharField(
        source="derived_from.ref",
        allow_null=True,
        help_text="The work that it is a version of; null if it is none, or you may not see that.",
    )


class CatalogueTrackSerializer(serializers.Serializer[Track]):
    """A recording or a score of a work."""

    ref = serializers.CharField()
    title = serializers.CharField()
    work = CatalogueWorkSerializer()
    version = serializers.CharField(help_text="Such as live; may be empty.")
    artist = serializers.CharField(help_text="As it stands on the sleeve; may be empty.")
    isrc = serializers.CharField(help_text="Without hyphens; empty if none is known.")
    release_title = serializers.CharField(help_text="May be empty.")
    release_ean = serializers.CharField(help_text="EAN or UPC, 13 digits; may be empty.")
    released_on = serializers.DateField(allow_null=True)
    derived_from = serializers.CharField(
        source="derived_from.ref",
        allow_null=True,
        help_text="The track that it is a version of; null if it is none, or you may not see that.",
    )
    genre = serializers.CharField(help_text="May be empty.")
    licence = serializers.CharField(help_text="May be empty.")
    media_type = serializers.CharField(
        source="asset.media_type",
        allow_null=True,
        help_text="Null, as all of a file, for a track that is known by description alone.",
    )
    sha256 = serializers.CharField(source="asset.sha256", allow_null=True, help_text="Of the file.")
    size_bytes = serializers.IntegerField(source="asset.size_bytes", allow_null=True)
    seconds = serializers.FloatField(
        source="asset.seconds", allow_null=True, help_text="How long it sounds."
    )
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


def identifier(request: Request, name: str, read: Callable[[str], str], form: str) -> str | None:
    """The normal form of an identifier in the query; one that cannot be right finds nothing."""
    value = parameters.text(request, name)
    if value is None or re.fullmatch(form, value):
        return value
    try:
        return read(value)
    except identifiers.IdentifierError as error:
        raise parameters.unusable(name, str(error)) from error


class Tracks(PlatformResource, GenericAPIView[Track]):
    """The tracks that a platform may know."""

    serializer_class = CatalogueTrackSerializer
    pagination_class = NewestFirst
    parameters = (
        NewestFirst.parameters
        | FILTERS.keys()
        | IDENTIFIERS.keys()
        | {"title", "created_since", "created_until", "consented_for", "on"}
    )

    @extend_schema(
        operation_id="list_tracks",
        summary="Look tracks up",
        parameters=[
            *(OpenApiParameter(name, TEXT, description="Exactly so.") for name in FILTERS),
            *(
                OpenApiParameter(
                    name,
                    {"type": "string", "pattern": f"^{form}$"},
                    description="Also with its hyphens, dots or spaces.",
                )
                for name, (_, _, form) in IDENTIFIERS.items()
            ),
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
        found = tracks_for(self.platform).select_related(*SHOWN)
        for name, field in FILTERS.items():
            value = parameters.text(request, name)
            if value is not None:
                found = found.filter(**{field: value})
        for name, (field, read, form) in IDENTIFIERS.items():
            number = identifier(request, name, read, form)
            if number is not None:
                found = found.filter(**{field: number})
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
        known = tracks_for(self.platform).select_related(*SHOWN)
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
        tracks = tracks_for(self.platform).filter(work__ref=ref).select_related(*SHOWN)
        first, *others = get_list_or_404(tracks.order_by("ref"))
        document = CatalogueWorkSerializer(first.work).data
        return Response({**document, "tracks": [each.ref for each in (first, *others)]})
