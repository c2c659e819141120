"""Lists in pages, newest first; a page is named by where the last one ended, not by a number.

So nothing is shown twice or skipped while new rows arrive.
"""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.parameters import unusable
from common.api.problems import NOT_FOUND, Problem


class NewestFirst(CursorPagination):
    """Pages by primary key, which grows with time."""

    ordering = "-pk"
    page_size = 20
    max_page_size = 100
    page_size_query_param = "limit"
    page_size_query_description = "How many to send, from 1 to 100; 20 unless told."
    cursor_query_description = "Where to go on: follow `next` and `previous` instead."
    parameters = frozenset({"limit", "cursor"})

    def get_page_size(self, request: Request) -> int:
        text = request.query_params.get("limit", str(self.page_size))
        if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= 100:
            raise unusable("limit", "It must be a whole number from 1 to 100.")
        return int(text)

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            return super().decode_cursor(request)
        except NotFound as error:
            raise _no_such_page() from error

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError) as error:
            raise _no_such_page() from error

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == "limit":
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": 20}
        return parameters

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"data": data, "next": self.get_next_link(), "previous": self.get_previous_link()}
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["data", "next", "previous"],
            "properties": {
                "data": {**schema, "description": "Newest first."},
                "next": {**link, "description": "The page of older ones, if there are any."},
                "previous": {**link, "description": "The page of newer ones, if there are any."},
            },
        }


def _no_such_page() -> Problem:
    detail = "There is no such page; follow next and previous."
    return Problem(NOT_FOUND, detail, errors=[{"field": "cursor", "detail": detail}])
