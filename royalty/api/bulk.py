"""Files of uses and of revenue that were uploaded: taken in by a job, with a result by line."""

import json
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import organisation_of
from catalog.api.platforms import PlatformResource
from common.api.idempotency import idempotent
from common.api.objects import faulty, object_of
from common.api.pages import NewestFirst
from common.api.parameters import between, choice, since_and_until
from common.api.problems import CONFLICT, Problem
from common.uploads.models import Upload
from common.uploads.purposes import Purpose
from common.uploads.refusals import UploadRefused
from common.uploads.services import take
from royalty.api.sent_files import STATUSES, HandedInSerializer, IntakeFileSerializer
from royalty.models import EventKind, FileFormat, SentFile
from royalty.selectors.sent_files import Status, in_status, sent_files
from royalty.services.intake.bulk import HandingInRefused, hand_in
from royalty.services.intake.formats import format_of_name

DESCRIPTION = (
    "Take in a file that was uploaded for this purpose (`POST /api/v1/uploads`) and completed: "
    "NDJSON, CSV or, for usage, a DSR, each of at most 4 GiB and 20 million lines, packed with "
    "gzip or not. A job does it: look at the answer's `url` until its `status` is `taken`, "
    "`refused` or `failed`. As a body, everything of it is taken or nothing, unless `mode` is "
    "`good_lines`: then faulty lines are left out. `result_url` tells all faults by line. "
    "The same upload again is the file that is there already (200)."
)
BY_MEDIA_TYPE = {
    "application/x-ndjson": FileFormat.NDJSON,
    "text/csv": FileFormat.CSV,
    "text/tab-separated-values": FileFormat.DSR,
}
EXAMPLE = {"upload": "01a201d9-c1e9-77df-b02a-87e72f09d037", "format": "ndjson", "result": "all"}


class Packed(BaseRenderer):
    """What a result is: a gzip file. It is streamed, so that nothing is rendered."""

    media_type = "application/gzip"
    format = "gz"

    def render(self, data: Any, *_: Any, **__: Any) -> bytes:
        return json.dumps(data).encode()


class HandingIn(PlatformResource):
    """What files of both kinds share."""

    def hand_in(self, request: Request, kind: EventKind, purpose: Purpose) -> Response:
        """Ask for an upload to be taken in.

        Raises:
            Problem: something in the request is wrong, or contradicts what was asked before.
        """
        said = object_of(request, HandedInSerializer)
        tenant = organisation_of(request).tenant
        try:
            upload = take(said["upload"], purpose, tenant=tenant)
            sent = hand_in(
                platform=self.platform,
                kind=kind,
                upload=upload,
                form=said.get("format") or _form_of(upload),
                is_late=said["late"],
                mode=said["mode"],
                result_lines=said["result"],
            )
        except UploadRefused as refusal:
            sent = self._handed_in_before(kind, said, refusal)
            return self._answer(request, sent, 200)
        except HandingInRefused as refusal:
            raise faulty([{"pointer": f"/{refusal.field}", "detail": str(refusal)}]) from refusal
        return self._answer(request, sent, 202)

    def _handed_in_before(
        self, kind: EventKind, said: dict[str, Any], refusal: UploadRefused
    ) -> SentFile:
        """The file that the upload is already, asked for in the same way."""
        sent = sent_files(self.platform).filter(upload=said["upload"], kind=kind).last()
        if sent is None:
            raise faulty([{"pointer": "/upload", "detail": str(refusal)}]) from refusal
        asked = (said.get("format", sent.format), said["late"], said["mode"], said["result"])
        if asked != (sent.format, sent.is_late, sent.mode, sent.result_lines):
            raise Problem(
                CONFLICT, f"The upload is being taken in otherwise, as {sent.pk}."
            ) from refusal
        return sent

    def _answer(self, request: Request, sent: SentFile, status: int) -> Response:
        document = IntakeFileSerializer(sent, context={"request": request}).data
        return Response(document, status, headers={"Location": document["url"]})


RESPONSES = {
    202: OpenApiResponse(IntakeFileSerializer, "A job takes it in."),
    200: OpenApiResponse(IntakeFileSerializer, "It was asked for before."),
}
EXAMPLES = [OpenApiExample("An upload", EXAMPLE, request_only=True)]


class UsageFiles(HandingIn):
    """Files of uses."""

    @extend_schema(
        operation_id="send_usage_file",
        summary="Report usage by a file",
        description=DESCRIPTION,
        request=HandedInSerializer,
        responses=RESPONSES,
        examples=EXAMPLES,
        tags=["usage"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        return self.hand_in(request, EventKind.USAGE, Purpose.USAGE)


class RevenueFiles(HandingIn):
    """Files of revenue."""

    @extend_schema(
        operation_id="send_revenue_file",
        summary="Report revenue by a file",
        description=DESCRIPTION,
        request=HandedInSerializer,
        responses=RESPONSES,
        examples=EXAMPLES,
        tags=["revenue"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        return self.hand_in(request, EventKind.REVENUE, Purpose.REVENUE)


class IntakeFiles(PlatformResource, GenericAPIView[SentFile]):
    """All that the platform sent."""

    serializer_class = IntakeFileSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"kind", "status", "received_since", "received_until"}

    @extend_schema(
        operation_id="list_intake_files",
        summary="List what was sent",
        parameters=[
            OpenApiParameter("kind", str, enum=EventKind.values),
            OpenApiParameter("status", str, enum=[status.value for status, _ in STATUSES]),
            *since_and_until("received", "Received"),
        ],
        responses=IntakeFileSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Uses and revenue that you sent, newest first: uploaded files, and bodies of requests
        that were taken. A body that was refused is not listed, since its answer said so."""
        found = sent_files(self.platform).filter(**between(request, "received", "received_at"))
        kind = choice(request, "kind", EventKind.values)
        status = choice(request, "status", [status.value for status in Status])
        if kind is not None:
            found = found.filter(kind=kind)
        if status is not None:
            found = found.filter(in_status(Status(status)))
        page = self.paginate_queryset(found) or ()
        context = {"request": request}
        return self.get_paginated_response(
            [IntakeFileSerializer(sent, context=context).data for sent in page]
        )


class OneIntakeFile(PlatformResource):
    """One of them."""

    @extend_schema(
        operation_id="retrieve_intake_file",
        summary="Look at what was sent",
        responses=IntakeFileSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """How far a file is, how many of its events count, and what is wrong with it."""
        sent = get_object_or_404(sent_files(self.platform), pk=pk)
        return Response(IntakeFileSerializer(sent, context={"request": request}).data)


class IntakeFileResult(PlatformResource):
    """What became of each line."""

    renderer_classes = (JSONRenderer, Packed)

    @extend_schema(
        operation_id="download_intake_result",
        summary="Download the result by line",
        responses={(200, Packed.media_type): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: UUID) -> FileResponse:
        """NDJSON, packed with gzip: for each line `line`, `event_id`, `outcome` (`new`, `known`
        or `refused`) and, if it was refused, `errors` with `field` and `detail`.

        It lists refused lines, or all if `result` was `all`; of a file that is refused as a whole
        the faulty ones. It is not found before the file is finished, nor where nothing was wrong
        and only refused lines were asked for.
        """
        sent = get_object_or_404(sent_files(self.platform), pk=pk)
        if not sent.result_name:
            raise Http404
        return FileResponse(
            default_storage.open(sent.result_name),
            as_attachment=True,
            filename=f"intake-{sent.pk}.ndjson.gz",
            content_type=Packed.media_type,
        )


def _form_of(upload: Upload) -> FileFormat:
    """What the upload's media type or file name says."""
    known = BY_MEDIA_TYPE.get(upload.media_type)
    return format_of_name(upload.file_name) if known is None else known
