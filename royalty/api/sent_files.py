"""Files that are handed in, in JSON: how to take them, and what became of their lines."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from common.api.objects import Sent
from royalty.models import EventKind, FaultyLines, FileFormat, ResultLines, SentFile
from royalty.selectors.sent_files import Status, status_of

STATUSES = [
    (Status.QUEUED, "a job will read it"),
    (Status.RUNNING, "a job reads it; see `job` for how far it is"),
    (Status.TAKEN, "its events count"),
    (Status.REFUSED, "nothing of it counts; see `errors`"),
    (Status.FAILED, "for a reason on our side; nothing of it counts"),
]
MODES = [
    (FaultyLines.REFUSE_FILE, "one faulty line, and nothing is taken"),
    (FaultyLines.LEAVE_OUT, "faulty lines are left out, and told of"),
]
RESULT_LINES = [
    (ResultLines.REFUSED, "the result tells of refused lines"),
    (ResultLines.EVERY, "the result tells of every line"),
]


class HandedInSerializer(Sent):
    """A sealed upload, and how to take it in."""

    upload = serializers.UUIDField(help_text="The id of the completed upload.")
    format = serializers.ChoiceField(
        choices=FileFormat.choices,
        required=False,
        help_text="How it is written. Without it the upload's media type or file name tells: "
        "`.csv`, `.tsv` for a DSR, each also with `.gz`; else it is NDJSON.",
    )
    late = serializers.BooleanField(
        default=False, help_text="Keep events of closed periods too, until those are restated."
    )
    mode = serializers.ChoiceField(choices=MODES, default=FaultyLines.REFUSE_FILE)
    result = serializers.ChoiceField(choices=RESULT_LINES, default=ResultLines.REFUSED)


class FaultSerializer(serializers.Serializer[Any]):
    """One thing that is wrong; without a line it is about the file as a whole."""

    line = serializers.IntegerField(required=False, min_value=1, help_text="Counted from 1.")
    field = serializers.CharField(required=False, help_text="Of the line.")
    detail = serializers.CharField(help_text="What is wrong, and what to do.")


class IntakeFileSerializer(serializers.Serializer[SentFile]):
    """Events that were sent at once, and what became of them."""

    id = serializers.UUIDField()
    url = serializers.HyperlinkedIdentityField(view_name="api:intake-file")
    kind = serializers.ChoiceField(choices=EventKind.choices)
    name = serializers.CharField(help_text="The file's name, or the request's.")
    format = serializers.ChoiceField(choices=FileFormat.choices)
    late = serializers.BooleanField(source="is_late")
    mode = serializers.ChoiceField(choices=MODES)
    result = serializers.ChoiceField(source="result_lines", choices=RESULT_LINES)
    status = serializers.SerializerMethodField(help_text="How far it is.")
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of the bytes as we read them.")
    events = serializers.IntegerField(
        source="line_count", allow_null=True, help_text="How many lines it has, once it is taken."
    )
    new = serializers.IntegerField(
        source="new_count", allow_null=True, help_text="How many count from now on."
    )
    known = serializers.IntegerField(
        source="known_count", allow_null=True, help_text="How many had counted before."
    )
    refused = serializers.IntegerField(
        source="refused_count", allow_null=True, help_text="How many lines are faulty."
    )
    error_count = serializers.IntegerField(help_text="How many things are wrong.")
    errors = FaultSerializer(  # type: ignore[assignment]
        many=True, help_text="The first hundred of them."
    )
    upload = serializers.UUIDField(allow_null=True, help_text="The upload that it was, if it was.")
    job = serializers.SerializerMethodField(help_text="The job that reads it, if there is.")
    result_url = serializers.SerializerMethodField(help_text="The result by line, if there is.")
    received_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=STATUSES))
    def get_status(self, sent: SentFile) -> str:
        return status_of(sent)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_job(self, sent: SentFile) -> str | None:
        if sent.job_id is None:
            return None
        return reverse("api:job", args=[sent.job_id], request=self.context["request"])

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_result_url(self, sent: SentFile) -> str | None:
        if not sent.result_name:
            return None
        return reverse("api:intake-file-result", args=[sent.pk], request=self.context["request"])
