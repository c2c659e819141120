"""ETags: a document that has not changed is not sent again, and one that has is not overwritten.

Every document that GET answers has an ETag, the hash of its bytes. `If-None-Match` with it is
answered by 304 without a body; `If-Match` lets a change happen only to the document that the caller
has seen (RFC 9110, 13.1).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.http import HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers, set_response_etag
from django.utils.http import parse_etags
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.problems import Problem, kind

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

HEADER = "If-Match"
CHANGES = ("PUT", "PATCH", "DELETE")
PRECONDITION_FAILED = kind(
    "precondition-failed",
    412,
    "It has changed since you read it",
    "The header If-Match names another version than the one that is there. Read the document "
    "again, decide whether your change still makes sense, and send it with the new ETag.",
)


def check_if_match(request: Request, read: Callable[[], Response] | None) -> None:
    """Refuse a change whose `If-Match` is not the ETag of what is there now.

    Two requests that say `If-Match` for one address wait for one another, so that of two that saw
    the same version one is refused. Needs a transaction.

    Args:
        read: what GET answers at this address; None where there is nothing to read.

    Raises:
        Problem: it has changed.
    """
    sent = request.headers.get(HEADER)
    if sent is None or request.method not in CHANGES or read is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"if-match {request.path}"]
        )
    tags = parse_etags(sent)
    if tags != ["*"] and etag_of(read().data) not in tags:
        raise Problem(PRECONDITION_FAILED, "What is there is not the version that If-Match names.")


def etag_of(content: Any) -> str:
    """The ETag with which GET answers this content, whole."""
    response = HttpResponse(JSONRenderer().render(content))
    set_response_etag(response)
    return str(response["ETag"])


def mark_private(response: "HttpResponseBase") -> None:
    """Tell caches that the answer is for this key alone, and to ask whether it is still true."""
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Authorization"])
