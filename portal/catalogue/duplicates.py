"""The queue of what may be in the catalogue twice, a pair side by side, and the merges.

A decision is shown with what it does to money before it is taken.
"""

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Act
from catalog.duplicates import sound
from catalog.duplicates.models import Candidate, Kind, Status, Subject
from catalog.duplicates.rights import differing_rights
from catalog.duplicates.selectors import (
    merges,
    queue,
    sentences,
    shared_training_sets,
)
from catalog.duplicates.services import deciding
from catalog.duplicates.services.deciding import DecisionRefused
from catalog.duplicates.services.merging import MergeRefused, unmerge
from catalog.models import Track
from portal.access import OperatorRequest, for_operators, operators_may_post, who_may
from portal.catalogue.pairs import described, drawn, recorded

ROWS_A_PAGE = 50
SCORES = {
    "950000": gettext_lazy("95 % and more"),
    "800000": gettext_lazy("80 % and more"),
    "650000": gettext_lazy("65 % and more"),
}
DECISIONS = ("same", "versions", "distinct")
LONGEST_REASON = 500


@for_operators
def duplicates(request: OperatorRequest) -> HttpResponse:
    """Pairs that wait for a decision, or those that were decided."""
    asked = {
        name: request.GET.get(name, "") if request.GET.get(name, "") in allowed else ""
        for name, allowed in (
            ("subject", Subject.values),
            ("kind", Kind.values),
            ("status", Status.values),
            ("score", list(SCORES)),
        )
    }
    rows = queue(
        subject=asked["subject"],
        kind=asked["kind"],
        status=asked["status"] or Status.OPEN,
        least_ppm=int(asked["score"] or 0),
    )
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": page,
        "rows": [(row, sentences(row)) for row in page],
        "subjects": Subject.choices,
        "kinds": Kind.choices,
        "statuses": Status.choices,
        "scores": SCORES,
        "is_narrowed": any(asked.values()),
        "no_sound": "" if sound.is_available() else sound.NOT_AVAILABLE,
    }
    return render(request, "portal/catalogue/duplicates.html", context)


@for_operators
def duplicate(request: OperatorRequest, pk: int) -> HttpResponse:
    """A pair side by side, with its evidence to look at and to hear."""
    return _pair_page(request, _candidate(pk))


@operators_may_post
@who_may(Act.RIGHTS)
def decide(request: OperatorRequest, pk: int) -> HttpResponse:
    """Take a decision; the first time it is said what follows from it."""
    candidate = _candidate(pk)
    said = {
        "decision": request.POST.get("decision", ""),
        "chosen": request.POST.get("chosen", ""),
        "reason": request.POST.get("reason", "").strip()[:LONGEST_REASON],
    }
    if said["decision"] not in DECISIONS or not said["reason"]:
        return _pair_page(request, candidate, said, _("Choose a decision and say why."), status=422)
    if request.POST.get("confirmed") != "yes":
        return _confirm_page(request, candidate, said)
    try:
        _take(request, candidate, said)
    except (DecisionRefused, MergeRefused) as refusal:
        return _confirm_page(request, candidate, said, str(refusal), status=422)
    messages.success(request, _("The decision is taken. A merge can be undone under Merges."))
    return redirect("catalogue:duplicates")


@for_operators
def duplicate_merges(request: OperatorRequest) -> HttpResponse:
    """What was put together, and what of it was undone."""
    page = Paginator(merges(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/catalogue/duplicate_merges.html", {"page": page})


@for_operators
def duplicate_merge(request: OperatorRequest, pk: int) -> HttpResponse:
    """One merge, and the form to undo it."""
    made = get_object_or_404(merges(), pk=pk)
    return render(request, "portal/catalogue/duplicate_merge.html", {"made": made})


@operators_may_post
@who_may(Act.RIGHTS)
def undo(request: OperatorRequest, pk: int) -> HttpResponse:
    """Take a merge back."""
    made = get_object_or_404(merges(), pk=pk)
    try:
        unmerge(made, by=_person(request), reason=request.POST.get("reason", "")[:LONGEST_REASON])
    except MergeRefused as refusal:
        context = {"made": made, "refusal": str(refusal)}
        return render(request, "portal/catalogue/duplicate_merge.html", context, status=422)
    messages.success(request, _("The merge is undone; both are there again as they were."))
    return redirect("catalogue:duplicate-merges")


def _candidate(pk: int) -> Candidate:
    related = [f"{side}_{each}" for side in ("first", "second") for each in Subject.values]
    return get_object_or_404(Candidate.objects.select_related(*related, "decided_by"), pk=pk)


def _take(request: OperatorRequest, candidate: Candidate, said: dict[str, str]) -> None:
    by, reason = _person(request), said["reason"]
    chosen = int(said["chosen"]) if said["chosen"].isdecimal() else 0
    if said["decision"] == "same":
        accepted = request.POST.get("survivors_shares_count") == "yes"
        deciding.same(candidate, chosen, by=by, reason=reason, survivors_shares_count=accepted)
    elif said["decision"] == "versions":
        deciding.versions(candidate, chosen, by=by, reason=reason)
    else:
        deciding.distinct(candidate, by=by, reason=reason)


def _person(request: OperatorRequest) -> User:
    return cast(User, request.user)


def _pair_page(
    request: OperatorRequest,
    candidate: Candidate,
    said: dict[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    first, second = candidate.first, candidate.second
    context: dict[str, Any] = {
        "candidate": candidate,
        "sentences": sentences(candidate),
        "rows": described(first, second),
        "differing": differing_rights(first, second),
        "said": said or {},
        "refusal": refusal,
        "address": f"catalogue:{candidate.subject}",
    }
    found = candidate.evidence.get(Kind.TUNE)
    if isinstance(first, Track) and isinstance(second, Track):
        context |= recorded(first, second) or (drawn(found, first, second) if found else {})
    return render(request, "portal/catalogue/duplicate.html", context, status=status)


def _confirm_page(
    request: OperatorRequest,
    candidate: Candidate,
    said: dict[str, str],
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """What follows from a decision, above all for money."""
    first, second = candidate.first, candidate.second
    if said["chosen"] == str(second.pk):
        first, second = second, first
    elif said["chosen"] != str(first.pk) and said["decision"] != "distinct":
        return _pair_page(request, candidate, said, _("Choose which of the two stays."), status=422)
    context: dict[str, Any] = {
        "candidate": candidate,
        "said": said,
        "kept": first,
        "other": second,
        "refusal": refusal,
    }
    if said["decision"] == "same":
        context["differing"] = differing_rights(first, second)
        if isinstance(first, Track) and isinstance(second, Track):
            context["training_sets"] = shared_training_sets(first, second)
    return render(request, "portal/catalogue/duplicate_confirm.html", context, status=status)
