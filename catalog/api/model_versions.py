"""Model versions: which models of the platform we know, and what they were trained on."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.platforms import PlatformResource
from catalog.models import ModelVersion, Platform, TrainingSet
from catalog.services.training_sets import register_model_version
from common.api import parameters
from common.api.idempotency import idempotent
from common.api.objects import Sent, Text, object_of
from common.api.pages import NewestFirst

MODELS = "models"  # the scope that a key needs to register models and what belongs to them
NAME = r"^[A-Za-z0-9]([A-Za-z0-9._ -]{0,98}[A-Za-z0-9._-])?$"
VERSION = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$"
LONGEST_NAME = 100
# In addresses; what PostgreSQL can count to.
ID_PARAMETER = OpenApiParameter(
    "id",
    {"type": "integer", "minimum": 1, "maximum": (1 << 63) - 1},
    OpenApiParameter.PATH,
    description="Of the model version.",
)


class TrainingSetSerializer(serializers.Serializer[TrainingSet]):
    """What a model was trained on, frozen."""

    sha256 = serializers.CharField(
        source="digest", help_text="Of its tracks, their roles and their files."
    )
    track_count = serializers.IntegerField(help_text="Controls included.")
    frozen_at = serializers.DateTimeField()


class ModelVersionSerializer(serializers.Serializer[ModelVersion]):
    """A version of a platform's model."""

    id = serializers.IntegerField()
    ref = serializers.SerializerMethodField(help_text="What to send as `model_version`.")
    name = serializers.CharField()
    version = serializers.CharField()
    training_set = TrainingSetSerializer(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_ref(self, model_version: ModelVersion) -> str:
        return ref_of(model_version)


class NewModelVersionSerializer(Sent):
    """A version of a model that you trained or will train."""

    name = Text(NAME, help_text="Of the model; versions share it.")
    version = Text(VERSION, help_text="Consent, training set and features are about a version.")


def ref_of(model_version: ModelVersion) -> str:
    """What the API calls a model version: `lieder@1`."""
    return f"{model_version.name}@{model_version.version}"


def find_model_version(platform: Platform, ref: str) -> ModelVersion | None:
    """The platform's model version of that ref or id; None if there is none."""
    own = platform.model_versions.all()
    if ref.isascii() and ref.isdecimal():
        return own.filter(pk=int(ref[:18])).first()
    name, _, version = ref.rpartition("@")
    return own.filter(name=name, version=version).first()


def unknown_model_version(platform: Platform, ref: str) -> str:
    """The sentence for a ref that names none of the platform's model versions."""
    latest = platform.model_versions.order_by("-pk").first()
    known = f"such as {ref_of(latest)}" if latest else "but none is registered yet"
    return f"You have no model version {ref!r}; write name@version, {known}."


class ModelVersionResource(PlatformResource):
    """What all addresses below /model-versions share."""

    writing = MODELS

    def own(self) -> QuerySet[ModelVersion]:
        return self.platform.model_versions.select_related("training_set")

    def one(self, pk: int) -> ModelVersion:
        """A model version of the platform's, or 404."""
        return get_object_or_404(self.own(), pk=pk)


class ModelVersions(ModelVersionResource, GenericAPIView[ModelVersion]):
    """The platform's model versions."""

    serializer_class = ModelVersionSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"name", "version"}

    @extend_schema(
        operation_id="list_model_versions",
        summary="List model versions",
        parameters=[
            OpenApiParameter(
                name, {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}, description=of
            )
            for name, of in (("name", "Versions of this model."), ("version", "So numbered."))
        ],
        responses=ModelVersionSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The models of yours that we know: what a generation can come from."""
        found = self.own()
        for name in ("name", "version"):
            value = parameters.text(request, name, most=LONGEST_NAME)
            if value is not None:
                found = found.filter(**{name: value})
        rows = self.paginate_queryset(found) or ()
        return self.get_paginated_response([ModelVersionSerializer(row).data for row in rows])

    @extend_schema(
        operation_id="register_model_version",
        summary="Register a model version",
        request=NewModelVersionSerializer,
        responses={
            201: OpenApiResponse(ModelVersionSerializer, "It is known now."),
            200: OpenApiResponse(ModelVersionSerializer, "It was known before."),
        },
        examples=[OpenApiExample("A model", {"name": "lieder", "version": "2"}, request_only=True)],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a version of your model known, before its training set, checkpoints and pieces."""
        sent: dict[str, Any] = object_of(request, NewModelVersionSerializer)
        is_new = not self.own().filter(**sent).exists()
        registered = register_model_version(platform=self.platform, **sent)
        document = ModelVersionSerializer(self.one(registered.pk)).data
        return Response(document, 201 if is_new else 200)


class OneModelVersion(ModelVersionResource):
    """A model version by its id."""

    @extend_schema(
        operation_id="retrieve_model_version",
        summary="Look at a model version",
        parameters=[ID_PARAMETER],
        responses=ModelVersionSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        """A model version by our id for it; to find one by name, list with `name`."""
        return Response(ModelVersionSerializer(self.one(pk)).data)
