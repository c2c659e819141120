"""A rights holder's claims, and the conflicts in which it is a side."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import recorded_by
from accounts.roles import Act
from catalog.claims.models import Attachment, Claim, Conflict
from catalog.claims.selectors.conflicts import (
    all_conflicts_of,
    claims_of,
    standing_of,
    timeline_of_claim,
)
from catalog.claims.selectors.unclaimed import unclaimed
from catalog.claims.services import filing, settling
from catalog.claims.services.actors import ClaimError
from catalog.models import Right, Work
from portal.access import (
    HolderRequest,
    for_rights_holders,
    rights_holders_may_fill_in,
    rights_holders_may_post,
    who_may,
)
from portal.claims.forms import (
    ClaimForm,
    Form,
    SplitForm,
    SureForm,
    WordsForm,
    YieldForm,
)
from portal.claims.showing import (
    actor_of,
    conflict_context,
    download,
    draft_of,
    party_and_role,
    subject_of,
    today,
)
from portal.claims.tables import OF_CLAIMS, OF_CONFLICTS
from portal.tables import Column, Filter, Table
from portal.templatetags.figures import worded

LISTED = 100
OFFERED = 20
INCOMPLETE = gettext_lazy("Something is missing or wrong in the form; nothing was done.")
CLAIMS = Table(
    name="claims",
    caption=gettext_lazy("What you claimed"),
    columns=(
        *OF_CLAIMS,
        Column(
            "filed_on",
            gettext_lazy("Filed"),
            sort="created_at",
            value=lambda row: row.created_at.date(),
        ),
        Column("state", gettext_lazy("State"), sort="status", value=lambda row: row.status),
    ),
    start="-filed_on",
)
CONFLICTS = Table(
    name="conflicts",
    caption=gettext_lazy("Conflicts"),
    columns=(
        *OF_CONFLICTS,
        Column("since", gettext_lazy("Since"), sort=lambda row: row.created_at),
        Column("outcome", gettext_lazy("State")),
    ),
    rows_a_page=LISTED,
    has_file=False,
)


@for_rights_holders
def claims(request: HolderRequest) -> HttpResponse:
    """The claims and the conflicts, the newest first."""
    claims = CLAIMS.shown(request, claims_of(request.organisation), filters=[_by_state()])
    if claims.wants_file:
        return claims.file()
    conflicts = list(all_conflicts_of(request.organisation)[:LISTED])
    context = {"claims": claims, "conflicts": CONFLICTS.shown(request, conflicts)}
    return render(request, "portal/claims/list.html", context)


def _by_state() -> Filter:
    return Filter(
        "state",
        _("State"),
        lambda rows, state: rows.filter(status=state),
        [(value, worded(label)) for value, label in Claim.Status.choices],
    )


@rights_holders_may_fill_in
@who_may(Act.RIGHTS)
def new_claim(request: HolderRequest) -> HttpResponse:
    """First what is claimed is looked for, then the rest is filled in."""
    asked = request.GET
    right, sought = asked.get("right", Right.COMPOSITION), asked.get("q", "").replace("\0", "")
    ref, written = (asked.get(name, "").replace("\0", "") for name in ("ref", "identifier"))
    subject = subject_of(right, ref, written) if ref or written else None
    if subject is None:
        return render(request, "portal/claims/find.html", _found(right, sought, ref or written))
    form = ClaimForm(
        request.POST or None, request.FILES or None, right=Right(right), parties=request.parties
    )
    if form.is_valid():
        try:
            made = filing.file_claim(draft_of(form, subject), actor_of(request), form.sent)
        except ClaimError as refusal:
            form.take_error(refusal)
        else:
            recorded_by(request, "claim.filed", made.title)
            messages.success(request, _after_filing(made))
            return redirect("claim", made.pk)
    context = {"form": form, "subject": subject, "right": right}
    return render(request, "portal/claims/new.html", context)


def _found(right: str, sought: str, missed: str) -> dict[str, object]:
    known = Right(right) if right in Right.values else Right.COMPOSITION
    own = Work.objects.filter(merged_into=None).filter(Q(title__icontains=sought) | Q(ref=sought))
    is_composition = known == Right.COMPOSITION
    return {
        "right": known,
        "sought": sought,
        "missed": missed,
        "own": list(own.order_by("title", "pk")[:OFFERED]) if sought and is_composition else [],
        "found": unclaimed(known, sought, on=today(), a_page=OFFERED) if sought else None,
    }


def _after_filing(claim: Claim) -> str:
    if claim.status == Claim.Status.CONTESTED:
        return _(
            "Your claim is filed. With it more than the whole is claimed, so that the contested "
            "part is held and every side was told."
        )
    return _("Your claim is filed. A person looks at it and tells you.")


@for_rights_holders
def claim(request: HolderRequest, pk: UUID) -> HttpResponse:
    """One claim with all that was done about it."""
    found = get_object_or_404(claims_of(request.organisation), pk=pk)
    context = {
        "claim": found,
        "timeline": timeline_of_claim(found),
        "words": WordsForm(),
        "sure": SureForm(),
    }
    return render(request, "portal/claims/claim.html", context)


@rights_holders_may_post
@who_may(Act.RIGHTS)
def claim_action(request: HolderRequest, pk: UUID, action: str) -> HttpResponse:
    """Does something about a claim, and goes back to its page saying so."""
    found = get_object_or_404(claims_of(request.organisation), pk=pk)
    if action not in CLAIM_ACTIONS:
        raise Http404
    form = (SureForm if action == "withdraw" else WordsForm)(request.POST, request.FILES)
    return _done(request, form, lambda: CLAIM_ACTIONS[action](request, found, form), found)


def _withdraw(request: HolderRequest, found: Claim, _form: Form) -> str:
    filing.withdraw(found, actor_of(request))
    return _("The claim is withdrawn.")


def _appeal(request: HolderRequest, found: Claim, form: Form) -> str:
    filing.appeal(found, actor_of(request), form.cleaned_data["words"], form.sent)
    return _("Your claim is looked at once more.")


def _comment(request: HolderRequest, found: Claim, form: Form) -> str:
    filing.comment(found, actor_of(request), form.cleaned_data["words"], form.sent)
    return _("It stands in the timeline.")


CLAIM_ACTIONS: Mapping[str, Callable[[HolderRequest, Claim, Form], str]] = {
    "withdraw": _withdraw,
    "appeal": _appeal,
    "comment": _comment,
}


@for_rights_holders
def claim_file(request: HolderRequest, pk: UUID) -> HttpResponseBase:
    """A document of a claim or a conflict that the organisation may see."""
    seen = Q(event__claim__in=claims_of(request.organisation)) | Q(
        event__conflict__in=all_conflicts_of(request.organisation)
    )
    in_a_conflict = Q(event__claim__conflict__in=all_conflicts_of(request.organisation))
    found = Attachment.objects.filter(seen | in_a_conflict, pk=pk).first()
    if found is None:
        raise Http404
    return download(found)


@for_rights_holders
def conflict(request: HolderRequest, pk: UUID) -> HttpResponse:
    """Who claims what, what was said, and what one can do to end it."""
    found = _own_conflict(request, pk)
    context = conflict_context(found, request.parties)
    standing = context["standing"]
    is_side = any(side.party in request.parties for side in standing.sides)
    context |= {
        "is_side": is_side and found.is_open,
        "split": SplitForm(conflict=found, standing=standing),
        "yield": YieldForm(standing=standing, own=request.parties),
        "words": WordsForm(),
        "sure": SureForm(),
    }
    return render(request, "portal/claims/conflict.html", context)


@rights_holders_may_post
@who_may(Act.RIGHTS)
def conflict_action(request: HolderRequest, pk: UUID, action: str) -> HttpResponse:
    """Does something about a conflict, and goes back to its page saying so."""
    found = _own_conflict(request, pk)
    if action not in CONFLICT_ACTIONS:
        raise Http404
    standing = standing_of(found)
    form: Form
    if action == "propose":
        form = SplitForm(request.POST, conflict=found, standing=standing)
    elif action == "yield":
        form = YieldForm(request.POST, standing=standing, own=request.parties)
    else:
        form = (SureForm if action == "agree" else WordsForm)(request.POST, request.FILES)
    return _done(request, form, lambda: CONFLICT_ACTIONS[action](request, found, form), found)


def _propose(request: HolderRequest, found: Conflict, form: Form) -> str:
    assert isinstance(form, SplitForm)
    settling.propose(found, actor_of(request), form.split, form.cleaned_data["words"])
    return _("Your proposal is with the other sides.")


def _agree(request: HolderRequest, found: Conflict, _form: Form) -> str:
    number = request.POST.get("proposal", "")
    if not number.isdecimal() or len(number) > len("1000"):
        raise Http404
    proposal = get_object_or_404(found.proposals, number=number)
    ended = settling.agree(proposal, actor_of(request))
    if ended.is_open:
        return _("You agreed. It counts once every side whose part changes has.")
    return _("Every side agreed: the split is written.")


def _yield(request: HolderRequest, found: Conflict, form: Form) -> str:
    assert isinstance(form, YieldForm)
    party, role = party_and_role(form.cleaned_data["line"], request.parties)
    to_ppm = int(form.cleaned_data["share"] * 10_000)
    words = form.cleaned_data["words"]
    settling.yield_part(found, actor_of(request), party, role, to_ppm=to_ppm, words=words)
    return _("%(party)s claims less from now on.") % {"party": party.name}


def _speak(request: HolderRequest, found: Conflict, form: Form) -> str:
    settling.comment(found, actor_of(request), form.cleaned_data["words"], form.sent)
    return _("It stands in the timeline.")


CONFLICT_ACTIONS: Mapping[str, Callable[[HolderRequest, Conflict, Form], str]] = {
    "propose": _propose,
    "agree": _agree,
    "yield": _yield,
    "comment": _speak,
}


def _own_conflict(request: HolderRequest, pk: UUID) -> Conflict:
    return get_object_or_404(all_conflicts_of(request.organisation), pk=pk)


def _done(
    request: HolderRequest, form: Form, act: Callable[[], str], about: Claim | Conflict
) -> HttpResponse:
    try:
        if not form.is_valid():
            problems = [f"{name}: {each}" for name, all_ in form.errors.items() for each in all_]
            raise ClaimError(" ".join([str(INCOMPLETE), *problems]))
        done = act()
        is_claim = isinstance(about, Claim)
        recorded_by(request, "claim.changed" if is_claim else "conflict.changed", about.title)
        messages.success(request, done)
    except ClaimError as refusal:
        messages.error(request, str(refusal))
    return redirect("claim" if isinstance(about, Claim) else "conflict", about.pk)
