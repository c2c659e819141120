"""From an exception to the problem document that answers the request. One handler for all."""

import json
import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from rest_framework import exceptions
from rest_framework.request import Request

from common.api import problems
from common.api.problems import Place, Problem, translated, translates

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
ADDRESS = "/api/problems/"  # of a kind's page, before its slug

BY_STATUS = {
    400: problems.BAD_REQUEST,
    401: problems.INVALID_KEY,
    403: problems.FORBIDDEN,
    404: problems.NOT_FOUND,
    405: problems.METHOD_NOT_ALLOWED,
    406: problems.NOT_ACCEPTABLE,
    411: problems.LENGTH_REQUIRED,
    413: problems.TOO_LARGE,
    415: problems.UNSUPPORTED_MEDIA_TYPE,
}


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """The answer to a request whose view raised; DRF's `EXCEPTION_HANDLER`."""
    problem = problem_of(error)
    if problem is None:
        log.error("%s failed", context["request"].path, exc_info=error)
        problem = internal()
    return respond(context["request"], problem)


def problem_of(error: Exception) -> Problem | None:
    """The problem that an exception is; None if it is a fault of ours."""
    return error if isinstance(error, Problem) else translated(error)


def internal() -> Problem:
    return Problem(problems.INTERNAL, "Something failed on our side; nothing was changed.")


def respond(request: HttpRequest | Request, problem: Problem) -> HttpResponse:
    """The problem as a document."""
    document = {
        "type": f"{ADDRESS}{problem.kind.slug}",
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
        "instance": escape_uri_path(request.path),
        "request_id": request_id(request),
    }
    if problem.errors:
        document["errors"] = problem.errors
    response = HttpResponse(
        json.dumps(document), status=problem.kind.status, content_type=CONTENT_TYPE
    )
    if problem.kind is problems.INVALID_KEY:
        response["WWW-Authenticate"] = 'Bearer realm="Tantieme"'
    for name, value in problem.headers.items():
        response[name] = value
    return response


def request_id(request: HttpRequest | Request) -> str:
    """The name of the request in our logs, which it has from outside of the API."""
    return str(getattr(request, "request_id", ""))


@translates(exceptions.APIException)
def _of_framework(error: exceptions.APIException) -> Problem:
    return Problem(BY_STATUS.get(error.status_code, problems.INTERNAL), str(error.detail))


@translates(exceptions.NotAuthenticated)
def _without_key(_error: exceptions.NotAuthenticated) -> Problem:
    return Problem(problems.INVALID_KEY, "Send a key: Authorization: Bearer tantieme_...")


@translates(exceptions.ParseError)
def _unreadable(error: exceptions.ParseError) -> Problem:
    return Problem(problems.UNREADABLE_BODY, str(error.detail))


@translates(exceptions.ValidationError)
def _invalid(error: exceptions.ValidationError) -> Problem:
    places = list(_places(error.detail))
    return Problem(problems.INVALID, _summary(places), errors=places)


@translates(Http404)
def _not_found(_error: Http404) -> Problem:
    return Problem(problems.NOT_FOUND, "There is nothing here, or it is not yours.")


@translates(SuspiciousOperation)
def _suspicious(_error: SuspiciousOperation) -> Problem:
    return Problem(problems.BAD_REQUEST, "The form has too many fields, or larger ones than taken.")


def _places(detail: Any, name: str = "") -> Iterator[Place]:
    """What a form's check found, flat."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _places(value, str(key) if key != "non_field_errors" else "")
    elif isinstance(detail, list):
        for value in detail:
            yield from _places(value, name)
    else:
        yield {"field": name, "detail": str(detail)} if name else {"detail": str(detail)}


def _summary(places: list[Place]) -> str:
    if len(places) != 1:
        return f"{len(places)} things are wrong; errors lists them."
    where = places[0].get("field", "")
    return f"{where}: {places[0]['detail']}" if where else places[0]["detail"]
