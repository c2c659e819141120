"""The log of requests: what a platform's programs asked, and what they were answered."""

import re
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.selectors import Sought, requests_of
from common.api.handling import ADDRESS
from portal.platform.guard import PlatformRequest, for_platforms

REQUESTS_A_PAGE = 50
# How far back one can leaf through; further back is found by a narrower search.
MOST_SHOWN = 2_000
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FILTERS = ("request_id", "status", "method", "path", "key")
STATUS = re.compile(r"[1-5](\d\d|xx)", re.ASCII)


@require_safe
@for_platforms
def requests(request: PlatformRequest) -> HttpResponse:
    """The last requests, or those that were looked for."""
    asked = {name: _asked(request, name) for name in FILTERS}
    is_status = not asked["status"] or STATUS.fullmatch(asked["status"]) is not None
    texts: dict[str, Any] = asked if is_status else {}
    sought = Sought(**texts)
    found = requests_of(request.organisation, sought)
    latest = (found if is_status else found.none()).order_by("-pk")[:MOST_SHOWN]
    context = {
        "page": Paginator(latest, REQUESTS_A_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "is_search": any(asked.values()),
        "is_status": is_status,
        "methods": METHODS,
    }
    return render(request, "portal/requests.html", context)


def _asked(request: PlatformRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()


@require_safe
@for_platforms
def one_request(request: PlatformRequest, pk: UUID) -> HttpResponse:
    """One request: what was asked, from where and with which key, and what was answered."""
    found = get_object_or_404(requests_of(request.organisation, Sought()), pk=pk)
    address = f"{ADDRESS}{found.problem}" if found.problem else ""
    return render(request, "portal/request.html", {"logged": found, "problem": address})
