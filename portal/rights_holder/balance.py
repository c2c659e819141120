"""The balance of a party, booking by booking, and payments, opened to what they came from."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from catalog.claims.selectors.conflicts import all_conflicts_of
from catalog.models import Party
from common.database import tenancy
from common.money import currency as known_currency
from common.spreadsheets import defused
from portal.access import HolderRequest, for_rights_holders
from royalty.documents import Scale
from royalty.documents.amounts import exact_amount
from royalty.documents.remittance import Advice, advice_csv, advice_text
from royalty.models import AccountKind, Payout, PayoutPart
from royalty.selectors.balance import (
    Move,
    Movement,
    balances_of,
    booked_payouts_of,
    currencies_of,
    movements_of,
)
from royalty.selectors.contested import HeldBack, held_by_conflicts
from royalty.selectors.remittance import advice_of

MOVEMENTS_A_PAGE = 50
LATEST_PAYOUTS = 12
MOST_CONFLICTS = 100
# What the steps of a payment are called; the first is what the account held.
RULES = {
    "gross": _("Balance, in whole units"),
    "release": Move.RESERVE_BACK.label,
    "fee": Move.FEE.label,
    "reserve": Move.RESERVE.label,
    "recoupment": Move.RECOUPED.label,
    "withholding": Move.TAX.label,
    "vat": Move.VAT.label,
}
ADVICES = {"txt": ("text/plain; charset=utf-8", advice_text), "csv": ("text/csv", advice_csv)}


@dataclass(frozen=True)
class Account:
    """Which party's account in which currency is looked at, and which kinds of lines."""

    party: Party
    currency: str
    kind: str
    movements: Sequence[Movement]  # all, the oldest first

    @property
    def shown(self) -> list[Movement]:
        """Those of the kind, the newest first."""
        return [each for each in reversed(self.movements) if self.kind in ("", each.kind)]

    @property
    def closing_atoms(self) -> int:
        return self.movements[-1].balance_atoms if self.movements else 0


@for_rights_holders
def balance(request: HolderRequest) -> HttpResponse:
    """The account with a running balance, what is kept back and why, and the latest payments."""
    currencies = currencies_of(request.parties)
    account = _account(request, currencies)
    context = {"currencies": currencies, "parties": request.parties, "kinds": Move}
    if account is not None:
        payouts = booked_payouts_of([account.party])
        context |= {
            "account": account,
            "page": Paginator(account.shown, MOVEMENTS_A_PAGE).get_page(request.GET.get("page")),
            "payouts": payouts[:LATEST_PAYOUTS],
            "paid": _paid_by_payout(account.movements),
            "held_back": _held_back(request, account),
            "reserve_atoms": balances_of([account.party], AccountKind.PARTY_RESERVE).get(
                account.currency
            ),
            "advance_atoms": balances_of([account.party], AccountKind.PARTY_ADVANCE).get(
                account.currency
            ),
        }
    return render(request, "portal/rights_holder/balance.html", context)


def _held_back(request: HolderRequest, account: Account) -> list[HeldBack]:
    """What conflicts of the account's party hold back in its currency."""
    conflicts = all_conflicts_of(request.organisation).filter(
        party_ids__contains=[account.party.pk]
    )
    found = held_by_conflicts(conflicts[:MOST_CONFLICTS])
    return [each for each in found if each.currency == account.currency]


@for_rights_holders
def balance_csv(request: HolderRequest) -> HttpResponse:
    """The same lines, the oldest first, to the atom; with `comma=1` as spreadsheets in countries
    with a decimal comma read it."""
    account = _account(request, currencies_of(request.parties))
    rows = [] if account is None else [_cells(each, account) for each in reversed(account.shown)]
    content = _csv(rows, has_comma=request.GET.get("comma") == "1")
    disposition = {"Content-Disposition": 'attachment; filename="balance.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=disposition)


COLUMNS = ("date", "kind", "contract", "note", "statement", "payment", "amount", "balance")


def _cells(movement: Movement, account: Account) -> tuple[str, ...]:
    scale = _scale(account.currency)
    return (
        movement.day.isoformat(),
        movement.kind.value,
        defused(movement.contract),
        defused(movement.note),
        str(movement.statement_id or ""),
        str(movement.payout_id or ""),
        exact_amount(movement.atoms, scale),
        exact_amount(movement.balance_atoms, scale),
    )


def _csv(rows: Sequence[tuple[str, ...]], *, has_comma: bool) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n", delimiter=";" if has_comma else ",")
    writer.writerow(COLUMNS)
    for *texts, amount, held in rows:
        amounts = (each.replace(".", ",") if has_comma else each for each in (amount, held))
        writer.writerow((*texts, *amounts))
    return text.getvalue().encode()


def _scale(code: str) -> Scale:
    money = known_currency(code)
    return Scale(money.code, money.decimals, money.atoms_per_minor)


def _account(request: HolderRequest, currencies: Sequence[str]) -> Account | None:
    """The account that the address names, else the first there is; none without any.

    Raises:
        Http404: it names a party for whom the organisation does not act.
    """
    party = _party(request)
    if party is None or not currencies:
        return None
    asked = request.GET.get("currency", "")
    code = asked if asked in currencies else currencies[0]
    kind = request.GET.get("kind", "")
    return Account(party, code, kind if kind in Move.values else "", movements_of(party, code))


def _party(request: HolderRequest) -> Party | None:
    asked = request.GET.get("party", "")
    if not asked:
        return request.parties[0] if request.parties else None
    for party in request.parties:
        if str(party.pk) == asked:
            return party
    raise Http404


def _paid_by_payout(movements: Sequence[Movement]) -> dict[int, int]:
    """What each payout paid, in atoms, that is in an account."""
    return {
        each.payout_id: -each.atoms
        for each in movements
        if each.payout_id is not None and each.kind == Move.PAYOUT
    }


@dataclass(frozen=True)
class Origin:
    """What a payment took off one contract's account, and what had come together on it."""

    contract: str
    part: PayoutPart
    opening_atoms: int  # left by the payment before
    movements: Sequence[Movement]  # since then
    left_atoms: int


@for_rights_holders
def payout(request: HolderRequest, pk: int) -> HttpResponse:
    """One payment: its steps, and the statements and corrections that it paid."""
    found = own_payout(request, pk)
    advice = _advice(found)
    movements = movements_of(found.party, advice.scale.currency)
    context = {
        "payout": found,
        "advice": advice,
        "steps": [(RULES[line.rule], line) for line in advice.lines],
        "origins": [_origin(part, movements) for part in found.parts.select_related("contract")],
    }
    return render(request, "portal/rights_holder/payout.html", context)


@for_rights_holders
def payout_document(request: HolderRequest, pk: int, kind: str) -> HttpResponse:
    """The advice of a payment as text for people or CSV for their systems."""
    if kind not in ADVICES:
        raise Http404
    found = own_payout(request, pk)
    media_type, written = ADVICES[kind]
    disposition = {"Content-Disposition": f'attachment; filename="payment-{found.pk}.{kind}"'}
    return HttpResponse(written(_advice(found)), content_type=media_type, headers=disposition)


def own_payout(request: HolderRequest, pk: int) -> Payout:
    """A payment of the organisation's parties that is in the books; drafts are not theirs to see.

    Raises:
        Http404: there is none.
    """
    for found in booked_payouts_of(request.parties):
        if found.pk == pk:
            return found
    raise Http404


def _advice(found: Payout) -> Advice:
    """What the payee is told. The batch is the system's, its days are said to whom it pays."""
    with tenancy.acting_as(tenancy.SYSTEM):
        whole = Payout.objects.select_related("batch", "party", "bank_details")
        return advice_of(whole.prefetch_related("parts__contract").get(pk=found.pk))


def _origin(part: PayoutPart, movements: Sequence[Movement]) -> Origin:
    """By the order of the books: a booking may be dated before a payment and be made after it."""
    of_contract = sorted(
        (each for each in movements if each.contract_id == part.contract_id),
        key=lambda each: each.journal,
    )
    own = next(each.journal for each in of_contract if each.payout_id == part.payout_id)
    earlier = [each for each in of_contract if each.journal < own]
    last = max((each.journal for each in earlier if each.payout_id is not None), default=None)
    before = [each for each in earlier if last is not None and each.journal <= last]
    since = [each for each in earlier if last is None or each.journal > last]
    opening_atoms = sum(each.atoms for each in before)
    held_atoms = opening_atoms + sum(each.atoms for each in since)
    return Origin(part.contract.name, part, opening_atoms, since, held_atoms - part.gross_atoms)
