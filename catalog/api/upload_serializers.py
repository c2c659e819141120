"""What uploads look like in JSON."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from common.api.objects import Sent, Text
from common.uploads.models import Upload, UploadPart
from common.uploads.purposes import LARGEST_BYTES, Purpose

SHA256 = r"^[0-9a-f]{64}$"


class NewUploadSerializer(Sent):
    """A file that is to come."""

    purpose = serializers.ChoiceField(choices=Purpose.choices, help_text="What it will be used as.")
    size_bytes = serializers.IntegerField(min_value=1, max_value=LARGEST_BYTES)
    sha256 = Text(SHA256, help_text="Of the whole file, in hexadecimal.")
    file_name = Text(
        r"^[^\x00-\x1f\x7f/\\]{1,255}$", required=False, help_text="Yours; it is only shown."
    )
    media_type = Text(r"^[a-z0-9][a-z0-9.+-]{0,48}/[a-z0-9][a-z0-9.+-]{0,48}$", required=False)


class UploadSerializer(serializers.Serializer[Upload]):
    """A file that comes in parts."""

    id = serializers.UUIDField(help_text="What to send as `upload` where the file is used.")
    url = serializers.HyperlinkedIdentityField(view_name="api:upload")
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    status = serializers.ChoiceField(choices=Upload.Status.choices)
    size_bytes = serializers.IntegerField()
    sha256 = serializers.RegexField(SHA256)
    file_name = serializers.CharField(help_text="Yours; empty if you sent none.")
    media_type = serializers.CharField(help_text="Empty if you sent none.")
    part_bytes = serializers.IntegerField(help_text="Of every part but the last.")
    part_count = serializers.IntegerField(help_text="Parts are numbered from 1 to this.")
    received_count = serializers.SerializerMethodField(help_text="How many parts are here.")
    error = serializers.CharField(help_text="What is wrong if it failed; else empty.")
    job = serializers.SerializerMethodField(help_text="The job that verifies a large file.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="When it goes if nothing is made of it.")

    @extend_schema_field(serializers.IntegerField())
    def get_received_count(self, upload: Upload) -> int:
        return int(getattr(upload, "received_count", 0))

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_job(self, upload: Upload) -> str | None:
        if upload.job_id is None:
            return None
        return reverse("api:job", args=[upload.job_id], request=self.context["request"])


class OneUploadSerializer(UploadSerializer):
    """A file that comes in parts, with the parts that are here."""

    received_parts = serializers.SerializerMethodField(
        help_text="Numbers of the parts that are here; send the others."
    )

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField(min_value=1)))
    def get_received_parts(self, upload: Upload) -> list[int]:
        return list(upload.parts.order_by("number").values_list("number", flat=True))


class UploadPartSerializer(serializers.Serializer[UploadPart]):
    """A part that is here."""

    number = serializers.IntegerField()
    sha256 = serializers.RegexField(SHA256, help_text="Of what arrived.")
    created_at = serializers.DateTimeField()
