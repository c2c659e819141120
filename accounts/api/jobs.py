"""Jobs: how far the work is that somebody asked for."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import organisation_of
from common.api import parameters
from common.api.pages import NewestFirst
from common.api.resources import Resource
from common.jobs.models import Job

MOST_LETTERS_OF_A_KIND = 100
KIND = {"type": "string", "minLength": 1, "maxLength": MOST_LETTERS_OF_A_KIND}
FAILED = "It failed for a reason on our side; tell us the job's id."


class ProgressSerializer(serializers.Serializer[Job]):
    """How far a job is."""

    done = serializers.IntegerField(source="progress_done", help_text="Of `total`, in its unit.")
    total = serializers.IntegerField(source="progress_total", help_text="0 before it is known.")
    note = serializers.CharField(source="progress_note", help_text="What it does now.")


class JobSerializer(serializers.Serializer[Job]):
    """A job as its owner sees it. Why it failed stands in our log: it may name our machines."""

    id = serializers.UUIDField()
    url = serializers.HyperlinkedIdentityField(view_name="api:job")
    kind = serializers.CharField(help_text="What is done, such as `attribution.attribute`.")
    status = serializers.ChoiceField(choices=Job.Status.choices)
    progress = ProgressSerializer(source="*")
    error = serializers.SerializerMethodField(help_text="What to do, if it failed.")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_error(self, job: Job) -> str | None:
        return FAILED if job.status == Job.Status.FAILED else None


class Jobs(Resource, GenericAPIView[Job]):
    """The jobs of the key's organisation."""

    serializer_class = JobSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"status", "kind"}

    @extend_schema(
        operation_id="list_jobs",
        summary="List jobs",
        parameters=[
            OpenApiParameter("status", str, enum=Job.Status.values),
            OpenApiParameter("kind", KIND, description="Such as `attribution.attribute`."),
        ],
        responses=JobSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """What your requests started, newest first."""
        own = Job.objects.filter(tenant=organisation_of(request).tenant)
        status = parameters.choice(request, "status", Job.Status.values)
        kind = parameters.text(request, "kind", most=MOST_LETTERS_OF_A_KIND)
        if status is not None:
            own = own.filter(status=status)
        if kind is not None:
            own = own.filter(kind=kind)
        context = {"request": request}
        rows = [
            JobSerializer(job, context=context).data for job in self.paginate_queryset(own) or ()
        ]
        return self.get_paginated_response(rows)


class JobResource(Resource):
    """One job."""

    @extend_schema(operation_id="retrieve_job", summary="Look at a job", responses=JobSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """How far a job is that one of your requests started."""
        own = Job.objects.filter(tenant=organisation_of(request).tenant)
        job = get_object_or_404(own, pk=pk)
        return Response(JobSerializer(job, context={"request": request}).data)
