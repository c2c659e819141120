"""The journals of payouts: what leaves a payee's account, what the bank paid, what came back.

Each journal belongs to one contract and one of its open periods. A payout debits the payee with
the gross, and what is to be reclaimed with the VAT that the payee charges; it credits fee, reserve,
advance, tax and the payments on their way. A payment moves from those to the bank. An advance that
is recouped across contracts takes a journal in each, and the accounts between the contracts cancel
out. What comes back is undone by mirror images, so that the next payout begins from where this one
did.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from royalty.models import (
    AccountKind,
    Contract,
    Journal,
    JournalKind,
    Leg,
    Payout,
    PayoutPart,
    Period,
    Side,
)
from royalty.services import ledger
from royalty.services.payouts.errors import PayoutError


@dataclass(frozen=True)
class Booking:
    """What happens to a payout on a day, and the open periods (by contract) that take it."""

    payout: Payout
    periods: Mapping[int, Period]
    day: date
    user: User

    def post(self, contract: Contract, kind: JournalKind, key: str, legs: tuple[Leg, ...]) -> None:
        """Post a journal of the payout.

        Raises:
            PayoutError: the contract has no open period on the day.
            LedgerError: the books refuse it.
        """
        ledger.post(
            ledger.Draft(
                key=key,
                kind=kind,
                period=self.period(contract),
                posted_on=self.day,
                legs=legs,
                memo=f"{self.payout.end_to_end_id} to {self.payout.party.ref}"[:500],
                posted_by=self.user,
            )
        )

    def period(self, contract: Contract) -> Period:
        """The contract's open period of the day."""
        period = self.periods.get(contract.pk)
        if period is None:
            raise PayoutError(f"{contract} has no open period on {self.day} to post in; open one.")
        return period


def key_prefix(payout: Payout) -> str:
    """What the idempotency keys of all journals of a payout begin with."""
    return f"payout:{payout.pk}:"


def part_key(part: PayoutPart) -> str:
    """The key of the journal that took a part off its payee's account."""
    return f"payout:{part.payout_id}:{part.contract_id}"


def post_payout(booking: Booking) -> None:
    """Take a payout off the payee's accounts, into what it is deducted for and the payment.

    Raises PayoutError and LedgerError as `Booking.post`.
    """
    payout = booking.payout
    contracts = {each.code: each for each in Contract.objects.filter(code__in=_codes(payout))}
    for part in _parts(payout):
        crossed = crossed_atoms(part)
        legs = _part_legs(part, payout, sum(crossed.values()))
        booking.post(part.contract, JournalKind.PAYOUT, part_key(part), legs)
        for code, atoms in crossed.items():
            other = contracts[code]
            advance = ledger.account(other, AccountKind.PARTY_ADVANCE, payout.party)
            between = ledger.account(other, AccountKind.OTHER_CONTRACTS)
            legs = (
                ledger.leg(between, Side.DEBIT, atoms),
                ledger.leg(advance, Side.CREDIT, atoms),
            )
            key = f"{part_key(part)}:recoups:{other.pk}"
            booking.post(other, JournalKind.PAYOUT, key, legs)


def post_payment(booking: Booking) -> None:
    """The bank paid: the payment is no longer on its way.

    Raises PayoutError and LedgerError as `Booking.post`.
    """
    for part in _parts(booking.payout):
        if part.payable_atoms == 0:
            continue
        clearing = ledger.account(part.contract, AccountKind.PAYOUT_CLEARING)
        bank = ledger.account(part.contract, AccountKind.BANK)
        legs = (
            ledger.leg(clearing, Side.DEBIT, part.payable_atoms),
            ledger.leg(bank, Side.CREDIT, part.payable_atoms),
        )
        booking.post(part.contract, JournalKind.PAYMENT, f"{part_key(part)}:paid", legs)


def post_return(booking: Booking, reason: str) -> None:
    """Undo everything that was posted for a payout, the last first.

    Raises PayoutError and LedgerError as `Booking.post`.
    """
    posted = Journal.objects.filter(
        idempotency_key__startswith=key_prefix(booking.payout), reverses__isnull=True
    )
    for journal in posted.select_related("period__contract").order_by("-pk"):
        ledger.reverse(
            journal,
            key=f"{journal.idempotency_key}:returned",
            period=booking.period(journal.period.contract),
            posted_on=booking.day,
            reason=reason,
            posted_by=booking.user,
        )


def crossed_atoms(part: PayoutPart) -> dict[str, int]:
    """What a part recouped of advances under other contracts, by their codes."""
    return {
        line["contract"]: line["atoms"]
        for line in part.deductions
        if line["rule"] == "recoupment" and line["contract"] != part.contract.code
    }


def _parts(payout: Payout) -> list[PayoutPart]:
    return list(payout.parts.select_related("contract").order_by("contract__code"))


def _codes(payout: Payout) -> set[str]:
    return {code for part in _parts(payout) for code in crossed_atoms(part)}


def _part_legs(part: PayoutPart, payout: Payout, crossed_atoms: int) -> tuple[Leg, ...]:
    contract, party = part.contract, payout.party
    reserve = AccountKind.PARTY_RESERVE
    amounts = (
        (AccountKind.PARTY_PAYABLE, party, Side.DEBIT, part.gross_atoms),
        (reserve, party, Side.DEBIT, part.released_atoms),
        (AccountKind.ADMIN_FEE, None, Side.CREDIT, part.fee_atoms),
        (reserve, party, Side.CREDIT, part.reserve_atoms),
        (AccountKind.PARTY_ADVANCE, party, Side.CREDIT, part.recoupment_atoms - crossed_atoms),
        (AccountKind.OTHER_CONTRACTS, None, Side.CREDIT, crossed_atoms),
        (AccountKind.WITHHOLDING_TAX, None, Side.CREDIT, part.withholding_atoms),
        (AccountKind.VAT_RECLAIMABLE, None, Side.DEBIT, part.vat_atoms),
        (AccountKind.PAYOUT_CLEARING, None, Side.CREDIT, part.payable_atoms),
    )
    return tuple(
        ledger.leg(ledger.account(contract, kind, whose), side, atoms)
        for kind, whose, side, atoms in amounts
        if atoms
    )
