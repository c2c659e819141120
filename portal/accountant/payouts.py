"""Payouts: batches from the draft to the bank's word, and who is not paid, with the reason."""

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act, may
from portal.access import (
    OperatorRequest,
    for_operators,
    freshly_signed_in,
    operators_may_fill_in,
    operators_may_post,
    who_may,
)
from portal.accountant.payout_steps import Said, amount_of, standing, steps_of
from portal.tables import Amount, Column, Filter, Table
from royalty.models import Contract, Payout, PayoutBatch
from royalty.selectors.payouts import propose
from royalty.services import payouts
from royalty.services.ledger import LedgerError

Status = PayoutBatch.Status
HAS_A_FILE = {Status.APPROVED, Status.EXPORTED, Status.SENT, Status.SETTLED}


BATCHES = Table(
    name="payouts",
    caption=gettext_lazy("Batches"),
    columns=(
        Column("batch", gettext_lazy("Batch"), sort="message_id", value=lambda b: b.message_id),
        Column("currency", gettext_lazy("Currency"), sort="currency", value=lambda b: b.currency),
        Column(
            "posted_on", gettext_lazy("Booked on"), sort="posted_on", value=lambda b: b.posted_on
        ),
        Column("state", gettext_lazy("State"), sort="status", value=lambda b: b.status),
        Column("drafted_by", gettext_lazy("Drafted by"), value=lambda b: b.made_by),
        Column("approved_by", gettext_lazy("Approved by"), value=lambda b: b.approved_by),
    ),
    start="-posted_on",
)
UNPAID = Table(
    name="unpaid",
    caption=gettext_lazy("Payees who are not paid"),
    columns=(
        Column(
            "payee",
            gettext_lazy("Payee"),
            sort=lambda each: each.party.name.casefold(),
            value=lambda each: each.party.name,
        ),
        Column(
            "why",
            gettext_lazy("Why"),
            sort=lambda each: each.refusal,
            value=lambda each: each.refusal,
        ),
    ),
)
PAYMENTS = Table(
    name="payments",
    caption=gettext_lazy("Whom it pays"),
    columns=(
        Column(
            "payee",
            gettext_lazy("Payee"),
            sort="party__name",
            value=lambda each: each.party.name,
        ),
        Column(
            "account",
            gettext_lazy("Account"),
            value=lambda each: each.bank_details.masked_iban if each.bank_details else "",
        ),
        Column("id", gettext_lazy("Id"), sort="pk", value=lambda each: each.end_to_end_id),
        Column(
            "amount",
            gettext_lazy("Amount"),
            "number strong",
            sort="payable_atoms",
            value=lambda each: Amount(each.payable_atoms, each.batch.currency),
        ),
        Column("currency", value=lambda each: each.batch.currency),
        Column("state", gettext_lazy("State"), sort="status", value=lambda each: each.status),
        Column("why", value=lambda each: each.return_reason),
        Column("came_back", gettext_lazy("Came back")),
    ),
    start="id",
)


@for_operators
def batches(request: OperatorRequest) -> HttpResponse:
    """All batches, the latest first, and the form that drafts one."""
    found = PayoutBatch.objects.select_related("made_by", "approved_by")
    table = BATCHES.shown(request, found, filters=_filters())
    if table.wants_file:
        return table.file()
    context = {
        "table": table,
        "currencies": _currencies(),
        "may_pay": may(request, Act.MONEY),
    }
    return render(request, "portal/accountant/payouts.html", context)


def _filters() -> list[Filter]:
    codes = [(code, code) for code in _currencies()]
    states = [(state.value, pgettext("payout", state.label)) for state in Status]
    return [
        Filter("in", _("Currency"), lambda rows, code: rows.filter(currency=code), codes),
        Filter("state", _("State"), lambda rows, state: rows.filter(status=state), states),
    ]


@operators_may_post
@who_may(Act.MONEY)
def draft(request: OperatorRequest) -> HttpResponse:
    """Draft the payouts of everybody who can be paid; pressed twice, there is one draft."""
    code = request.POST.get("currency", "")
    if code not in _currencies():
        raise Http404
    waiting = PayoutBatch.objects.filter(currency=code, status=Status.DRAFT).first()
    if waiting is not None:
        messages.info(request, _("There is a draft already; approve or discard it first."))
        return redirect("accountant:payouts-batch", waiting.pk)
    execution = parse_day(request.POST.get("execution_date", ""))
    try:
        made = payouts.draft_batch(
            code=code, user=_person(request), as_of=timezone.now(), execution_date=execution
        )
    except payouts.PayoutError as error:
        messages.error(request, str(error))
        return redirect("accountant:payouts")
    recorded_by(request, "payout.drafted", str(made))
    return redirect("accountant:payouts-batch", made.pk)


@for_operators
def unpaid(request: OperatorRequest) -> HttpResponse:
    """Who has money and is not paid on this day, with the reason."""
    currencies = _currencies()
    code = request.GET.get("currency", "")
    code = code if code in currencies else next(iter(currencies), "")
    held = [each for each in propose(code, timezone.localdate()) if each.refusal] if code else []
    table = UNPAID.shown(request, held)
    if table.wants_file:
        return table.file()
    context = {"code": code, "currencies": currencies, "table": table, "rows": table.rows}
    return render(request, "portal/accountant/unpaid.html", context)


@for_operators
def batch(request: OperatorRequest, pk: int) -> HttpResponse:
    """A batch: what it pays to whom, what the approver should know, and what can be done now."""
    found = batch_or_404(pk)
    may_pay = may(request, Act.MONEY)
    may_return = found.status in {Status.SENT, Status.SETTLED} and may_pay
    paid = found.payouts.select_related("party", "bank_details", "batch")
    table = PAYMENTS.shown(request, paid, without=() if may_return else ("came_back",))
    if table.wants_file:
        return table.file()
    count, atoms = amount_of(found)
    context = {
        "batch": found,
        "table": table,
        "rows": table.rows,
        "count": count,
        "atoms": atoms,
        "steps": steps_of(found) if may_pay else [],
        "has_file": found.status in HAS_A_FILE and count > 0 and may_pay,
        "may_return": may_return,
    }
    return render(request, "portal/accountant/payouts_batch.html", context)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def step(request: OperatorRequest, pk: int, name: str) -> HttpResponse:
    """Ask with the consequence and the amount; then do it, all or nothing."""
    found = batch_or_404(pk)
    wanted = next((each for each in steps_of(found) if each.name == name), None)
    if wanted is None:
        if request.method == "POST":  # pressed twice, or somebody was faster
            messages.info(request, standing(found))
            return redirect("accountant:payouts-batch", pk)
        raise Http404
    if request.method == "POST":
        day = parse_day(request.POST.get("day", "")) or timezone.localdate()
        said = Said(_person(request), timezone.now(), day, request.FILES.get("report"))
        try:
            done = wanted.take(found, said)
        except (payouts.PayoutError, LedgerError) as error:
            messages.error(request, str(error))
        else:
            recorded_by(request, f"payout.{name}", str(found))
            messages.success(request, done)
        return redirect("accountant:payouts-batch", pk)
    context = {
        "batch": found,
        "step": wanted,
        "consequence": wanted.consequence(found),
        "today": timezone.localdate(),
    }
    return render(request, "portal/accountant/payouts_step.html", context)


@operators_may_post
@who_may(Act.MONEY)
@freshly_signed_in
@require_POST
def bank_file(request: OperatorRequest, pk: int) -> HttpResponse:
    """The file for the bank (pain.001); the same bytes every time."""
    found = batch_or_404(pk)
    try:
        content = payouts.export_batch(batch=found)
    except payouts.PayoutError as error:
        messages.error(request, str(error))
        return redirect("accountant:payouts-batch", pk)
    recorded_by(request, "payout.exported", str(found))
    name = f'attachment; filename="{found.message_id}.xml"'
    return HttpResponse(content, "application/xml", headers={"Content-Disposition": name})


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def came_back(request: OperatorRequest, pk: int, payout: int) -> HttpResponse:
    """A payment came back: ask why, then undo what was posted for it."""
    found = get_object_or_404(
        Payout.objects.select_related("party", "batch", "bank_details"), pk=payout, batch=pk
    )
    context: dict[str, Any] = {"payout": found, "batch": found.batch, "today": timezone.localdate()}
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        day = parse_day(request.POST.get("day", "")) or timezone.localdate()
        try:
            payouts.return_payout(payout=found, reason=reason, user=_person(request), day=day)
        except (payouts.PayoutError, LedgerError) as error:
            context |= {"refusal": str(error), "reason": reason}
            return render(request, "portal/accountant/payouts_return.html", context, status=422)
        recorded_by(request, "payout.returned", str(found))
        messages.success(request, _("The payment is undone; the amount is owed again."))
        return redirect("accountant:payouts-batch", pk)
    return render(request, "portal/accountant/payouts_return.html", context)


def batch_or_404(pk: int) -> PayoutBatch:
    """The batch with its people and the account that it is paid from."""
    people = ("made_by", "approved_by", "sent_by", "paying_account")
    return get_object_or_404(PayoutBatch.objects.select_related(*people), pk=pk)


def parse_day(text: str) -> date | None:
    """A day that a form named; none where it names none that exists."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _currencies() -> list[str]:
    """Those that contracts are in."""
    found = Contract.objects.order_by("currency").values_list("currency", flat=True)
    return list(found.distinct())


def _person(request: OperatorRequest) -> User:
    return cast(User, request.user)
