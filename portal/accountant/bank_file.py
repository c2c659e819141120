"""Taking the bank's file: sent, looked at line by line, then taken whole or not at all."""

from collections import Counter
from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act
from portal.access import OperatorRequest, freshly_signed_in, operators_may_fill_in, who_may
from portal.accountant.receipt_forms import BankFileForm
from portal.accountant.receipts import REFUSALS, told
from portal.accountant.staged_file import StagedFile, let_go, stage, staged_as
from portal.tables import Amount, Column, Filter, Table
from royalty.selectors.receivables import unmatched_receipts
from royalty.services import receivables
from royalty.services.receivables import Fate, Preview, PreviewLine

FATES = {
    Fate.MATCHED: gettext_lazy("matched"),
    Fate.OPEN: gettext_lazy("waits for a person"),
    Fate.TAKEN_BACK: gettext_lazy("taken back"),
    Fate.OWN: gettext_lazy("a payment of ours"),
    Fate.KNOWN: gettext_lazy("known before"),
    Fate.REFUSED: gettext_lazy("refused"),
}
TONES = {Fate.MATCHED: "attributed", Fate.OPEN: "caution", Fate.REFUSED: "bad"}


def _fate(line: PreviewLine) -> str:
    return str(FATES[line.fate])


def _amount(line: PreviewLine) -> Amount | None:
    return None if line.amount_atoms is None else Amount(line.amount_atoms, line.currency)


LINES = Table(
    name="bank-file",
    caption=gettext_lazy("What each line would do"),
    columns=(
        Column(
            "booked_on",
            gettext_lazy("Booked on"),
            sort=lambda line: line.booked_on,
            value=lambda line: line.booked_on,
        ),
        Column("payer", gettext_lazy("From"), "named", value=lambda line: line.payer_name),
        Column("remittance", value=lambda line: line.remittance),
        Column("fate", gettext_lazy("State"), sort=_fate, value=lambda line: line.fate.value),
        Column(
            "came_of_it",
            gettext_lazy("What would become of it"),
            value=lambda line: " ".join(line.sentences),
        ),
        Column(
            "amount",
            gettext_lazy("Amount"),
            "number strong",
            sort=_amount,
            value=_amount,
        ),
        Column("currency", value=lambda line: line.currency),
    ),
)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def send(request: OperatorRequest) -> HttpResponse:
    """Send the bank's file, to look at it before it is taken."""
    form = BankFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        staged = stage(request.session, sent.name, sent.read())
        try:
            _preview(request, staged)
        except REFUSALS as error:
            let_go(request.session, staged)
            form.add_error("file", told(error))
        else:
            return redirect("accountant:receipts-preview", staged.token)
    context = {
        "is_of_receipts": True,
        "title": _("Take the bank's file"),
        "sentences": [
            _("You see first what each line would do; nothing is booked before you say so."),
            _("Every entry is booked once, whichever file tells of it."),
            _("What is certain is matched with its invoice; the rest waits here for a person."),
            _("A file that cannot be read, or is about another account, is not taken at all."),
        ],
        "form": form,
        "button": _("Look at it"),
        "back": reverse("accountant:receipts"),
    }
    return render(request, "portal/accountant/decision.html", context)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def preview(request: OperatorRequest, token: str) -> HttpResponse:
    """What each line of the file would do; then the file is taken."""
    staged = staged_as(request.session, token)
    if staged is None:
        messages.info(request, _("That file is not here any more; send it again."))
        return redirect("accountant:receipts")
    try:
        if request.method == "POST":
            return _take(request, staged)
        found = _preview(request, staged)
    except REFUSALS as error:  # what the books say changed since it was sent
        let_go(request.session, staged)
        messages.error(request, told(error))
        return redirect("accountant:receipts-take")
    table = LINES.shown(request, found.lines, filters=[_of_fate(found)])
    if table.wants_file:
        return table.file()
    context = {
        "staged": staged,
        "preview": found,
        "table": table,
        "rows": [(line, FATES[line.fate], TONES.get(line.fate, "")) for line in table.rows],
        "counts": _counts(found),
    }
    return render(request, "portal/accountant/bank_file.html", context)


def _of_fate(found: Preview) -> Filter:
    there = [(fate.value, FATES[fate]) for fate, _count in _counted(found)]
    return Filter(
        "fate",
        _("State"),
        lambda rows, fate: [line for line in rows if line.fate == fate],
        there,
    )


def _counted(found: Preview) -> list[tuple[Fate, int]]:
    counts = Counter(line.fate for line in found.lines)
    return [(fate, counts[fate]) for fate in FATES if counts[fate]]


def _counts(found: Preview) -> list[tuple[str, int]]:
    return [(str(FATES[fate]), count) for fate, count in _counted(found)]


def _preview(request: OperatorRequest, staged: StagedFile) -> Preview:
    return receivables.preview_bank_file(
        content=staged.read(),
        name=staged.name,
        user=cast(User, request.user),
        as_of=timezone.now(),
    )


def _take(request: OperatorRequest, staged: StagedFile) -> HttpResponse:
    taken = receivables.take_bank_file(
        content=staged.read(),
        name=staged.name,
        user=cast(User, request.user),
        as_of=timezone.now(),
    )
    let_go(request.session, staged)
    _tell(request, taken)
    return redirect("accountant:receipts")


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
