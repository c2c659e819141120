"""Money that came in: taking the bank's file, and saying what a receipt is for.

Rules are those of `royalty.services.receivables` and of the database; nothing here allows what they
refuse.
"""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
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
from portal.accountant.receipt_forms import BankFileForm, CreditForm, InvoiceForm
from portal.tables import Amount, Column, Filter, Table
from royalty.documents.camt import BankFileError
from royalty.models import Match
from royalty.selectors.receivables import effective, receipts_with_rest, unmatched_receipts
from royalty.services import receivables
from royalty.services.ledger import LedgerError
from royalty.services.receivables import By

REFUSALS = (receivables.ReceivableError, BankFileError, LedgerError, MoneyError)
MATCHED, OPEN, TAKEN_BACK = "matched", "open", "taken back"


def state_of(receipt: Any) -> str:
    """What became of a receipt, a word of `portal.words`."""
    if receipt.is_taken_back:
        return TAKEN_BACK
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


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def take_file(request: OperatorRequest) -> HttpResponse:
    """Take the bank's file, whole or not at all."""
    form = BankFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            taken = receivables.take_bank_file(
                content=sent.read(),
                name=sent.name,
                user=cast(User, request.user),
                as_of=timezone.now(),
            )
        except REFUSALS as error:
            form.add_error("file", str(error))
        else:
            _tell(request, taken)
            return redirect("accountant:receipts")
    context = {
        "title": _("Take the bank's file"),
        "sentences": [
            _("Every entry is booked once, whichever file tells of it."),
            _("What is certain is matched with its invoice; the rest waits here for a person."),
            _("A file that cannot be read, or is about another account, is not taken at all."),
        ],
        "form": form,
        "button": _("Take it"),
        "back": reverse("accountant:receipts"),
    }
    return render(request, "portal/accountant/decision.html", context)


def _tell(request: OperatorRequest, taken: receivables.Taken) -> None:
    if taken.was_taken_before:
        messages.info(request, _("This file was taken before; nothing changed."))
        return
    recorded_by(request, "receipt.take", str(taken.bank_file))
    waiting = unmatched_receipts().filter(bank_file=taken.bank_file).count()
    messages.success(
        request,
        _(
            "%(new)s receipts are new, %(waiting)s of them wait for a person; %(known)s entries "
            "were known."
        )
        % {"new": len(taken.receipts), "waiting": waiting, "known": taken.known_count},
    )
    for sentence in taken.payments:
        messages.info(request, sentence)


@for_operators
def receipt(request: OperatorRequest, pk: int) -> HttpResponse:
    """A receipt, what became of it, and what can be done with the rest."""
    found = get_object_or_404(receipts_with_rest().select_related("bank_file"), pk=pk)
    matches = found.matches.select_related("invoice", "contract", "matched_by").order_by("pk")
    holding = set(effective(matches).values_list("pk", flat=True))
    context = {
        "receipt": found,
        "state": state_of(found),
        "matches": [(match, match.pk in holding) for match in matches],
        "may_match": may(request, Act.MONEY),
        "is_open": bool(found.rest_atoms) and not found.is_taken_back,
    }
    return render(request, "portal/accountant/receipt.html", context)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def match(request: OperatorRequest, pk: int) -> HttpResponse:
    """Pay an invoice from what is left of a receipt, or from a part of it."""
    about = _open(pk)
    form = InvoiceForm(request.POST or None, receipt=about)
    act = _Act("receipt.match", _("Match %(receipt)s with an invoice?"), _("Match"))
    return _decided(request, about, form, act, receivables.match_receipt)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def credit(request: OperatorRequest, pk: int) -> HttpResponse:
    """Keep what is left of a receipt as the platform's credit."""
    about = _open(pk)
    form = CreditForm(request.POST or None, receipt=about)
    act = _Act("receipt.credit", _("Keep the rest of %(receipt)s as a credit?"), _("Keep it"))
    return _decided(request, about, form, act, receivables.keep_as_credit)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def send_back(request: OperatorRequest, pk: int) -> HttpResponse:
    """Note that what is left of a receipt was sent back through the bank."""
    about = _open(pk)
    act = _Act("receipt.send_back", _("Was the rest of %(receipt)s sent back?"), _("It was"))
    return _decided(request, about, None, act, receivables.send_back)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def undo(request: OperatorRequest, pk: int) -> HttpResponse:
    """Undo a match that was wrong; both rows stay in the books."""
    about = get_object_or_404(
        Match.objects.select_related("receipt", "invoice", "contract"), pk=pk, receipt__isnull=False
    )
    back = reverse("accountant:receipt", args=[about.receipt_id])
    if request.method == "POST":
        try:
            done = receivables.undo_match(match=about, by=_by(request))
        except REFUSALS as error:
            messages.error(request, str(error))
        else:
            recorded_by(request, "receipt.undo", str(about))
            messages.success(request, _("Undone: %(match)s.") % {"match": done.undoes})
        return redirect(back)
    context = {
        "title": _("Undo %(match)s?") % {"match": about},
        "sentences": [
            _("What it paid is open again, and the receipt unmatched; both rows stay in the books.")
        ],
        "button": _("Undo it"),
        "back": back,
    }
    return render(request, "portal/accountant/decision.html", context)


class _Act:
    """How a step with a receipt is recorded, asked and named."""

    def __init__(self, name: str, question: str, button: str) -> None:
        self.name, self.question, self.button = name, question, button


def _open(pk: int) -> Any:
    found = get_object_or_404(receipts_with_rest(), pk=pk)
    if found.is_taken_back:
        raise Http404("The bank took it back.")
    return found


def _decided(
    request: OperatorRequest, about: Any, form: Any, act: _Act, step: Callable[..., Match]
) -> HttpResponse:
    """Ask with the amount; then do it, once, and tell."""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            done = step(receipt=about, by=_by(request), **({} if form is None else form.about()))
        except REFUSALS as error:
            if form is None:
                messages.error(request, str(error))
                return redirect("accountant:receipt", about.pk)
            form.add_error(None, str(error))
        else:
            recorded_by(request, act.name, str(done))
            messages.success(request, f"{about}: {done}.")
            return redirect("accountant:receipt", about.pk)
    rest = f"{about.money.format_atoms(about.rest_atoms)} {about.currency}"
    context = {
        "title": act.question % {"receipt": about},
        "sentences": [
            _("%(rest)s of %(amount)s are unmatched.")
            % {"rest": rest, "amount": about.money.format_atoms(about.amount_atoms)},
            _("It is booked at once; a wrong match can be undone, which stays in the books."),
        ],
        "facts": [(_("From"), about.payer_name or "?"), (_("Text"), about.remittance or "-")],
        "form": form,
        "button": act.button,
        "back": reverse("accountant:receipt", args=[about.pk]),
    }
    return render(request, "portal/accountant/decision.html", context)


def _by(request: OperatorRequest) -> By:
    return By(cast(User, request.user), timezone.localdate())
