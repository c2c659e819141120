"""The queue of exceptions: everything that holds money or waits for a person, to work through."""

from collections import Counter

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.access import OperatorRequest, for_operators
from portal.accountant.troubles import Kind, troubles, waiting

ROWS_A_PAGE = 50


@for_operators
def exceptions(request: OperatorRequest) -> HttpResponse:
    """All kinds or one, what holds most first or the oldest."""
    day = timezone.localdate()
    found = troubles(day)
    counts = Counter(each.kind for each in found)
    kind = request.GET.get("kind", "")
    shown = [each for each in found if kind not in Kind.values or each.kind == kind]
    by_age = request.GET.get("sort") == "age"
    if by_age:
        shown.sort(key=lambda each: each.since or day)
    held: Counter[str] = Counter()
    for each in shown:
        if each.atoms and each.kind != Kind.RELEASE:  # which is among what is held
            held[each.currency] += each.atoms
    page = Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(each, each.age_days(day)) for each in page],
        "kinds": [(each, counts[each]) for each in Kind if counts[each]],
        "kind": kind,
        "by_age": by_age,
        "held": sorted(held.items()),
        "waiting": waiting(day),
    }
    return render(request, "portal/accountant/exceptions.html", context)
