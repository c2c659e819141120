"""The log of requests, for the programs that sent them."""

import re

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import organisation_of
from accounts.selectors import Sought, requests_of
from common.api import parameters
from common.api.handling import ADDRESS
from common.api.models import LoggedRequest
from common.api.pages import NewestFirst
from common.api.problems import NOT_FOUND, Problem
from common.api.resources import Resource

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
STATUS = r"^[1-5](\d\d|xx)$"
REQUEST_ID = r"^[A-Za-z0-9._-]{8,128}$"
MOST_LETTERS_OF_A_PATH = 500


class RequestSerializer(serializers.Serializer[LoggedRequest]):
    """A request and what was answered; never what it contained."""

    request_id = serializers.CharField(help_text="Yours, if you sent `X-Request-ID`.")
    answered_at = serializers.DateTimeField()
    key = serializers.CharField(help_text="The part of the key that is not secret.")
    method = serializers.CharField()
    path = serializers.CharField(help_text="Without the query.")
    status = serializers.IntegerField(min_value=100, max_value=599)
    problem = serializers.SerializerMethodField(help_text="The `type` of the problem, if any.")
    detail = serializers.CharField(help_text="What the problem said; empty without one.")
    milliseconds = serializers.IntegerField(help_text="That it took us.")
    received_bytes = serializers.IntegerField(help_text="Of the body, as its length was stated.")
    idempotency_key = serializers.CharField(help_text="Empty without one.")
    is_replay = serializers.BooleanField(help_text="Whether an earlier answer was sent again.")
    address = serializers.IPAddressField(allow_null=True, help_text="Where it came from.")
    user_agent = serializers.CharField()

    def get_problem(self, request: LoggedRequest) -> str | None:
        return f"{ADDRESS}{request.problem}" if request.problem else None


FILTERS = [
    OpenApiParameter("request_id", {"type": "string", "pattern": REQUEST_ID}),
    OpenApiParameter(
        "status",
        {"type": "string", "pattern": STATUS},
        description="One such as `404`, or all that begin alike, such as `4xx`.",
    ),
    OpenApiParameter("method", str, enum=METHODS),
    OpenApiParameter(
        "path",
        {"type": "string", "minLength": 1, "maxLength": MOST_LETTERS_OF_A_PATH},
        description="How the path begins, such as `/api/v1/usage`.",
    ),
    OpenApiParameter(
        "key",
        {"type": "string", "minLength": 1, "maxLength": 32},
        description="A key's prefix, such as `tantieme_live_a1B2c3D4e5F6`.",
    ),
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="Answered then or later."),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="Answered before."),
]


class Requests(Resource, GenericAPIView[LoggedRequest]):
    """The requests of the key's organisation."""

    serializer_class = RequestSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {filter.name for filter in FILTERS}

    @extend_schema(
        operation_id="list_requests",
        summary="Search the log of requests",
        parameters=FILTERS,
        responses=RequestSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """What your programs asked in the last thirty days, newest first, with any of your keys;
        also what was refused because a key of yours has ended or was used too often."""
        found = requests_of(organisation_of(request), _sought(request))
        rows = [RequestSerializer(row).data for row in self.paginate_queryset(found) or ()]
        return self.get_paginated_response(rows)


class OneRequest(Resource):
    """One request of the key's organisation."""

    @extend_schema(
        operation_id="retrieve_request",
        summary="Look up a request",
        parameters=[
            OpenApiParameter(
                "request_id", {"type": "string", "pattern": REQUEST_ID}, OpenApiParameter.PATH
            )
        ],
        responses=RequestSerializer,
    )
    def get(self, request: Request, request_id: str) -> Response:
        """The request with this id; the last one, if you sent an id of yours more than once."""
        sought = Sought(request_id=request_id.replace("\0", ""))
        found = requests_of(organisation_of(request), sought).order_by("-pk").first()
        if found is None or not request_id:
            raise Problem(NOT_FOUND, "No request of yours in the last thirty days had this id.")
        return Response(RequestSerializer(found).data)


def _sought(request: Request) -> Sought:
    return Sought(
        request_id=_like(request, "request_id", REQUEST_ID, "an id of a request"),
        status=_like(request, "status", STATUS, "a status such as 404, or 4xx"),
        method=parameters.choice(request, "method", METHODS) or "",
        path=parameters.text(request, "path", most=MOST_LETTERS_OF_A_PATH) or "",
        key=parameters.text(request, "key", most=32) or "",
        since=parameters.moment(request, "since"),
        until=parameters.moment(request, "until"),
    )


def _like(request: Request, name: str, pattern: str, what: str) -> str:
    value = request.query_params.get(name)
    if value is not None and not re.fullmatch(pattern, value, re.ASCII):
        raise parameters.unusable(name, f"It must be {what}.")
    return value or ""
