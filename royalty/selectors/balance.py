"""The account of a payee, booking by booking: what came on it, what left it, what it held then.

What a payee is told ends with its last published statements, as everywhere else: what was booked
after them is left out, but for payments and payments that came back, which happened. A payment is
told in the steps of its waterfall, so that a fee, a reserve and a tax are lines of their own.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Q, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from catalog.models import Party
from royalty.models import (
    AccountKind,
    Entry,
    Journal,
    JournalKind,
    Payout,
    PayoutPart,
    Side,
)
from royalty.models.ledger import GROWING_BY_DEBITS
from royalty.selectors.statements import statements_of


class Move(TextChoices):
    """Why a balance moved."""

    STATEMENT = "statement", _("Statement")
    CORRECTION = "correction", _("Correction")
    RELEASE = "release", _("Held money released")
    UNDONE = "undone", _("Booking undone")
    PAYOUT = "payout", _("Payment")
    FEE = "fee", _("Fee for administration")
    RESERVE = "reserve", _("Kept in reserve")
    RESERVE_BACK = "reserve_back", _("Reserve that came back")
    RECOUPED = "recouped", _("Advance recouped")
    TAX = "tax", _("Tax withheld")
    VAT = "vat", _("VAT")
    RETURNED = "returned", _("Payment came back")


# The steps of a payment in the order of their account: what each adds or takes.
STEPS = (
    (Move.RESERVE_BACK, "released_atoms", 1),
    (Move.FEE, "fee_atoms", -1),
    (Move.RESERVE, "reserve_atoms", -1),
    (Move.RECOUPED, "recoupment_atoms", -1),
    (Move.TAX, "withholding_atoms", -1),
    (Move.VAT, "vat_atoms", 1),
    (Move.PAYOUT, "payable_atoms", -1),
)
_KINDS = {
    JournalKind.ALLOCATION.value: Move.STATEMENT,
    JournalKind.RELEASE.value: Move.RELEASE,
    JournalKind.REVERSAL.value: Move.UNDONE,
    JournalKind.PAYOUT.value: Move.PAYOUT,
}


@dataclass(frozen=True)
class Movement:
    """A line of the account, in atoms; `balance_atoms` is what it holds afterwards."""

    journal: UUID
    day: date
    kind: Move
    contract_id: int
    contract: str  # its name
    note: str
    atoms: int
    balance_atoms: int = 0
    statement_id: int | None = None
    payout_id: int | None = None


def currencies_of(parties: Collection[Party]) -> list[str]:
    """The currencies in which the parties have accounts."""
    entries = Entry.objects.filter(
        account__kind=AccountKind.PARTY_PAYABLE, account__party__in=parties
    )
    return sorted(set(entries.values_list("account__currency", flat=True)))


def movements_of(party: Party, currency: str) -> list[Movement]:
    """All that moved a party's balance in a currency, the oldest first, with what it held then."""
    entries = Entry.objects.filter(
        account__kind=AccountKind.PARTY_PAYABLE, account__party=party, account__currency=currency
    )
    entries = entries.select_related(
        "account__contract", "journal__reverses", "journal__restatement"
    )
    statements, until = _told(party)
    parts = _parts([party])
    movements: list[Movement] = []
    for entry in entries.order_by("journal_id", "pk"):
        journal, contract = entry.journal, entry.account.contract
        is_of_payout = JournalKind.PAYOUT in (journal.kind, _reversed_kind(journal))
        if not is_of_payout and journal.posted_on >= until.get(contract.pk, date.min):
            continue
        movement = _movement(entry, statements.get(journal.period_id))
        part = parts.get(payout_key(journal))
        if part is not None:
            movement = replace(movement, payout_id=part.payout_id)
        if part is not None and journal.kind == JournalKind.PAYOUT:
            movements.extend(_steps(movement, part))
        elif part is not None:
            movements.append(replace(movement, note=part.payout.return_reason or movement.note))
        else:
            movements.append(movement)
    return _balanced(sorted(movements, key=lambda each: (each.day, each.journal)))


def payout_key(journal: Journal) -> str:
    """By which key a payout's part was posted, of the journal that did or the one that undid it."""
    undone = journal.reverses
    return undone.idempotency_key if undone is not None else journal.idempotency_key


def booked_payouts_of(parties: Collection[Party]) -> list[Payout]:
    """The parties' payouts that are in the books, the newest first; drafts are not."""
    journals = Journal.objects.filter(
        kind=JournalKind.PAYOUT,
        entries__account__kind=AccountKind.PARTY_PAYABLE,
        entries__account__party__in=parties,
    )
    keys = journals.values_list("idempotency_key", flat=True)
    payouts = {int(key.split(":")[1]) for key in keys}
    found = Payout.objects.filter(pk__in=payouts, party__in=parties)
    return list(found.select_related("party", "bank_details").order_by("-pk"))


def on_their_way(parties: Collection[Party]) -> Mapping[str, int]:
    """What was sent to the parties' banks and is not there yet.  {currency: atoms}"""
    pending = [
        payout.pk for payout in booked_payouts_of(parties) if payout.status == Payout.Status.PENDING
    ]
    if not pending:
        return {}
    parts = PayoutPart.objects.filter(payout__in=pending).values_list("contract__currency")
    return {code: int(atoms) for code, atoms in parts.annotate(atoms=Sum("payable_atoms"))}


def balances_of(parties: Collection[Party], kind: AccountKind) -> Mapping[str, int]:
    """What the parties' accounts of a kind hold together, on their normal side.  {currency: atoms}

    Currencies in which they hold nothing are left out.
    """
    rows = (
        Entry.objects.filter(account__kind=kind, account__party__in=parties)
        .values_list("account__currency")
        .annotate(
            debit=Sum("amount_atoms", filter=Q(side=Side.DEBIT), default=0),
            credit=Sum("amount_atoms", filter=Q(side=Side.CREDIT), default=0),
        )
        .order_by("account__currency")
    )
    sign = -1 if kind in GROWING_BY_DEBITS else 1
    held = {code: sign * int(credit - debit) for code, debit, credit in rows}
    return {code: atoms for code, atoms in held.items() if atoms}


def _balanced(movements: Iterable[Movement]) -> list[Movement]:
    balance_atoms, balanced = 0, []
    for movement in movements:
        balance_atoms += movement.atoms
        balanced.append(replace(movement, balance_atoms=balance_atoms))
    return balanced


def _told(party: Party) -> tuple[Mapping[int, int], Mapping[int, date]]:
    """Its statements by their period, and before which day each contract's last one ends."""
    statements: dict[int, int] = {}
    until: dict[int, date] = {}
    for statement in statements_of([party]):
        period = statement.period
        statements[period.pk] = statement.pk
        until[period.contract_id] = max(period.ends_on, until.get(period.contract_id, date.min))
    return statements, until


def _parts(parties: Collection[Party]) -> Mapping[str, PayoutPart]:
    """The parts of the parties' payouts, by the key under which each is booked."""
    parts = PayoutPart.objects.filter(payout__party__in=parties).select_related("payout")
    return {f"payout:{part.payout_id}:{part.contract_id}": part for part in parts}


def _movement(entry: Entry, statement_id: int | None) -> Movement:
    journal, contract = entry.journal, entry.account.contract
    kind, note = _why(journal)
    return Movement(
        journal=journal.pk,
        day=journal.posted_on,
        kind=kind,
        contract_id=contract.pk,
        contract=contract.name,
        note=note,
        atoms=entry.amount_atoms if entry.side == Side.CREDIT else -entry.amount_atoms,
        statement_id=statement_id if kind == Move.STATEMENT else None,
    )


def _why(journal: Journal) -> tuple[Move, str]:
    """The kind, and the reason that somebody gave."""
    restatement = getattr(journal, "restatement", None)
    if restatement is not None:
        return Move.CORRECTION, restatement.reason
    if _reversed_kind(journal) == JournalKind.PAYOUT:
        return Move.RETURNED, ""
    kind = _KINDS.get(journal.kind, Move.CORRECTION)
    if kind in (Move.STATEMENT, Move.PAYOUT):
        return kind, ""
    return kind, journal.memo.partition(": ")[2] or journal.memo


def _reversed_kind(journal: Journal) -> str:
    return "" if journal.reverses is None else journal.reverses.kind


def _steps(movement: Movement, part: PayoutPart) -> list[Movement]:
    """The steps of a payment, which together take its gross off the account."""
    steps = [(kind, sign * getattr(part, column)) for kind, column, sign in STEPS]
    return [replace(movement, kind=kind, atoms=atoms) for kind, atoms in steps if atoms]
