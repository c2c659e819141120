"""What the bank's files bring: each entry once, matched where that is certain, else by a person."""

from dataclasses import replace
from datetime import date

import pytest

from royalty.models import AccountKind, BankFile, Match, Receipt
from royalty.selectors.ledger import trial_balance
from royalty.selectors.receivables import (
    credit_atoms,
    open_atoms,
    open_invoices,
    rest_atoms,
    unmatched_receipts,
)
from royalty.selectors.verification import verify_ledger
from royalty.services import ledger, receivables
from royalty.services.receivables import ReceivableError, receipts
from tests.royalty.cast import CENT, EURO, settle, sign
from tests.royalty.money_in import (
    ARRIVED,
    Paid,
    billed,
    by,
    cents_on,
    earn_again,
    issue,
    matched,
    notification,
    receive,
    take,
)
from tests.royalty.payees import agree_with_all, open_month, payout_of, sent

pytestmark = pytest.mark.django_db
RECEIVABLE, CREDIT = AccountKind.PLATFORM_RECEIVABLE, AccountKind.PLATFORM_CREDIT
UNMATCHED, BANK = AccountKind.UNMATCHED_RECEIPTS, AccountKind.BANK


@pytest.fixture
def invoiced(november):
    """October is invoiced: 28.00."""
    november.invoice = issue(billed(november))
    return november


@pytest.fixture
def next_invoice(take):
    """November earns what October did, and is invoiced."""

    def make(world):
        earn_again(world, take)
        return issue(world, on=date(2026, 12, 2))

    return make


@pytest.fixture(autouse=True)
def right_books():
    """Whatever was done, the books are right at the end."""
    yield
    assert trial_balance().is_balanced
    assert verify_ledger() == []


@pytest.mark.parametrize(
    ("paid", "found_by"),
    [
        pytest.param(
            lambda i: Paid("28.00", reference=i.reference), "creditor reference", id="structured"
        ),
        pytest.param(
            lambda i: Paid("28.00", text=f"our ref 7 / {i.reference[:4]} {i.reference[4:]} thanks"),
            "creditor reference",
            id="reference in the text",
        ),
        pytest.param(
            lambda i: Paid("28.00", text="pay inv 2026/0001, thanks", iban="", name="?"),
            "invoice number",
            id="number in the text",
        ),
        pytest.param(
            lambda i: Paid("28.00", name="?"), "amount and payer", id="amount and account"
        ),
        pytest.param(
            lambda i: Paid("28.00", iban="", name="acme gmbh."), "amount and payer", id="by name"
        ),
    ],
)
def test_a_payment_is_matched_by_what_it_names(invoiced, paid, found_by):
    receipt = receive(invoiced, paid(invoiced.invoice))
    assert [(m.use, m.found_by) for m in receipt.matches.all()] == [("invoice", found_by)]
    assert open_atoms(invoiced.invoice) == 0
    assert cents_on(invoiced, RECEIVABLE) == cents_on(invoiced, UNMATCHED) == 0
    assert cents_on(invoiced, BANK) == 2800


@pytest.mark.parametrize(
    "paid",
    [
        pytest.param(Paid("27.99"), id="another amount"),
        pytest.param(
            Paid("28.00", name="Somebody", iban="DE89370400440532013000"), id="a stranger"
        ),
        pytest.param(Paid("28.00", name="", iban=""), id="nobody named"),
        pytest.param(Paid("28.00", text="INV-2026-00012", iban="", name="?"), id="a longer number"),
        pytest.param(Paid("28.00", text="CN-2026-0001", iban="", name="?"), id="a credit note"),
    ],
)
def test_what_is_not_certain_is_left_to_a_person(invoiced, paid):
    receipt = receive(invoiced, paid)
    assert list(unmatched_receipts()) == [receipt]
    assert cents_on(invoiced, UNMATCHED) == receipt.amount_atoms // CENT
    assert open_atoms(invoiced.invoice) == 28 * EURO


def test_a_file_is_taken_once(invoiced):
    paid = Paid("28.00", reference=invoiced.invoice.reference)
    first = take(invoiced, paid)
    again = take(invoiced, paid)
    assert again.was_taken_before
    assert again.bank_file == first.bank_file
    assert Receipt.objects.count() == 1


def test_another_content_under_a_known_message_id_is_refused(invoiced):
    take(invoiced, Paid("28.00"))
    with pytest.raises(
        ReceivableError, match=r"camt\.054 N-1 was taken on 2026-11-21 with another"
    ):
        take(invoiced, Paid("28.01"))
    assert BankFile.objects.count() == 1


@pytest.mark.parametrize("reference", ["BANK-7", ""], ids=["by its reference", "by its content"])
def test_an_entry_is_taken_once_whichever_file_tells_of_it(invoiced, reference):
    paid = Paid("10.00", bank_reference=reference)
    take(invoiced, paid)
    again = take(invoiced, paid, Paid("11.00"), message="N-2")
    assert (again.known_count, [r.amount_atoms for r in again.receipts]) == (1, [11 * EURO])
    assert cents_on(invoiced, BANK) == 2100


def test_two_entries_that_say_the_same_are_two(invoiced):
    taken = take(invoiced, Paid("10.00"), Paid("10.00"))
    assert len(taken.receipts) == 2
    assert cents_on(invoiced, BANK) == 2000


def test_a_part_payment_leaves_the_rest_open(invoiced):
    receive(invoiced, Paid("10.00", reference=invoiced.invoice.reference))
    (left,) = open_invoices(date(2026, 12, 6))
    assert (left.open_atoms, left.days_late, left.age) == (18 * EURO, 2, "0-30 days")


def test_an_overpayment_is_a_credit_that_the_next_invoice_uses(invoiced, next_invoice):
    receipt = receive(invoiced, Paid("40.00", reference=invoiced.invoice.reference))
    assert matched(receipt) == [("invoice", 2800), ("credit", 1200)]
    assert credit_atoms(invoiced.contract) == 12 * EURO
    assert cents_on(invoiced, CREDIT) == 1200
    second = next_invoice(invoiced)
    assert open_atoms(second) == 16 * EURO
    assert cents_on(invoiced, CREDIT) == 0
    assert cents_on(invoiced, RECEIVABLE) == 1600


def test_one_payment_for_two_invoices_pays_the_older_first(invoiced, next_invoice):
    second = next_invoice(invoiced)
    first = invoiced.invoice
    text = f"{second.label} and {first.label}"
    receipt = receive(invoiced, Paid("50.00", text=text, on=date(2026, 12, 5)))
    assert matched(receipt) == [("invoice", 2800), ("invoice", 2200)]
    assert (open_atoms(first), open_atoms(second)) == (0, 6 * EURO)


def test_paying_twice_leaves_a_credit(invoiced):
    paid = Paid("28.00", reference=invoiced.invoice.reference)
    receive(invoiced, paid)
    again = receive(invoiced, replace(paid, on=date(2026, 11, 21)), message="N-2")
    assert matched(again) == [("credit", 2800)]
    assert cents_on(invoiced, CREDIT) == 2800


def test_a_person_matches_what_was_not_certain(invoiced):
    receipt = receive(invoiced, Paid("30.00", name="Somebody", iban=""))
    receivables.match_receipt(receipt=receipt, invoice=invoiced.invoice, by=by(invoiced))
    assert rest_atoms(receipt) == 2 * EURO
    receivables.send_back(receipt=receipt, by=by(invoiced))
    assert matched(receipt) == [("invoice", 2800), ("returned", 200)]
    assert not unmatched_receipts()
    assert cents_on(invoiced, BANK) == 2800


def test_a_receipt_pays_no_more_than_it_brought(invoiced):
    receipt = receive(invoiced, Paid("10.00", name="Somebody", iban=""))
    with pytest.raises(ReceivableError, match=r"has 10.00 EUR left and INV-2026-0001 is open for"):
        receivables.match_receipt(
            receipt=receipt, invoice=invoiced.invoice, by=by(invoiced), amount_atoms=11 * EURO
        )
    receivables.match_receipt(receipt=receipt, invoice=invoiced.invoice, by=by(invoiced))
    with pytest.raises(ReceivableError, match=r"has 0\.00 EUR left"):
        receivables.match_receipt(receipt=receipt, invoice=invoiced.invoice, by=by(invoiced))


def test_a_wrong_match_is_undone_and_the_money_unmatched_again(invoiced):
    receipt = receive(invoiced, Paid("40.00", reference=invoiced.invoice.reference))
    for match in receipt.matches.order_by("-pk"):
        receivables.undo_match(match=match, by=by(invoiced))
    assert open_atoms(invoiced.invoice) == 28 * EURO
    assert rest_atoms(receipt) == 40 * EURO
    assert credit_atoms(invoiced.contract) == 0
    with pytest.raises(ReceivableError, match="does not hold any more"):
        receivables.undo_match(match=receipt.matches.first(), by=by(invoiced))


def test_undoing_a_credit_gives_up_what_it_paid(invoiced, next_invoice):
    receipt = receive(invoiced, Paid("40.00", reference=invoiced.invoice.reference))
    second = next_invoice(invoiced)
    assert open_atoms(second) == 16 * EURO
    receivables.undo_match(
        match=receipt.matches.get(use=Match.Use.CREDIT), by=by(invoiced, date(2026, 12, 3))
    )
    assert open_atoms(second) == 28 * EURO


def test_what_the_bank_takes_back_opens_its_invoice_again(invoiced):
    receipt = receive(
        invoiced, Paid("28.00", reference=invoiced.invoice.reference, end_to_end="ACME-1")
    )
    taken = receive(
        invoiced,
        Paid("-28.00", end_to_end="ACME-1", is_reversal=True, on=date(2026, 11, 24)),
        message="N-2",
    )
    assert taken.is_taken_back
    assert open_atoms(invoiced.invoice) == 28 * EURO
    assert not unmatched_receipts()
    assert cents_on(invoiced, BANK) == cents_on(invoiced, UNMATCHED) == 0
    assert rest_atoms(receipt) == 0


def test_a_reversal_of_something_unknown_waits_for_a_person(invoiced):
    receipt = receive(invoiced, Paid("28.00", reference=invoiced.invoice.reference))
    taken = receive(
        invoiced, Paid("-28.00", is_reversal=True, iban="", end_to_end="X"), message="N-2"
    )
    assert list(unmatched_receipts()) == [taken]
    assert cents_on(invoiced, UNMATCHED) == -2800
    receivables.take_back(receipt=receipt, taken=taken, by=by(invoiced))
    assert not unmatched_receipts()
    assert cents_on(invoiced, UNMATCHED) == 0
    with pytest.raises(ReceivableError, match="is explained already"):
        receivables.take_back(receipt=receipt, taken=taken, by=by(invoiced))


def test_pending_entries_are_not_money(invoiced):
    assert take(invoiced, Paid("28.00", status="PDNG")).receipts == []
    assert not Receipt.objects.exists()


def test_a_file_about_a_strange_account_is_refused_whole(invoiced):
    content = notification(Paid("28.00"), iban="DE89370400440532013000")
    with pytest.raises(ReceivableError, match="which is no account of the house"):
        take(invoiced, content=content)
    assert not BankFile.objects.exists()


def test_without_a_period_to_post_in_nothing_is_taken(invoiced):
    with pytest.raises(ReceivableError, match="open period on 2027-05-01 or after it"):
        take(invoiced, Paid("28.00", on=date(2027, 5, 1)))
    assert not Receipt.objects.exists()
    assert not BankFile.objects.exists()


def test_what_came_in_a_closed_month_is_booked_in_the_next(invoiced):
    receipt = receive(
        invoiced, Paid("28.00", reference=invoiced.invoice.reference, on=date(2026, 10, 30))
    )
    assert receipt.booked_on == date(2026, 10, 30)
    assert cents_on(invoiced, BANK) == 2800
    assert receipt.booked_on < ARRIVED


def test_killed_in_the_middle_of_a_file_nothing_of_it_is_taken(invoiced, monkeypatch):
    """Taken again, it is taken whole."""
    paid = (Paid("10.00", reference=invoiced.invoice.reference), Paid("1.00"))
    whole = receipts.find_invoices
    monkeypatch.setattr(receipts, "find_invoices", _dies_at("1.00", whole))
    with pytest.raises(KeyboardInterrupt):
        take(invoiced, *paid)
    assert not Receipt.objects.exists()
    assert cents_on(invoiced, BANK) == 0
    monkeypatch.setattr(receipts, "find_invoices", whole)
    assert len(take(invoiced, *paid).receipts) == 2


def _dies_at(amount: str, whole):
    def find(receipt, *arguments):
        if receipt.money.format_atoms(receipt.amount_atoms) == amount:
            raise KeyboardInterrupt
        return whole(receipt, *arguments)

    return find


def test_a_payment_of_ours_is_told_apart_and_confirms_its_payout(invoiced):
    agree_with_all(invoiced)
    batch = sent(invoiced)
    payout = payout_of(batch, "A")
    out = Paid("-12.55", end_to_end=payout.end_to_end_id, on=date(2026, 11, 12))
    assert take(invoiced, out).payments == [f"{payout} was paid."]
    assert take(invoiced, replace(out, text="again"), message="N-2").payments == [
        f"{payout} is paid already."
    ]
    back = Paid("12.55", end_to_end=payout.end_to_end_id, on=date(2026, 11, 14))
    told = take(invoiced, back, message="N-3").payments
    assert told == [f"{payout} came back: The bank gave no reason."]
    payout.refresh_from_db()
    assert payout.status == "returned"
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("amount", "end_to_end", "words"),
    [
        ("-12.54", None, "is of another amount than the bank's 12.54 EUR"),
        ("-12.55", "TANTIEME-999-999999", "is no payout"),
        ("-12.55", "", "is no payout"),
    ],
    ids=["another amount", "unknown", "nothing named"],
)
def test_a_debit_that_fits_no_payout_changes_nothing(invoiced, amount, end_to_end, words):
    agree_with_all(invoiced)
    payout = payout_of(sent(invoiced), "A")
    named = payout.end_to_end_id if end_to_end is None else end_to_end
    (told,) = take(invoiced, Paid(amount, end_to_end=named)).payments
    assert words in told
    payout.refresh_from_db()
    assert payout.status == "pending"


def test_one_payment_for_invoices_of_two_contracts_pays_both(invoiced, take_second_service):
    other = take_second_service(invoiced)
    first = invoiced.invoice
    receipt = receive(invoiced, Paid("30.00", text=f"{first} {other}", on=date(2026, 11, 24)))
    assert matched(receipt) == [("invoice", 2800), ("invoice", 200)]
    assert cents_on(invoiced, BANK) == 2800
    assert cents_on(invoiced, BANK, other.contract) == 200
    assert cents_on(invoiced, UNMATCHED) == 0
    for match in receipt.matches.order_by("-pk"):
        receivables.undo_match(match=match, by=by(invoiced, date(2026, 11, 25)))
    assert cents_on(invoiced, BANK, other.contract) == 0
    assert cents_on(invoiced, UNMATCHED) == 3000


@pytest.fixture
def take_second_service():
    """Another contract of the platform, which owes 2.00 for October."""

    def make(world):
        contract = sign(world.platform, code="club-2026", service="club")
        october = open_month(world, 10, contract)
        accounts = (RECEIVABLE, AccountKind.HELD_NO_USE)
        receivable, held = (ledger.account(contract, kind) for kind in accounts)
        legs = (
            ledger.leg(receivable, "debit", 2 * EURO),
            ledger.leg(held, "credit", 2 * EURO),
        )
        day = date(2026, 10, 31)
        ledger.post(ledger.Draft("club", "payment", october, day, legs))
        settle(world, october)
        open_month(world, 11, contract)
        return issue(world, contract, date(2026, 11, 5))

    return make
