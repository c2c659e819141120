"""Uses and revenue: one event as JSON, or many as lines; whole or not at all."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.platforms import PlatformResource
from catalog.services.clock import now_for
from common.api.bodies import NDJSON_BYTES, Lines, ManyLines, ManyRecords, ManyRows, OneObject
from common.api.handling import request_id
from common.api.idempotency import idempotent
from common.api.problems import (
    INVALID,
    UNSUPPORTED_MEDIA_TYPE,
    Place,
    Problem,
    kind,
    translates,
)
from royalty.api.events import (
    OUTPUT,
    SUBSCRIPTION,
    TRAINING,
    USAGE,
    RevenueSerializer,
    UsageSerializer,
)
from royalty.api.sent_files import IntakeFileSerializer
from royalty.models import EventKind, FileFormat
from royalty.services import intake

DESCRIPTION = (
    "One event as a JSON object, or many as NDJSON (one object a line) or CSV (the same fields as "
    "columns under a header), at most 32 MiB; larger files are uploaded. "
    "Everything is taken in or nothing: with any fault nothing changes, and `errors` lists the "
    "first hundred faults by field or line. An `event_id` counts once: the same event again is "
    "`known`, with another content it is refused. What was reported wrongly is corrected by "
    "another event, which names it in `corrects`, says the same service and day, and replaces it; "
    "of several the last one counts. Events of a closed period are refused, unless you say that "
    "they are late: then they are kept, and paid for once the period is restated. What is dated "
    "more than 24 hours ahead of our clock is refused."
)
DSR = (
    " Usage also comes as a DDEX DSR flat file (Basic Audio Profile), whose MessageId counts once."
)
PARSERS = (OneObject, ManyLines, ManyRows)
LINES = [parser.media_type for parser in PARSERS]
FORMATS = {
    OneObject.media_type: FileFormat.NDJSON,
    ManyLines.media_type: FileFormat.NDJSON,
    ManyRows.media_type: FileFormat.CSV,
    ManyRecords.media_type: FileFormat.DSR,
}
GZIP = b"\x1f\x8b"
MOST_WAIT_SECONDS = 5
BUSY = kind(
    "intake-busy",
    409,
    "Another file of yours is being counted",
    "Events of one platform are counted one file at a time. Send the same again after the seconds "
    "in Retry-After; nothing of it was taken.",
)
LATE = "late"
LATE_PARAMETER = OpenApiParameter(
    LATE, bool, description="Keep events of closed periods too, until the periods are restated."
)


RESPONSES = {
    201: OpenApiResponse(IntakeFileSerializer, "Everything was taken in."),
    200: OpenApiResponse(IntakeFileSerializer, "The very same had been taken in before."),
}


def _example(name: str, event: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, event, request_only=True, media_type=OneObject.media_type)


class Intake(PlatformResource):
    """What both kinds of events share."""

    parser_classes: tuple[type[BaseParser], ...] = PARSERS
    most_bytes = NDJSON_BYTES
    parameters = frozenset({LATE})

    def take_in(self, kind: EventKind, request: Request) -> Response:
        """Take in what was sent.

        Raises:
            Problem: there is any fault in it; nothing changed.
        """
        sent = request.data
        if not isinstance(sent, Lines):  # a request without a body is not even parsed
            raise Problem(INVALID, "The body is empty; send an event.")
        _refuse_packed(sent)
        take = intake.take_usage if kind is EventKind.USAGE else intake.take_revenue
        try:
            report = take(
                platform=self.platform,
                source=sent.stream,
                name=f"request {request_id(request)}",
                is_late=_is_late(request),
                form=FORMATS[sent.media_type],
                now=now_for(self.platform),
                most_wait_seconds=MOST_WAIT_SECONDS,
            )
        except intake.IntakeRefused as refusal:
            raise _problem(refusal, sent) from refusal
        document = IntakeFileSerializer(report.sent, context={"request": request}).data
        status = 200 if report.was_taken_before else 201
        return Response(document, status, headers={"Location": document["url"]})


class Usage(Intake):
    """Uses of pieces."""

    parser_classes = (*PARSERS, ManyRecords)

    @extend_schema(
        operation_id="send_usage",
        summary="Report usage",
        description=DESCRIPTION + DSR,
        parameters=[LATE_PARAMETER],
        request=dict.fromkeys(LINES, UsageSerializer) | {ManyRecords.media_type: OpenApiTypes.STR},
        responses=RESPONSES,
        examples=[_example("A use", USAGE)],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        return self.take_in(EventKind.USAGE, request)


class Revenue(Intake):
    """What the platform earned."""

    @extend_schema(
        operation_id="send_revenue",
        summary="Report revenue",
        description=DESCRIPTION,
        parameters=[LATE_PARAMETER],
        request=dict.fromkeys(LINES, RevenueSerializer),
        responses=RESPONSES,
        examples=[
            _example("A subscription", SUBSCRIPTION),
            _example("A sale", OUTPUT),
            _example("A training fee", TRAINING),
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        return self.take_in(EventKind.REVENUE, request)


@translates(intake.IntakeBusy)
def _busy(busy: intake.IntakeBusy) -> Problem:
    return Problem(BUSY, str(busy), headers={"Retry-After": str(MOST_WAIT_SECONDS)})


def _refuse_packed(sent: Lines) -> None:
    """A small body must not unpack to a large one while its sender waits."""
    begin = sent.stream.read(len(GZIP))
    sent.stream.seek(0)
    if begin == GZIP:
        raise Problem(UNSUPPORTED_MEDIA_TYPE, "Send the body unpacked, or upload the packed file.")


def _is_late(request: Request) -> bool:
    """What the query says. Raises Problem where it is neither true nor false."""
    said = request.query_params.get(LATE, "false")
    if said not in ("true", "false"):
        detail = "It must be true or false."
        raise Problem(INVALID, f"late: {detail}", errors=[{"field": LATE, "detail": detail}])
    return said == "true"


def _problem(refusal: intake.IntakeRefused, sent: Lines) -> Problem:
    more = refusal.total - len(refusal.faults)
    detail = (
        str(refusal.faults[0].message)
        if refusal.total == 1
        else (
            f"{refusal.total} things are wrong; nothing was taken."
            + (f" The first {len(refusal.faults)} are listed." if more else "")
        )
    )
    errors = [_place(fault, sent.is_single) for fault in refusal.faults]
    return Problem(INVALID, detail, errors=errors)


def _place(fault: intake.Fault, is_single: bool) -> Place:
    """Where a fault is: in a single object a JSON pointer (RFC 6901), in a file a line."""
    if is_single:
        escaped = fault.field.replace("~", "~0").replace("/", "~1")
        return {"pointer": f"/{escaped}" if escaped else "", "detail": fault.message}
    place: Place = {"detail": fault.message}
    if fault.line:
        place["line"] = fault.line
    if fault.field:
        place["field"] = fault.field
    return place
