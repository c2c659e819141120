"""Objections: opened from a line, answered and decided by the operator, read by both."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.audit import recorded_by
from accounts.models import Organisation
from accounts.roles import Act
from catalog.claims.services.actors import ClaimError
from catalog.selectors import parties_of
from portal.access import HolderRequest, check, rights_holders_may_fill_in, who_may
from portal.claims.forms import Form, ReasonForm, SureForm, WordsForm, document
from portal.claims.showing import actor_of, download
from portal.notices.views import MemberRequest, for_members
from portal.rights_holder.statements import own_statement
from portal.tables import Amount, Column, Filter, Table
from royalty.disputes import services
from royalty.disputes.models import Attachment, Dispute
from royalty.disputes.selectors import correction_of
from royalty.selectors.statement_lines import NoLineError, line_at

KINDS = Organisation.Kind
DISPUTES = Table(
    name="objections",
    caption=gettext_lazy("Objections"),
    columns=(
        Column("about", gettext_lazy("About"), sort="title", value=lambda row: row.title),
        Column("line", value=lambda row: row.row),
        Column("opened_on", value=lambda row: row.created_at.date()),
        Column(
            "payee", gettext_lazy("Payee"), sort="party__name", value=lambda row: row.party.name
        ),
        Column(
            "statement",
            gettext_lazy("Statement"),
            sort=("statement__period__ends_on", "statement__period__contract__name"),
            value=lambda row: str(row.statement.period),
        ),
        Column("state", gettext_lazy("State"), sort="decided_at", value=lambda row: row.status),
        Column(
            "amount",
            gettext_lazy("Amount"),
            "number",
            sort="atoms",
            value=lambda row: Amount(row.atoms, row.statement.currency),
        ),
        Column("currency", value=lambda row: row.statement.currency),
    ),
    start="-state",
    rows_a_page=40,
)


class ObjectionForm(ReasonForm):
    """Why an amount is wrong, with a file perhaps."""

    file = document()


@require_safe
@for_members
def disputes(request: MemberRequest) -> HttpResponse:
    """Those that one may see: a payee its own, the operator all; the open ones first."""
    table = DISPUTES.shown(request, _seen(request), filters=[_by_state()])
    if table.wants_file:
        return table.file()
    context = {"table": table, "is_operator": request.organisation.kind == KINDS.OPERATOR}
    return render(request, "portal/disputes/list.html", context)


def _by_state() -> Filter:
    return Filter(
        "state",
        _("State"),
        lambda rows, state: rows.filter(status=state),
        Dispute.Status.choices,
    )


@rights_holders_may_fill_in
@who_may(Act.RIGHTS)
def new_dispute(request: HolderRequest, pk: int, row: int) -> HttpResponse:
    """The form for an objection to one line."""
    statement = own_statement(request, pk)
    try:
        line = line_at(statement, row)
    except NoLineError as error:
        raise Http404(str(error)) from error
    form = ObjectionForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            made = services.open_dispute(
                statement,
                actor_of(request),
                form.cleaned_data["words"],
                form.sent,
                row=row,
                title=line.title,
                atoms=line.atoms,
            )
        except ClaimError as refusal:
            form.take_error(refusal)
        else:
            recorded_by(request, "objection.opened", made.title)
            messages.success(request, _("Your objection is with the people who run the service."))
            return redirect("dispute", made.pk)
    context = {"form": form, "statement": statement, "row": row, "line": line}
    return render(request, "portal/disputes/new.html", context)


@require_safe
@for_members
def dispute(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What is objected to, what was said since, and what one can do."""
    found = get_object_or_404(_seen(request), pk=pk)
    context = {
        "dispute": found,
        "correction": correction_of(found),
        "timeline": found.events.prefetch_related("attachments").order_by("pk"),
        "is_operator": request.organisation.kind == KINDS.OPERATOR,
        "words": WordsForm(),
        "reason": ReasonForm(auto_id="why_%s"),
        "sure": SureForm(),
    }
    return render(request, "portal/disputes/dispute.html", context)


@require_POST
@for_members
def dispute_action(request: MemberRequest, pk: UUID, action: str) -> HttpResponse:
    """Does something about an objection, and goes back to its page saying so."""
    found = get_object_or_404(_seen(request), pk=pk)
    if action not in ACTIONS:
        raise Http404
    check(request, Act.RIGHTS)
    make_form, act = ACTIONS[action]
    form = make_form(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise ClaimError(_("Something is missing in the form; nothing was done."))
        done = act(request, found, form)
        recorded_by(request, "objection.changed", found.title)
        messages.success(request, done)
    except ClaimError as refusal:
        messages.error(request, str(refusal))
    return redirect("dispute", found.pk)


def _comment(request: MemberRequest, found: Dispute, form: Form) -> str:
    services.comment(found, actor_of(request), form.cleaned_data["words"], form.sent)
    return _("It stands in the timeline.")


def _withdraw(request: MemberRequest, found: Dispute, _form: Form) -> str:
    services.withdraw(found, actor_of(request), timezone.now())
    return _("The objection is withdrawn.")


def _uphold(request: MemberRequest, found: Dispute, form: Form) -> str:
    return _decide(request, found, form, is_upheld=True)


def _reject(request: MemberRequest, found: Dispute, form: Form) -> str:
    return _decide(request, found, form, is_upheld=False)


def _decide(request: MemberRequest, found: Dispute, form: Form, *, is_upheld: bool) -> str:
    words = form.cleaned_data["words"]
    services.decide(
        found, actor_of(request), is_upheld=is_upheld, words=words, as_of=timezone.now()
    )
    return _("It is decided, and the payee was told.")


ACTIONS: Mapping[str, tuple[type[Form], Callable[[MemberRequest, Dispute, Form], str]]] = {
    "comment": (WordsForm, _comment),
    "withdraw": (SureForm, _withdraw),
    "uphold": (ReasonForm, _uphold),
    "reject": (ReasonForm, _reject),
}


@require_safe
@for_members
def dispute_file(request: MemberRequest, pk: UUID) -> HttpResponseBase:
    """A file of an objection that one may see, to download."""
    found = Attachment.objects.filter(pk=pk, event__dispute__in=_seen(request)).first()
    if found is None:
        raise Http404
    return download(found)


def _seen(request: MemberRequest) -> QuerySet[Dispute]:
    """A payee's own, or the operator's: all."""
    known = Dispute.objects.select_related("statement__period__contract", "party")
    organisation = request.organisation
    if organisation.kind == KINDS.OPERATOR:
        return known
    if organisation.kind == KINDS.RIGHTS_HOLDER:
        return known.filter(party__in=parties_of(organisation))
    if (
        request.resolver_match is not None and request.resolver_match.kwargs
    ):  # whether it exists is not theirs to know
        raise Http404
    raise PermissionDenied(_("This page is for rights holders and for those who run the service."))
