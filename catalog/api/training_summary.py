"""The public summary of what a model was trained on."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.model_versions import ID_PARAMETER, ModelVersionResource
from catalog.api.training_sets import set_of
from catalog.services.training_sets import items_of, summary_of


class SummaryEntrySerializer(serializers.Serializer[Any]):
    """A line of a section."""

    label = serializers.CharField()  # type: ignore[assignment]
    text = serializers.CharField()
    is_open = serializers.BooleanField(help_text="Whether you have to write it.")


class SummarySectionSerializer(serializers.Serializer[Any]):
    """A section of the template."""

    number = serializers.CharField()
    title = serializers.CharField()
    entries = SummaryEntrySerializer(many=True)


class SummarySerializer(serializers.Serializer[Any]):
    """The public summary of what a model was trained on, as far as the catalogue knows it."""

    template = serializers.CharField()
    model = serializers.CharField()
    platform = serializers.CharField()
    training_set_sha256 = serializers.CharField()
    frozen_as_of = serializers.DateField()
    sections = SummarySectionSerializer(many=True)


class TrainingSummary(ModelVersionResource):
    """The public summary of a training set."""

    @extend_schema(
        operation_id="retrieve_training_summary",
        summary="Look at the public summary",
        parameters=[ID_PARAMETER],
        responses=SummarySerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        """What Article 53(1)(d) of the EU AI Act asks to publish, with what you must write open."""
        training_set = set_of(self.one(pk))
        summary = summary_of(training_set, items_of(training_set))
        return Response(SummarySerializer(summary).data)
