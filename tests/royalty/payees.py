"""Payees of the worked example with their terms and banks, and months in which to pay them."""

from datetime import UTC, date, datetime

from royalty.documents.pain import Address, BankAccount
from royalty.models import (
    BankDetails,
    PayeeTerms,
    PayingAccount,
    Payout,
    PayoutBatch,
    Period,
    TaxForm,
    Withholding,
)
from royalty.services import payees, payouts, periods
from tests.royalty.cast import CENT, World, payables

# Whole cents of the worked example's pro-rata month.
EARNED = {"A": 1255, "B": 676, "C": 868}
PAYDAY = datetime(2026, 11, 10, 9, tzinfo=UTC)
NEXT_PAYDAY = datetime(2026, 12, 10, 9, tzinfo=UTC)
ADDRESS = Address(town="Köln", country="DE", street="Rheingasse", building="12", postcode="50676")
IBANS = {
    "A": "DE89370400440532013000",
    "B": "GB29NWBK60161331926819",
    "C": "NO9386011117947",
    "catalogue": "FR1420041010050500013M02606",
}


def open_month(world: World, month: int = 11, contract=None) -> Period:
    """A month in which journals can be posted, and which is not settled."""
    ends_on = date(2027, 1, 1) if month == 12 else date(2026, month + 1, 1)
    return periods.open_period(
        contract=contract or world.contract, starts_on=date(2026, month, 1), ends_on=ends_on
    )


def agree(world: World, name: str, **changes: object) -> PayeeTerms:
    terms = {"currency": "EUR", "valid_from": date(2026, 1, 1)} | changes
    return payees.agree_terms(PayeeTerms(party=world.parties[name], **terms))


def withhold(world: World, name: str, **changes: object) -> Withholding:
    rates = {"statutory_ppm": 300_000, "valid_from": date(2026, 1, 1)} | changes
    return payees.set_withholding(Withholding(party=world.parties[name], **rates))


def bank(world: World, name: str, iban: str = "") -> BankDetails:
    account = BankAccount(f"Payee {name}", iban or IBANS[name], ADDRESS)
    return payees.enter_bank_details(party=world.parties[name], account=account, user=world.ann)


def leave_tax_form(world: World, name: str) -> TaxForm:
    """A form that waits to be looked at; its file is nowhere."""
    return TaxForm.objects.create(
        party=world.parties[name],
        sent_by=world.ann,
        name="form.pdf",
        media_type="application/pdf",
        sha256="0" * 64,
        size_bytes=1,
    )


def paying_account(world: World) -> PayingAccount:
    account = BankAccount("Catalogue Ltd", IBANS["catalogue"], ADDRESS, "PSSTFRPPPAR")
    return payees.enter_paying_account(code="EUR", account=account, user=world.ann)


def agree_with_all(world: World, **terms: object) -> None:
    """Everybody has the same terms and a bank; the catalogue has an account to pay from."""
    paying_account(world)
    for name in "ABC":
        agree(world, name, **terms)
        bank(world, name)


def draft(world: World, as_of: datetime = PAYDAY) -> PayoutBatch:
    return payouts.draft_batch(code="EUR", user=world.ann, as_of=as_of)


def approved(world: World, as_of: datetime = PAYDAY) -> PayoutBatch:
    """Drafted by Ann, approved by Ben."""
    return payouts.approve_batch(batch=draft(world, as_of), user=world.ben, as_of=as_of)


def sent(world: World, as_of: datetime = PAYDAY) -> PayoutBatch:
    batch = approved(world, as_of)
    payouts.export_batch(batch=batch)
    return payouts.mark_sent(batch=batch, user=world.ann, as_of=as_of)


def payout_of(batch: PayoutBatch, name: str) -> Payout:
    return batch.payouts.get(party__ref=name)


def cents(batch: PayoutBatch) -> dict[str, int]:
    """What each party gets, by its ref."""
    return {p.party.ref: p.payable_atoms // CENT for p in batch.payouts.select_related("party")}


def owed(world: World) -> dict[str, int]:
    """Atoms on the payees' accounts after everything."""
    return payables(world, as_of=date(2027, 1, 1))
