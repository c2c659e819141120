"""Model versions: which models of the platform we know, and what they were trained on."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from catalog.api.platforms import PlatformResource
from catalog.models import ModelVersion, Platform, TrainingSet
from common.api.pages import NewestFirst


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


@extend_schema_view(
    get=extend_schema(
        operation_id="list_model_versions",
        summary="List model versions",
        description="The models of yours that we know: what a generation can come from.",
    )
)
class ModelVersions(PlatformResource, ListAPIView[ModelVersion]):
    """The platform's model versions."""

    serializer_class = ModelVersionSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters

    def get_queryset(self) -> QuerySet[ModelVersion]:
        return self.platform.model_versions.select_related("training_set")
