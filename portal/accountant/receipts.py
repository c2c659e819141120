"""Money that came in: what a receipt is for, said by a person; `bank_file` takes the bank's files.

Rules are those of `royalty.services.receivables` and of the database; nothing here allows what they
refuse.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act, may
from common.money import MoneyError
from portal.access import (
    OperatorRequest,
    for_operators,
    freshly_signed_in,
    operators_may_fill_in,
    who_may,
)
from portal.accountant.receipt_forms import CreditForm, InvoiceForm, TakenBackForm
from portal.tables import Amount, Column, Filter, Table
from portal.templatetags.figures import amount_text
from royalty.documents.camt import BankFileError
from royalty.models import Match, Receipt
from royalty.selectors.receivables import effective, receipts_with_rest, unmatched_receipts
from royalty.services import receivables
from royalty.services.ledger import LedgerError
from royalty.services.receivables import By

REFUSALS = (receivables.ReceivableError, BankFileError, LedgerError, MoneyError)
MATCHED, OPEN, TAKEN_BACK = "matched", "open", "taken back"
UNEXPLAINED = "taken back, of which receipt is not said"


def told(error: Exception) -> str:
    """Why something was refused, in the reader's language."""
    return error.words.said(_) if isinstance(error, BankFileError) else str(error)


def state_of(receipt: Any) -> str:
    """What became of a receipt, a word of `portal.words`."""
    if receipt.is_taken_back:
        return UNEXPLAINED if receipt.rest_atoms else TAKEN_BACK
    return OPEN if receipt.rest_atoms else MATCHED


RECEIPTS = Table(
    name="receipts",
    caption=gettext_lazy("Receipts"),
    columns=(
        Column("receipt", value=lambda row: row.pk),
        Column(
            "booked_on",
            gettext_lazy("Booked on"),
            sort=("booked_on", "pk"),
            value=lambda row: row.booked_on,
        ),
        Column("payer", gettext_lazy("From"), sort="payer_name", value=lambda row: row.payer_name),
        Column("remittance", gettext_lazy("Text"), value=lambda row: row.remittance),
        Column("state", gettext_lazy("State"), value=state_of),
        Column(
            "amount",
            gettext_lazy("Amount"),
            "number",
            sort=("currency", "amount_atoms"),
            value=lambda row: Amount(row.amount_atoms, row.currency),
        ),
        Column(
            "rest",
            gettext_lazy("Unmatched"),
            "number strong",
            sort=("currency", "rest_atoms"),
            value=lambda row: Amount(row.rest_atoms, row.currency),
        ),
        Column("currency", value=lambda row: row.currency),
    ),
    start="-booked_on",
)


@for_operators
def receipts(request: OperatorRequest) -> HttpResponse:
    """All receipts, the latest first."""
    which = Filter(
        "which",
        gettext_lazy("Which"),
        lambda found, _which: found.filter(pk__in=unmatched_receipts().values("pk")),
        [("open", gettext_lazy("those with something unmatched"))],
    )
    table = RECEIPTS.shown(request, receipts_with_rest(), filters=[which])
    if table.wants_file:
        return table.file()
    context = {
        "table": table,
        "rows": [(row, state_of(row)) for row in table.rows],
        "may_take": may(request, Act.MONEY),
    }
    return render(request, "portal/accountant/receipts.html", context)


@for_operators
def receipt(request: OperatorRequest, pk: int) -> HttpResponse:
    """A receipt, what became of it, and what can be done with the rest."""
    found = get_object_or_404(receipts_with_rest().select_related("bank_file"), pk=pk)
    matches = _told_matches().filter(Q(receipt=found) | Q(taken_back_by=found)).order_by("pk")
    holding = set(effective(matches).values_list("pk", flat=True))
    context = {
        "receipt": found,
        "state": state_of(found),
        "matches": [(match, words_of(match), match.pk in holding) for match in matches],
        "may_match": may(request, Act.MONEY),
        "is_open": bool(found.rest_atoms),
    }
    return render(request, "portal/accountant/receipt.html", context)


def _told_matches() -> QuerySet[Match]:
    people = ("receipt", "invoice", "contract", "matched_by", "taken_back_by")
    return Match.objects.filter(receipt__isnull=False).select_related(*people)


def words_of(match: Match) -> str:
    """What a match of a receipt says, in a sentence."""
    named = {"amount": amount_text(match.amount_atoms, match.contract.currency)}
    if match.use == Match.Use.INVOICE:
        return _("%(amount)s pay %(invoice)s.") % (named | {"invoice": str(match.invoice)})
    if match.use == Match.Use.CREDIT:
        words = _("%(amount)s are kept as a credit under %(contract)s.")
        return words % (named | {"contract": str(match.contract)})
    if match.taken_back_by is not None:
        words = _("The bank took back %(amount)s, which receipt %(receipt)s had brought.")
        return words % (named | {"receipt": match.receipt_id})
    return _("%(amount)s were sent back.") % named


@dataclass(frozen=True)
class _Step:
    """A step with a receipt: how it is recorded, asked and named, and what follows from it."""

    act: str
    question: str
    button: str
    follows: str
    take: Callable[..., Match]


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def match(request: OperatorRequest, pk: int) -> HttpResponse:
    """Pay an invoice from what is left of a receipt, or from a part of it."""
    about = _open(pk)
    step = _Step(
        "receipt.match",
        _("Match receipt %(receipt)s with an invoice?"),
        _("Match"),
        _("It is booked at once; a wrong match can be undone, which stays in the books."),
        receivables.match_receipt,
    )
    return _decided(request, about, InvoiceForm(request.POST or None, receipt=about), step)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def credit(request: OperatorRequest, pk: int) -> HttpResponse:
    """Keep what is left of a receipt as the platform's credit."""
    about = _open(pk)
    step = _Step(
        "receipt.credit",
        _("Keep the rest of receipt %(receipt)s as a credit?"),
        _("Keep it"),
        _("It is booked at once; a wrong match can be undone, which stays in the books."),
        receivables.keep_as_credit,
    )
    return _decided(request, about, CreditForm(request.POST or None, receipt=about), step)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def send_back(request: OperatorRequest, pk: int) -> HttpResponse:
    """Note that what is left of a receipt was sent back through the bank."""
    about = _open(pk)
    step = _Step(
        "receipt.send_back",
        _("Was the rest of receipt %(receipt)s sent back?"),
        _("It was"),
        _("It is booked at once; a wrong match can be undone, which stays in the books."),
        receivables.send_back,
    )
    return _decided(request, about, None, step)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def taken_back(request: OperatorRequest, pk: int) -> HttpResponse:
    """Say which receipt the bank took back, where its entry did not say so."""
    about = _open(pk, is_taken_back=True)
    step = _Step(
        "receipt.take_back",
        _("Which receipt did the bank take back by %(receipt)s?"),
        _("It took that one"),
        _("What that receipt paid is open again at once. Nobody can undo this."),
        _take_back,
    )
    return _decided(request, about, TakenBackForm(request.POST or None, receipt=about), step)


def _take_back(*, receipt: Receipt, by: By, original: Receipt) -> Match:
    return receivables.take_back(receipt=original, taken=receipt, by=by)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def undo(request: OperatorRequest, pk: int) -> HttpResponse:
    """Undo a match that was wrong; both rows stay in the books."""
    about = get_object_or_404(_told_matches(), pk=pk)
    back = reverse("accountant:receipt", args=[about.receipt_id])
    if request.method == "POST":
        try:
            receivables.undo_match(match=about, by=_by(request))
        except REFUSALS as error:
            messages.error(request, str(error))
        else:
            recorded_by(request, "receipt.undo", str(about))
            messages.success(request, _("Undone: %(match)s") % {"match": words_of(about)})
        return redirect(back)
    context = {
        "is_of_receipts": True,
        "title": _("Undo a match of receipt %(receipt)s?") % {"receipt": about.receipt_id},
        "sentences": [
            words_of(about),
            _(
                "What it paid is open again, and the receipt unmatched; both rows stay in the "
                "books."
            ),
        ],
        "button": _("Undo it"),
        "back": back,
    }
    return render(request, "portal/accountant/decision.html", context)


def _open(pk: int, *, is_taken_back: bool = False) -> Any:
    """A receipt that came in or, if asked for, one that the bank took back."""
    return get_object_or_404(receipts_with_rest(), pk=pk, is_taken_back=is_taken_back)


def _decided(request: OperatorRequest, about: Any, form: Any, step: _Step) -> HttpResponse:
    """Ask with the amount; then do it, once, and tell."""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            done = step.take(
                receipt=about, by=_by(request), **({} if form is None else form.about())
            )
        except REFUSALS as error:
            if form is None:
                messages.error(request, str(error))
                return redirect("accountant:receipt", about.pk)
            form.add_error(None, str(error))
        else:
            recorded_by(request, step.act, str(done))
            messages.success(request, words_of(done))
            return redirect("accountant:receipt", about.pk)
    rest, amount = (
        amount_text(atoms, about.currency) for atoms in (about.rest_atoms, about.amount_atoms)
    )
    context = {
        "is_of_receipts": True,
        "title": step.question % {"receipt": about.pk},
        "sentences": [
            _("%(rest)s of %(amount)s are unmatched.") % {"rest": rest, "amount": amount},
            step.follows,
        ],
        "facts": [(_("From"), about.payer_name or "?"), (_("Text"), about.remittance or "-")],
        "form": form,
        "button": step.button,
        "back": reverse("accountant:receipt", args=[about.pk]),
    }
    return render(request, "portal/accountant/decision.html", context)


def _by(request: OperatorRequest) -> By:
    return By(cast(User, request.user), timezone.localdate())
