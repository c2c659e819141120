"""Nothing under /api/ answers with a page: whatever fails outside a resource is a problem too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common.api.handling import BY_STATUS, CONTENT_TYPE, internal, respond
from common.api.problems import ADDRESS_TOO_LONG, BAD_REQUEST, INTERNAL, NOT_FOUND, Kind, Problem

MOST_LETTERS = 4096  # of an address; the server itself reads twice as many
DETAILS = {
    NOT_FOUND: "There is nothing at this address.",
    BAD_REQUEST: "The request's host, path or headers cannot be used.",
}


class ProblemsUnderApi:
    """Middleware outside of all that may answer a request for the API with a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return self._get_response(request)
        if len(request.get_full_path()) > MOST_LETTERS:
            detail = f"Path and query have more than {MOST_LETTERS:,} letters."
            return respond(request, Problem(ADDRESS_TOO_LONG, detail))
        response = self._get_response(request)
        if response.status_code >= 400 and response.get("Content-Type") != CONTENT_TYPE:
            return respond(request, _problem(request, response.status_code))
        return response


def _problem(request: HttpRequest, status: int) -> Problem:
    kind: Kind = BY_STATUS.get(status, INTERNAL if status >= 500 else BAD_REQUEST)
    if kind is INTERNAL:
        return internal()
    detail = DETAILS.get(kind, f"{kind.title}.")
    if kind is NOT_FOUND and request.path.endswith("/"):
        detail += " Addresses of the API have no slash at their end."
    return Problem(kind, detail)
