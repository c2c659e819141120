"""Checkpoints: the weights of a model version, from an upload."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.model_versions import ID_PARAMETER, ModelVersionResource
from catalog.models import Checkpoint
from catalog.services.checkpoints import CheckpointRefused, register_uploaded_checkpoint
from catalog.services.training_sets import RegistrationConflict
from common.api.idempotency import idempotent
from common.api.objects import Sent, Text, object_of
from common.api.pages import NewestFirst
from common.api.problems import CONFLICT, INVALID, Problem, translates

MEMBER = r"^[a-z0-9][a-z0-9-]{0,47}$"
LAST_STEP = 999_999_999
LARGEST_METRIC = 1e300


@translates(CheckpointRefused)
def _refused(refusal: CheckpointRefused) -> Problem:
    return Problem(INVALID, str(refusal), errors=[{"pointer": "/upload", "detail": str(refusal)}])


@translates(RegistrationConflict)
def _conflict(conflict: RegistrationConflict) -> Problem:
    return Problem(CONFLICT, str(conflict))


class NewCheckpointSerializer(Sent):
    """Weights that were uploaded."""

    upload = serializers.UUIDField(help_text="The id of a sealed upload for `checkpoint`.")
    member = Text(MEMBER, help_text="Of the ensemble, such as `seed-1`; one run of training.")
    step = serializers.IntegerField(min_value=0, max_value=LAST_STEP, help_text="Of that run.")
    metrics = serializers.DictField(
        child=serializers.FloatField(min_value=-LARGEST_METRIC, max_value=LARGEST_METRIC),
        required=False,
        help_text="What you measured, such as a loss; it is shown, and nothing follows from it.",
    )


class CheckpointSerializer(serializers.Serializer[Checkpoint]):
    """Weights of a model version."""

    id = serializers.IntegerField()
    member = serializers.CharField()
    step = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of the file.")
    architecture = serializers.CharField(
        help_text="By which of our loaders it is read. Empty: by none, so that you compute its "
        "features; the file is kept as evidence."
    )
    metrics = serializers.DictField(help_text="With `parameters`, how many numbers it has.")
    created_at = serializers.DateTimeField()


class Checkpoints(ModelVersionResource, GenericAPIView[Checkpoint]):
    """The checkpoints of a model version."""

    serializer_class = CheckpointSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters

    @extend_schema(
        operation_id="list_checkpoints",
        summary="List checkpoints",
        parameters=[ID_PARAMETER],
        responses=CheckpointSerializer(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        """The weights of a model version that are registered."""
        rows = self.paginate_queryset(self.one(pk).checkpoints.all()) or ()
        return self.get_paginated_response([CheckpointSerializer(row).data for row in rows])

    @extend_schema(
        operation_id="register_checkpoint",
        summary="Register a checkpoint",
        parameters=[ID_PARAMETER],
        request=NewCheckpointSerializer,
        responses={
            201: OpenApiResponse(CheckpointSerializer, "It is registered."),
            200: OpenApiResponse(CheckpointSerializer, "It was registered before."),
        },
        examples=[
            OpenApiExample(
                "The end of a run",
                {
                    "upload": "01a20471-5192-71d7-bd7d-f695c8813123",
                    "member": "seed-1",
                    "step": 4000,
                    "metrics": {"loss": 1.93},
                },
                request_only=True,
            )
        ],
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Register uploaded weights (safetensors) as a checkpoint. The upload is used up.

        A file of our reference architecture says so in its metadata (`tantieme.architecture`,
        `tantieme.model`); we can compute its features. Any other is kept as evidence. Nothing in a
        file is ever run.
        """
        sent: dict[str, Any] = object_of(request, NewCheckpointSerializer)
        organisation = self.platform.organisation
        assert organisation is not None
        checkpoint, is_new = register_uploaded_checkpoint(
            model_version=self.one(pk),
            upload_id=sent["upload"],
            member=sent["member"],
            step=sent["step"],
            metrics=sent.get("metrics", {}),
            tenant=organisation.tenant,
            as_of=timezone.now(),
        )
        return Response(CheckpointSerializer(checkpoint).data, 201 if is_new else 200)
