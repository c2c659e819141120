"""Feature stores of a model version: those that we computed, and those that the platform sent."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from attribution.models import FeatureStore
from attribution.selectors.features import StoreStatus, capture_progress, job_of, status_of
from attribution.services.features import NoCheckpoints, request_features_of
from attribution.services.received_stores import StoreRefused, receive_store
from catalog.api.platforms import PlatformResource
from catalog.models import ModelVersion
from common.api.idempotency import idempotent
from common.api.objects import Sent, object_of
from common.api.pages import NewestFirst
from common.api.problems import CONFLICT, INVALID, Problem, translates

STATUSES = [
    (StoreStatus.COMPUTING, "our jobs fill it"),
    (StoreStatus.VERIFYING, "a job looks into what you sent"),
    (StoreStatus.SEALED, "pieces are attributed by it"),
    (StoreStatus.REFUSED, "it was not taken; see `error`"),
    (StoreStatus.FAILED, "a job failed on our side; ask again"),
]


@translates(StoreRefused)
def _refused(refusal: StoreRefused) -> Problem:
    return Problem(CONFLICT, str(refusal))


@translates(NoCheckpoints)
def _no_checkpoints(refusal: NoCheckpoints) -> Problem:
    return Problem(
        INVALID, str(refusal), errors=[{"pointer": "/checkpoints", "detail": str(refusal)}]
    )


class NewFeatureStoreSerializer(Sent):
    """A packed store that was uploaded."""

    upload = serializers.UUIDField(help_text="A completed upload for `feature_store`.")


class WantedFeaturesSerializer(Sent):
    """Features that we are to compute."""

    checkpoints = serializers.ChoiceField(
        choices=[("last", "the last of each training run"), ("all", "all that are registered")],
        default="last",
        help_text="Which of the registered checkpoints become members of the ensemble.",
    )


class FeatureStoreSerializer(serializers.Serializer[FeatureStore]):
    """Projected gradients of a model version's training set."""

    id = serializers.IntegerField()
    model_version = serializers.IntegerField(source="model_version_id")
    origin = serializers.ChoiceField(
        choices=[("ours", "computed by us"), ("platform", "sent by you")]
    )
    status = serializers.SerializerMethodField()
    sha256 = serializers.CharField(
        source="digest", help_text="Of its manifest; empty until sealed."
    )
    training_set_sha256 = serializers.CharField(source="training_set.digest")
    members = serializers.SerializerMethodField(help_text="Names of the ensemble's checkpoints.")
    error = serializers.CharField(source="refusal", help_text="Why it was refused; else empty.")
    job = serializers.SerializerMethodField(help_text="The job that works on it, or did last.")
    segments_done = serializers.SerializerMethodField(help_text="While our jobs fill it.")
    segments_total = serializers.SerializerMethodField(help_text="0 before it is known.")
    created_at = serializers.DateTimeField()
    sealed_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=STATUSES))
    def get_status(self, store: FeatureStore) -> str:
        return status_of(store)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_members(self, store: FeatureStore) -> list[str]:
        return sorted(store.config.get("members", ()))

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_job(self, store: FeatureStore) -> str | None:
        job = job_of(store)
        if job is None:
            return None
        return reverse("api:job", args=[job.pk], request=self.context["request"])

    @extend_schema_field(serializers.IntegerField())
    def get_segments_done(self, store: FeatureStore) -> int:
        return capture_progress(store).done

    @extend_schema_field(serializers.IntegerField())
    def get_segments_total(self, store: FeatureStore) -> int:
        return capture_progress(store).total


class FeatureStoreResource(PlatformResource):
    """What all addresses of a model version's features share."""

    writing = "models"

    def model_version(self, pk: int) -> ModelVersion:
        return get_object_or_404(self.platform.model_versions, pk=pk)

    def document(self, store: FeatureStore) -> dict[str, Any]:
        return dict(FeatureStoreSerializer(store, context={"request": self.request}).data)


class FeatureStores(FeatureStoreResource, GenericAPIView[FeatureStore]):
    """The feature stores of a model version."""

    serializer_class = FeatureStoreSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters

    def stores(self, pk: int) -> QuerySet[FeatureStore]:
        return self.model_version(pk).feature_stores.select_related("training_set")

    @extend_schema(
        operation_id="list_feature_stores",
        summary="List feature stores",
        responses=FeatureStoreSerializer(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        """The feature stores of a model version, newest first: ours and yours."""
        page = self.paginate_queryset(self.stores(pk)) or ()
        return self.get_paginated_response([self.document(store) for store in page])

    @extend_schema(
        operation_id="send_feature_store",
        summary="Send a feature store",
        request=NewFeatureStoreSerializer,
        responses={202: OpenApiResponse(FeatureStoreSerializer, "A job looks into it.")},
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Send the store that you computed of the training set, packed and uploaded.

        A job compares every hash, the tracks with the frozen training set, and looks at all rows;
        then the store is `sealed`, or `refused` with a reason. The same upload again is the same
        store.
        """
        model_version = self.model_version(pk)
        sent = object_of(request, NewFeatureStoreSerializer)
        organisation = self.platform.organisation
        assert organisation is not None  # whose key asks
        store = receive_store(
            model_version,
            sent["upload"],
            tenant=organisation.tenant,
            as_of=timezone.now(),
        )
        return Response(self.document(store), 202)


class Features(FeatureStoreResource):
    """Features of a model version that we compute."""

    @extend_schema(
        operation_id="request_features",
        summary="Have features computed",
        request=WantedFeaturesSerializer,
        responses={202: OpenApiResponse(FeatureStoreSerializer, "Jobs compute it.")},
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Ask us to compute the features of the training set under registered checkpoints.

        They must be of the reference architecture. Asked again, it is the same store; what had
        failed is done again.
        """
        model_version = self.model_version(pk)
        sent = object_of(request, WantedFeaturesSerializer)
        store = request_features_of(model_version, only_last=sent["checkpoints"] == "last")
        return Response(self.document(store), 202)
