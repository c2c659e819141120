"""The operator's queue of claims and conflicts, and what is decided about one."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import recorded_by
from accounts.roles import Act
from catalog.claims.models import Attachment, Claim, Conflict
from catalog.claims.selectors.conflicts import claims_waiting, standing_of, timeline_of_claim
from catalog.claims.services import deciding, filing, settling
from catalog.claims.services.actors import ClaimError
from catalog.models import Party, Right
from portal.access import (
    OperatorRequest,
    for_operators,
    operators_may_fill_in,
    operators_may_post,
    who_may,
)
from portal.claims.forms import ClaimForm, Form, OutcomeForm, ReasonForm, SureForm, WordsForm
from portal.claims.showing import actor_of, conflict_context, download, draft_of, subject_of
from portal.claims.tables import OF_CLAIMS, OF_CONFLICTS
from portal.tables import Column, Table

LISTED = 200
MOST_PARTIES = 50
INCOMPLETE = gettext_lazy("Something is missing or wrong in the form; nothing was done.")
WAITING = Table(
    name="claims-that-wait",
    caption=gettext_lazy("Waiting for a decision"),
    columns=(
        *OF_CLAIMS,
        Column(
            "waits_since",
            gettext_lazy("Waits since"),
            sort="created_at",
            value=lambda row: row.created_at.date(),
        ),
    ),
    start="waits_since",
)
CONFLICTS = Table(
    name="open-conflicts",
    caption=gettext_lazy("Open conflicts"),
    columns=(
        *OF_CONFLICTS,
        Column("open_for", gettext_lazy("Open for"), sort=lambda row: -row.created_at.timestamp()),
    ),
    start="-open_for",
    rows_a_page=LISTED,
    has_file=False,
)


@for_operators
def claims(request: OperatorRequest) -> HttpResponse:
    """What waits for a person, and what its sides have not ended, the oldest first."""
    waiting = WAITING.shown(request, claims_waiting())
    if waiting.wants_file:
        return waiting.file()
    open_ones = Conflict.objects.filter(settled_at=None).order_by("pk")
    context = {
        "waiting": waiting,
        "conflicts": CONFLICTS.shown(request, list(open_ones[:LISTED])),
        "settled": Conflict.objects.exclude(settled_at=None).order_by("-settled_at")[:20],
    }
    return render(request, "portal/catalogue/claims.html", context)


@for_operators
def claim(request: OperatorRequest, pk: UUID) -> HttpResponse:
    """One claim, with what it says, by what, and what can be decided."""
    found = get_object_or_404(
        Claim.objects.select_related("party", "organisation", "work", "track"), pk=pk
    )
    context = {
        "claim": found,
        "timeline": timeline_of_claim(found),
        "reason": ReasonForm(),
        "words": WordsForm(),
        "exceeds": found.status == Claim.Status.FILED and filing.exceeds(found),
    }
    return render(request, "portal/catalogue/claim.html", context)


@operators_may_fill_in
@who_may(Act.RIGHTS)
def new_claim(request: OperatorRequest) -> HttpResponse:
    """A claim on behalf of a party; the address names what is claimed and by whom."""
    asked = {
        name: request.GET.get(name, "").replace("\0", "").strip()
        for name in ("right", "ref", "party")
    }
    right = asked["right"] if asked["right"] in Right.values else Right.COMPOSITION
    subject = subject_of(right, asked["ref"]) if asked["ref"] else None
    named = Party.objects.filter(merged_into=None, name__icontains=asked["party"])
    parties = list(named.order_by("name", "pk")[:MOST_PARTIES]) if asked["party"] else []
    context: dict[str, object] = {"right": right, "subject": subject, "asked": asked}
    if subject is not None and parties:
        form = ClaimForm(
            request.POST or None, request.FILES or None, right=Right(right), parties=parties
        )
        context["form"] = form
        if form.is_valid():
            try:
                made = filing.file_claim(draft_of(form, subject), actor_of(request), form.sent)
                recorded_by(request, "claim.filed", made.title)
                return redirect("catalogue:claim", made.pk)
            except ClaimError as refusal:
                form.take_error(refusal)
    return render(request, "portal/catalogue/claim_new.html", context)


@operators_may_post
@who_may(Act.RIGHTS)
def claim_action(request: OperatorRequest, pk: UUID, action: str) -> HttpResponse:
    """Decides about a claim, and goes back to its page saying so."""
    found = get_object_or_404(Claim, pk=pk)
    if action not in CLAIM_ACTIONS:
        raise Http404
    needs_reason = action in {"refuse", "suspend"}
    form = (ReasonForm if needs_reason else WordsForm)(request.POST, request.FILES)
    if _told(request, form, lambda: CLAIM_ACTIONS[action](request, found, form)):
        recorded_by(request, "claim.changed", found.title)
    return redirect("catalogue:claim", pk)


def _accept(request: OperatorRequest, found: Claim, form: Form) -> str:
    decided = deciding.accept(found, actor_of(request), form.cleaned_data["words"])
    if decided.status == Claim.Status.CONTESTED:
        return _("It does not fit any more: a conflict is open, and every side was told.")
    return _("%(party)s has the share from %(day)s on.") % {
        "party": decided.party_name,
        "day": date_format(decided.valid_from, "SHORT_DATE_FORMAT"),
    }


def _refuse(request: OperatorRequest, found: Claim, form: Form) -> str:
    deciding.refuse(found, actor_of(request), form.cleaned_data["words"])
    return _("The claim is refused; its claimant reads why.")


def _suspend(request: OperatorRequest, found: Claim, form: Form) -> str:
    deciding.suspend(found, actor_of(request), form.cleaned_data["words"])
    return _("The claim holds nothing any more; its claimant reads why, and may appeal once.")


def _comment(request: OperatorRequest, found: Claim, form: Form) -> str:
    filing.comment(found, actor_of(request), form.cleaned_data["words"], form.sent)
    return _("It stands in the timeline.")


CLAIM_ACTIONS: Mapping[str, Callable[[OperatorRequest, Claim, Form], str]] = {
    "accept": _accept,
    "refuse": _refuse,
    "suspend": _suspend,
    "comment": _comment,
}


@for_operators
def claim_file(_request: OperatorRequest, pk: UUID) -> HttpResponseBase:
    """A document."""
    return download(get_object_or_404(Attachment, pk=pk))


@for_operators
def conflict(request: OperatorRequest, pk: UUID) -> HttpResponse:
    """Who claims what, what was said, and the form for an outcome."""
    found = get_object_or_404(Conflict, pk=pk)
    context = conflict_context(found, [])
    context |= {
        "outcome": OutcomeForm(conflict=found, standing=context["standing"]),
        "words": WordsForm(),
    }
    return render(request, "portal/catalogue/conflict.html", context)


@operators_may_post
@who_may(Act.RIGHTS)
def conflict_action(request: OperatorRequest, pk: UUID, action: str) -> HttpResponse:
    """Records an outcome or writes to the sides, and goes back to the conflict's page."""
    found = get_object_or_404(Conflict, pk=pk)
    if action not in CONFLICT_ACTIONS:
        raise Http404
    form: Form
    if action == "decide":
        standing = standing_of(found)
        form = OutcomeForm(request.POST, request.FILES, conflict=found, standing=standing)
    else:
        form = (SureForm if action == "look-again" else WordsForm)(request.POST, request.FILES)
    if _told(request, form, lambda: CONFLICT_ACTIONS[action](request, found, form)):
        recorded_by(request, "conflict.changed", found.title)
    return redirect("catalogue:conflict", pk)


def _decide(request: OperatorRequest, found: Conflict, form: Form) -> str:
    assert isinstance(form, OutcomeForm)
    words = form.cleaned_data["words"]
    settling.decide(found, actor_of(request), form.split, words, form.sent)
    return _("The outcome is written as shares. Restate closed periods to place what was held.")


def _look_again(request: OperatorRequest, found: Conflict, _form: Form) -> str:
    if settling.look_again(found, actor_of(request)):
        return _("Nothing is contested any more; the conflict is over.")
    return _("More than the whole is claimed still.")


def _speak(request: OperatorRequest, found: Conflict, form: Form) -> str:
    settling.comment(found, actor_of(request), form.cleaned_data["words"], form.sent)
    return _("Every side reads it.")


CONFLICT_ACTIONS: Mapping[str, Callable[[OperatorRequest, Conflict, Form], str]] = {
    "decide": _decide,
    "look-again": _look_again,
    "comment": _speak,
}


def _told(request: OperatorRequest, form: Form, act: Callable[[], str]) -> bool:
    """Do it, and say what became of it; returns whether it was done."""
    try:
        if not form.is_valid():
            problems = [f"{name}: {each}" for name, all_ in form.errors.items() for each in all_]
            raise ClaimError(" ".join([str(INCOMPLETE), *problems]))
        messages.success(request, act())
    except ClaimError as refusal:
        messages.error(request, str(refusal))
        return False
    return True
