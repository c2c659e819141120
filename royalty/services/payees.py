"""Agreeing terms with payees, entering bank details, granting advances."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from catalog.models import Party
from common import money
from royalty.apportionment.payout_waterfall import PayoutTerms
from royalty.documents.pain import BankAccount
from royalty.models import (
    AccountKind,
    BankDetails,
    Contract,
    Journal,
    JournalKind,
    PayeeTerms,
    PayingAccount,
    Period,
    Side,
    Withholding,
)
from royalty.services import ledger

Agreement = TypeVar("Agreement", PayeeTerms, Withholding)


class PayeeError(Exception):
    """What cannot be agreed with or entered for a payee; the message says why."""


@transaction.atomic
def agree_terms(terms: PayeeTerms) -> PayeeTerms:
    """Write terms that begin; those that hold without an end in the same currency end that day.

    Raises:
        PayeeError: an unknown currency or order, rates above one, days that others cover.
    """
    check_order(terms.order)
    try:
        money.currency(terms.currency)
    except money.MoneyError as error:
        raise PayeeError(f"The terms of {terms.party} cannot be agreed: {error}.") from error
    open_ended = PayeeTerms.objects.filter(party=terms.party, currency=terms.currency)
    _end(open_ended.filter(valid_until__isnull=True).first(), terms.valid_from)
    return _checked(terms, f"The terms of {terms.party}")


def check_order(order: Sequence[str]) -> None:
    """Raises PayeeError unless the order names each step of the waterfall once."""
    try:
        PayoutTerms(unit_atoms=1, order=order)
    except ValueError as error:
        raise PayeeError(str(error)) from error


@transaction.atomic
def set_withholding(withholding: Withholding) -> Withholding:
    """Write a rate that begins; the one that holds without an end stops that day.

    Raises:
        PayeeError: rates above one, a reduced rate without its document, days that others cover.
    """
    before = Withholding.objects.filter(party=withholding.party, valid_until__isnull=True).first()
    _end(before, withholding.valid_from)
    return _checked(withholding, f"The withholding of {withholding.party}")


def enter_bank_details(*, party: Party, account: BankAccount, user: User | None) -> BankDetails:
    """Where a party wants its money from now on; what was drafted before must be drafted again."""
    return BankDetails.objects.create(party=party, entered_by=user, **columns(account))


def enter_paying_account(*, code: str, account: BankAccount, user: User | None) -> PayingAccount:
    """From which account payments in a currency go out from now on."""
    return PayingAccount.objects.create(
        currency=money.currency(code).code, entered_by=user, **columns(account)
    )


def columns(account: BankAccount) -> dict[str, str]:
    """A bank account as the columns of a row."""
    address = account.address
    return {
        **{"name": account.name, "iban": account.iban, "bic": account.bic},
        **{"street": address.street, "building": address.building, "postcode": address.postcode},
        **{"town": address.town, "country": address.country},
    }


@transaction.atomic  # a refused one opens no account either
def grant_advance(
    *, contract: Contract, party: Party, amount_minor: int, period: Period, paid_on: date, key: str
) -> Journal:
    """Book an advance that was paid to a party, to be recouped from what it earns.

    The same key again returns the first journal.

    Raises:
        PayeeError: no amount, or a period of another contract.
        LedgerError: the books refuse it: a closed period, a day outside it, a key used otherwise.
    """
    if amount_minor <= 0:
        raise PayeeError(f"An advance of {amount_minor} is none; name a positive amount.")
    if period.contract_id != contract.pk:
        raise PayeeError(f"{period} is no period of {contract}.")
    amount_atoms = amount_minor * contract.money.atoms_per_minor
    advance = ledger.account(contract, AccountKind.PARTY_ADVANCE, party)
    bank = ledger.account(contract, AccountKind.BANK)
    return ledger.post(
        ledger.Draft(
            key=f"advance:{contract.pk}:{party.pk}:{key}",
            kind=JournalKind.ADVANCE,
            period=period,
            posted_on=paid_on,
            legs=(
                ledger.leg(advance, Side.DEBIT, amount_atoms),
                ledger.leg(bank, Side.CREDIT, amount_atoms),
            ),
            memo=f"advance to {party.ref}",
        )
    )


def _end(row: PayeeTerms | Withholding | None, on: date) -> None:
    """End an agreement on the day on which the next begins; one that began later is left alone."""
    if row is not None and row.valid_from < on:
        row.valid_until = on
        row.save(update_fields=["valid_until"])


def _checked(row: Agreement, what: str) -> Agreement:
    try:
        row.full_clean()
    except ValidationError as error:
        sentences = " ".join(error.messages)
        raise PayeeError(f"{what} cannot be written: {sentences}") from error
    row.save()
    return row
