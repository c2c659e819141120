"""From a closed month to an invoice: how much, how numbered, with which tax, and what lowers it."""

from datetime import date, timedelta

import pytest
from stdnum import iso11649

from royalty.models import AccountKind, Invoice
from royalty.selectors.ledger import trial_balance
from royalty.selectors.receivables import due
from royalty.selectors.verification import verify_ledger
from royalty.services import ledger, receivables
from royalty.services.receivables import ReceivableError
from tests.royalty.cast import CENT, EURO, settle, worked_example
from tests.royalty.money_in import (
    FRENCH_VAT,
    ISSUED,
    PARIS,
    billed,
    cents_on,
    issue,
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
