"""What only a sandbox has: a clock that can be moved, and a look at what rights holders are told.

Where money is real these addresses do not exist (404).
"""

import re
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.api.jobs import JobSerializer
from catalog.api.platforms import PlatformResource
from catalog.models import Platform
from catalog.services.clock import ClockError, now_for
from common.api import parameters
from common.api.idempotency import idempotent
from common.api.objects import Sent, object_of
from common.api.pages import NewestFirst
from common.api.problems import CONFLICT, Problem, translates
from common.database import tenancy
from royalty.api.money import AmountField
from royalty.models import DocumentKind, Statement
from royalty.selectors.documents import DocumentPendingError, document_of, files_of
from royalty.services.sandbox import request_advance

PERIOD = "period"
PERIOD_SCHEMA = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
NOT_LIVE = "This is no sandbox."


@translates(ClockError)
def _not_so(refusal: ClockError) -> Problem:
    return Problem(CONFLICT, str(refusal))


class SandboxResource(PlatformResource):
    """A resource that is there in a sandbox alone."""

    reading = "money"
    writing = "money"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not settings.IS_SANDBOX:
            raise Http404(NOT_LIVE)


class ClockSerializer(serializers.Serializer[Any]):
    """What time it is for you. The clock runs; moving it on is all that can be done to it."""

    now = serializers.DateTimeField()


class NewTimeSerializer(Sent):
    """To when the clock is moved."""

    advance_to = serializers.DateTimeField(
        help_text="With a time zone; later than now, by a year at most."
    )


class Clock(SandboxResource):
    """The platform's clock."""

    @extend_schema(
        operation_id="read_sandbox_clock",
        summary="Read the sandbox's clock",
        responses={200: ClockSerializer, 404: OpenApiResponse(description=NOT_LIVE)},
    )
    def get(self, _request: Request) -> Response:
        """What time it is for you in a sandbox: the real time until you move it on."""
        return Response(ClockSerializer({"now": now_for(self.platform)}).data)

    @extend_schema(
        operation_id="advance_sandbox_clock",
        summary="Move the sandbox's clock on",
        request=NewTimeSerializer,
        responses={
            202: OpenApiResponse(JobSerializer, "A worker moves it; the job says when it is done."),
            404: OpenApiResponse(description=NOT_LIVE),
        },
        examples=[
            OpenApiExample(
                "To the next month", {"advance_to": "2026-12-01T00:00:00Z"}, request_only=True
            )
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Move your clock on. On the way every period that falls due is computed, reviewed by a
        second simulated operator, closed, its statements published, and invoiced; you are told by
        webhooks as in earnest. Other platforms' clocks stay as they are."""
        sent = object_of(request, NewTimeSerializer)
        job = request_advance(platform=self.platform, to=sent["advance_to"])
        document = JobSerializer(job, context={"request": request}).data
        return Response(document, 202, headers={"Location": document["url"]})


class StatementDocumentSerializer(serializers.Serializer[Any]):
    """A statement in one form."""

    kind = serializers.ChoiceField(DocumentKind.choices)
    url = serializers.URLField()


class SandboxStatementSerializer(serializers.Serializer[Statement]):
    """What a rights holder of the sandbox is told about a period of yours."""

    id = serializers.IntegerField()
    period = serializers.IntegerField(source="period_id")
    party = serializers.CharField(source="party.name")
    version = serializers.IntegerField()
    currency = serializers.CharField()
    opening = AmountField("opening_atoms")
    earned = AmountField("earned_atoms")
    closing = AmountField("closing_atoms")
    documents = serializers.SerializerMethodField()

    @extend_schema_field(StatementDocumentSerializer(many=True))
    def get_documents(self, statement: Statement) -> list[dict[str, str]]:
        request = self.context["request"]
        return [
            {
                "kind": file.kind,
                "url": reverse(
                    "api:sandbox-document", args=[statement.pk, file.kind], request=request
                ),
            }
            for file in files_of(statement)
        ]


class SandboxStatements(SandboxResource, GenericAPIView[Statement]):
    """What rights holders are told."""

    serializer_class = SandboxStatementSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {PERIOD}

    @extend_schema(
        operation_id="list_sandbox_statements",
        summary="List the sandbox's statements",
        parameters=[
            OpenApiParameter(
                PERIOD,
                {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
                description="Only this period's.",
            )
        ],
        responses={
            200: SandboxStatementSerializer(many=True),
            404: OpenApiResponse(description=NOT_LIVE),
        },
    )
    def get(self, request: Request) -> Response:
        """What the sandbox's rights holders are told of your periods, newest first. Where money is
        real this is theirs alone to know."""
        with tenancy.acting_as(tenancy.SYSTEM):
            found = published_under(self.platform)
            period = _period(request)
            if period is not None:
                found = found.filter(period=period)
            page, context = self.paginate_queryset(found) or (), {"request": request}
            rows = [SandboxStatementSerializer(each, context=context).data for each in page]
        return self.get_paginated_response(rows)


class AnyKind(BaseRenderer):
    """Whatever the address is of: a document says itself what it is."""

    media_type = "*/*"
    format = "document"


class SandboxDocument(SandboxResource):
    """A statement's document."""

    renderer_classes = (AnyKind,)

    @extend_schema(
        operation_id="retrieve_sandbox_document",
        summary="Get a sandbox's statement as a document",
        parameters=[OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=DocumentKind.values)],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, _request: Request, pk: int, kind: str) -> HttpResponse:
        """A statement as its rights holder gets it: the very file that was issued."""
        if kind not in DocumentKind.values:
            raise Http404(f"A statement is one of {', '.join(DocumentKind.values)}.")
        with tenancy.acting_as(tenancy.SYSTEM):
            statement = get_object_or_404(published_under(self.platform), pk=pk)
            try:
                document = document_of(statement, kind)
            except DocumentPendingError as error:
                raise Http404(str(error)) from error
        name = f'attachment; filename="{document.name}"'
        headers = {"Content-Disposition": name}
        return HttpResponse(document.content, content_type=document.media_type, headers=headers)


def published_under(platform: Platform) -> QuerySet[Statement]:
    """Published statements under a platform's contracts."""
    found = Statement.objects.filter(period__contract__platform=platform, publication__isnull=False)
    return found.select_related("party", "period__contract")


def _period(request: Request) -> int | None:
    """The id that the query says. Raises Problem where it is none."""
    said = request.query_params.get(PERIOD)
    if said is not None and not re.fullmatch(r"[1-9]\d{0,17}", said, re.ASCII):
        raise parameters.unusable(PERIOD, "It must be a period's id, a whole number.")
    return None if said is None else int(said)
