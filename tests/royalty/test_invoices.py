"""From a closed month to an invoice: how much, how numbered, with which tax, and what lowers it."""

from datetime import date, timedelta

import pytest
from beancount.loader import load_file
from django.db import DatabaseError, transaction
from stdnum import iso11649

from royalty.documents.ledger import ledger_beancount
from royalty.models import AccountKind, Invoice
from royalty.selectors.collected import collected
from royalty.selectors.general_ledger import general_ledger
from royalty.selectors.ledger import trial_balance
from royalty.selectors.receivables import credit_atoms, due, open_atoms
from royalty.selectors.verification import verify_ledger
from royalty.services import ledger, periods, receivables
from royalty.services.receivables import ReceivableError
from tests.royalty.attacker import execute
from tests.royalty.cast import AFTER, CENT, EURO, settle, sign, worked_example
from tests.royalty.money_in import (
    FRENCH_VAT,
    ISSUED,
    OURS,
    PARIS,
    Paid,
    billed,
    cents_on,
    earn_again,
    issue,
    receive,
)
from tests.royalty.payees import open_month

pytestmark = pytest.mark.django_db


def test_an_invoice_is_of_the_revenue_less_what_the_platform_keeps(november):
    invoice = issue(billed(november))
    assert (invoice.label, invoice.net_atoms) == ("INV-2026-0001", 28 * EURO)
    assert [(line["text"], line["atoms"] // EURO) for line in invoice.lines] == [
        ("2026-10: revenue", 40),
        ("2026-10: commission that the platform keeps", -12),
    ]
    assert (invoice.issued_on, invoice.due_on) == (ISSUED, ISSUED + timedelta(days=30))
    assert iso11649.is_valid(invoice.reference)
    assert cents_on(november, AccountKind.PLATFORM_RECEIVABLE) == 2800
    assert cents_on(november, AccountKind.COMMISSION) == 0
    assert trial_balance().is_balanced
    assert verify_ledger() == []


def test_a_month_is_invoiced_once(november):
    issue(billed(november))
    with pytest.raises(ReceivableError, match="No period of studio-2026 was closed since"):
        issue(november)
    assert due(november.contract) is None


def test_what_an_invoice_lacks_is_named(november):
    with pytest.raises(ReceivableError, match="The house has no billing details"):
        issue(november)
    enter = receivables.enter_billing_details
    enter(platform=None, name="Catalogue Ltd", address=PARIS)
    with pytest.raises(ReceivableError, match="Acme Music AI has no billing details"):
        issue(november)
    enter(platform=november.platform, name="Acme", address=PARIS)
    with pytest.raises(ReceivableError, match="no account on which EUR is paid"):
        issue(november)
    assert not Invoice.objects.exists()


def test_below_the_smallest_coin_nothing_is_invoiced_and_nothing_is_lost(bare):
    """A third of a cent stays on the receivable and comes with the next invoice."""
    world = billed(bare)
    _earn(world, 10, 333_333)
    open_month(world)
    with pytest.raises(ReceivableError, match="Less than the smallest coin"):
        issue(world)
    _earn(world, 11, 2 * CENT + 666_667)
    open_month(world, 12)
    invoice = issue(world, on=date(2026, 12, 2))
    assert invoice.net_atoms == 3 * CENT
    assert [line["atoms"] for line in invoice.lines] == [333_333, 2 * CENT + 666_667]


def _earn(world, month: int, atoms: int) -> None:
    """Close the month with revenue of so many atoms, which no file could report."""
    period = world.contract.periods.get(starts_on=date(2026, month, 1))
    accounts = (AccountKind.PLATFORM_RECEIVABLE, AccountKind.HELD_NO_USE)
    receivable, held = (ledger.account(world.contract, kind) for kind in accounts)
    legs = (ledger.leg(receivable, "debit", atoms), ledger.leg(held, "credit", atoms))
    ledger.post(ledger.Draft(f"m{month}", "release", period, period.last_day, legs))
    as_of = world.contract.created_at.replace(year=2027)
    settle(world, period, as_of)


@pytest.mark.parametrize(
    ("terms", "where", "number", "expected"),
    [
        pytest.param({"vat_ppm": 190_000}, None, "", (190_000, 532, ""), id="at home"),
        pytest.param(
            {"vat_ppm": 190_000}, PARIS, FRENCH_VAT, (0, 0, "Reverse charge"), id="in the union"
        ),
        pytest.param({}, None, "", (0, 0, ""), id="not agreed"),
    ],
)
def test_vat_is_charged_at_home_and_by_the_customer_in_another_state(
    db, report, terms, where, number, expected
):
    world = report(worked_example(**terms))
    settle(world)
    open_month(world)
    billed(world, **({"platform": where, "vat": number} if where else {}))
    invoice = issue(world)
    rate_ppm, cents, sentence = expected
    assert (invoice.vat_ppm, invoice.vat_atoms // CENT) == (rate_ppm, cents)
    assert invoice.vat_sentence.startswith(sentence)
    assert bool(invoice.vat_sentence) == bool(sentence)
    assert cents_on(world, AccountKind.VAT_PAYABLE) == cents
    assert cents_on(world, AccountKind.PLATFORM_RECEIVABLE) == 2800 + cents
    assert verify_ledger() == []


def test_what_lowers_an_invoiced_month_gives_a_credit_note(november):
    """5.00 go back to the platform after October was invoiced, and it had paid only a part."""
    world, first = november, issue(billed(november))
    receive(world, Paid("20.00", reference=first.reference))
    _return_to_platform(world, 5 * EURO)
    settle(world, world.contract.periods.get(starts_on=date(2026, 11, 1)), AFTER.replace(month=12))
    open_month(world, 12)
    note = issue(world, on=date(2026, 12, 2))
    assert (note.label, note.net_atoms) == ("CN-2026-0001", 5 * EURO)
    assert open_atoms(first) == 3 * EURO
    assert credit_atoms(world.contract) == 0
    assert cents_on(world, AccountKind.PLATFORM_RECEIVABLE) == 300
    assert collected("EUR") == {world.contract.pk: 20 * EURO}
    assert verify_ledger() == []


def test_a_credit_that_nothing_is_open_for_waits_for_the_next_invoice(november, take):
    world, first = november, issue(billed(november))
    receive(world, Paid("28.00", reference=first.reference))
    _return_to_platform(world, 30 * EURO)
    settle(world, world.contract.periods.get(starts_on=date(2026, 11, 1)), AFTER.replace(month=12))
    open_month(world, 12)
    issue(world, on=date(2026, 12, 2))
    assert credit_atoms(world.contract) == 30 * EURO
    assert collected("EUR") == {world.contract.pk: -2 * EURO}
    assert verify_ledger() == []


def _return_to_platform(world, atoms: int) -> None:
    """A part of what was apportioned goes back to the platform, in November."""
    period = world.contract.periods.get(starts_on=date(2026, 11, 1))
    share = ledger.account(world.contract, AccountKind.PLATFORM_SHARE)
    payable = ledger.account(world.contract, AccountKind.PARTY_PAYABLE, world.parties["A"])
    legs = (ledger.leg(payable, "debit", atoms), ledger.leg(share, "credit", atoms))
    ledger.post(ledger.Draft("back", "payment", period, date(2026, 11, 20), legs))


def test_numbers_have_no_gaps_and_begin_anew_each_year(november, take):
    world = billed(november)
    other = sign(world.platform, code="club-2026", service="club")
    with pytest.raises(ReceivableError), transaction.atomic():
        issue(world, other)  # nothing is due: no number is lost
    issue(world)
    earn_again(world, take)
    january = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 2, 1)}
    periods.open_period(contract=world.contract, **january)
    issue(world, on=date(2027, 1, 4))
    assert [str(each) for each in Invoice.objects.order_by("pk")] == [
        "INV-2026-0001",
        "INV-2027-0001",
    ]


@pytest.mark.parametrize("number", [1, 3], ids=["twice", "with a gap"])
def test_the_database_refuses_a_number_that_is_not_the_next(november, number):
    invoice = issue(billed(november))
    november_itself = november.contract.periods.get(starts_on=date(2026, 11, 1))
    invoice.pk, invoice.reference, invoice.through = None, "RF", november_itself
    invoice.number = number
    refusal = "The next number of INV in 2026 is 2, not 3|one_invoice_a_number"
    with pytest.raises(DatabaseError, match=refusal):
        invoice.save(force_insert=True)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE royalty_invoice SET net_atoms = net_atoms",
        "DELETE FROM royalty_match",
        "UPDATE royalty_receipt SET amount_atoms = 1",
        "DELETE FROM royalty_bankfile",
        "UPDATE royalty_billingdetails SET name = 'x'",
        "DELETE FROM royalty_selfbilling",
    ],
)
def test_what_was_written_stays(november, attack):
    issue(billed(november))
    with pytest.raises(DatabaseError, match="permission denied"):
        execute(attack)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": " "}, "enter the name"),
        ({"vat_number": "DE1"}, "is none of DE"),
        ({"iban": "DE00"}, "has 4 characters"),
    ],
    ids=["name", "vat", "iban"],
)
def test_billing_details_that_cannot_be_right_are_refused(november, changes, why):
    details = {"platform": None, "name": "Catalogue", "address": OURS} | changes
    with pytest.raises(ReceivableError, match=why):
        receivables.enter_billing_details(**details)


def test_before_a_month_is_over_it_is_not_invoiced(november):
    with pytest.raises(ReceivableError, match="date the invoice on 2026-11-01 or later"):
        issue(billed(november), on=date(2026, 10, 31))


def test_another_program_agrees_with_every_balance(november, tmp_path):
    """beancount adds the exported books up by itself, invoices and receipts included."""
    first = issue(billed(november))
    receive(november, Paid("40.00", reference=first.reference))
    path = tmp_path / "books.beancount"
    path.write_bytes(b"".join(ledger_beancount(general_ledger(date(2026, 12, 31)))))
    _, errors, _ = load_file(str(path))
    assert errors == []
