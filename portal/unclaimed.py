"""The public list of what is claimed by nobody: no sign-in, no shares, no amounts, no addresses."""

import csv
from io import StringIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.claims.selectors.unclaimed import MOST_LETTERS, MOST_PAGES, Found, unclaimed
from catalog.models import Right
from common.api.buckets import MICROSECONDS, buckets
from common.api.rates import Rate
from royalty.documents.csv.cells import defused

LOOKS = Rate(60, 60)  # of one address
DOWNLOADS = Rate(5, 60)
MOST_IN_A_FILE = 10_000
COLUMNS = (
    *("right", "ref", "title", "version", "identifier", "collection", "names"),
    *("unclaimed_percent", "unclaimed_since"),
)


@require_safe
def unclaimed_list(request: HttpRequest) -> HttpResponse:
    """What matches, a page at a time; `?format=csv` is the same as a file."""
    asked = request.GET
    is_file = asked.get("format") == "csv"
    wait_seconds = _wait_seconds(request, is_file=is_file)
    if wait_seconds:
        return _too_many(request, wait_seconds)
    known = asked.get("right") in Right.values
    right = Right(asked["right"]) if known else Right.COMPOSITION
    sought = asked.get("q", "").replace("\0", "").strip()[:MOST_LETTERS]
    on = timezone.localdate()
    if is_file:
        return _as_file(unclaimed(right, sought, on=on, a_page=MOST_IN_A_FILE))
    page = _page(asked.get("page", ""))
    context = {
        "right": right,
        "rights": Right.choices,
        "sought": sought,
        "found": unclaimed(right, sought, on=on, page=page),
        "page": page,
        "most_in_a_file": MOST_IN_A_FILE,
    }
    return render(request, "portal/unclaimed.html", context)


def _page(written: str) -> int:
    is_number = written.isdecimal() and len(written) <= len(str(MOST_PAGES))
    return min(max(int(written), 1), MOST_PAGES) if is_number else 1


def _wait_seconds(request: HttpRequest, *, is_file: bool) -> int:
    """How long the address has to wait; 0 if it has not. Files and pages are counted apart."""
    store = buckets(settings.CACHE_URL)
    if store is None:
        return 0
    name = f"unclaimed-{'files' if is_file else 'pages'}:{request.META.get('REMOTE_ADDR', '')}"
    taken = store.take(name, DOWNLOADS if is_file else LOOKS)
    if taken is None or taken.is_allowed:
        return 0
    return -(-taken.wait_microseconds // MICROSECONDS)


def _too_many(request: HttpRequest, wait_seconds: int) -> HttpResponse:
    response = render(request, "portal/unclaimed_wait.html", {"seconds": wait_seconds}, status=429)
    response["Retry-After"] = str(wait_seconds)
    return response


def _as_file(found: Found) -> HttpResponse:
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for each in found.items:
        cells = (each.ref, each.title, each.version, each.identifier, each.collection)
        names = "; ".join(each.names)
        writer.writerow(
            [
                each.right,
                *map(defused, cells),
                defused(names),
                f"{each.unclaimed_ppm / 10_000:g}",
                each.since.isoformat(),
            ]
        )
    disposition = {"Content-Disposition": 'attachment; filename="unclaimed.csv"'}
    return HttpResponse(
        text.getvalue(), content_type="text/csv; charset=utf-8", headers=disposition
    )
