"""Jobs: how far the work is that somebody asked for."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import organisation_of
from common.api.resources import Resource
from common.jobs.models import Job

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


class JobResource(Resource):
    """One job."""

    @extend_schema(operation_id="retrieve_job", summary="Look at a job", responses=JobSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """How far a job is that one of your requests started."""
        own = Job.objects.filter(tenant=organisation_of(request).tenant)
        job = get_object_or_404(own, pk=pk)
        return Response(JobSerializer(job, context={"request": request}).data)
