"""What the bank is sent, what it answers, and what that does to the books and the statements."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import pytest
from django.core.files.storage import default_storage

from royalty.documents.pain import Fate, PaymentStatus, StatusReport
from royalty.models import Journal, Payout, PayoutBatch, Statement
from royalty.selectors.verification import verify_ledger
from royalty.services import payouts
from royalty.services.payouts import PayoutError
from royalty.services.payouts import bank as bank_service
from tests.royalty.cast import (
    CENT,
    balances,
    settle,
)
from tests.royalty.payees import (
    EARNED,
    NEXT_PAYDAY,
    PAYDAY,
    agree,
    approved,
    bank,
    cents,
    draft,
    owed,
    paying_account,
    payout_of,
    sent,
)

pytestmark = pytest.mark.django_db
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
DAY = PAYDAY.date()


def report(batch: PayoutBatch, **fates: Fate) -> StatusReport:
    statuses = tuple(
        PaymentStatus(payout_of(batch, name).end_to_end_id, fate, "AC04: Account closed")
        for name, fate in fates.items()
    )
    return StatusReport(batch.message_id, None, statuses)


def test_the_file_has_the_books_sum_and_number_and_the_same_bytes_again(ready):
    batch = approved(ready)
    first, second = payouts.export_batch(batch=batch), payouts.export_batch(batch=batch)
    assert first == second
    batch.refresh_from_db()
    with default_storage.open(batch.file_name) as file:
        assert file.read() == first
    root = ET.fromstring(first)
    amounts = [element.text for element in root.iterfind(".//p:InstdAmt", NS)]
    assert (
        sum(int(text.replace(".", "")) for text in amounts) * CENT
        == (balances(ready)["payout_clearing"])
    )
    header = root.find(".//p:GrpHdr", NS)
    assert header.findtext("p:NbOfTxs", namespaces=NS) == str(len(amounts)) == "3"
    assert header.findtext("p:CtrlSum", namespaces=NS) == "27.99"


@pytest.mark.parametrize(
    "spoil",
    [lambda all_: all_[1:], lambda all_: (replace(all_[0], amount_minor=1), *all_[1:])],
    ids=["a payment is missing", "an amount differs"],
)
def test_a_file_that_is_not_what_the_books_say_is_not_written(ready, monkeypatch, spoil):
    batch = approved(ready)
    right = bank_service.credit_transfer
    monkeypatch.setattr(
        bank_service,
        "credit_transfer",
        lambda found: replace(right(found), transfers=spoil(right(found).transfers)),
    )
    with pytest.raises(PayoutError, match="pay nothing"):
        payouts.export_batch(batch=batch)
    batch.refresh_from_db()
    assert (batch.status, batch.file_name) == ("approved", "")
    assert not default_storage.exists(f"payouts/{batch.message_id}.xml")


def test_nothing_is_exported_that_nobody_approved(ready):
    with pytest.raises(PayoutError, match="only one that is approved"):
        payouts.export_batch(batch=draft(ready))


def test_killed_between_the_file_and_its_note_the_export_is_simply_done_again(ready, monkeypatch):
    batch = approved(ready)
    monkeypatch.setattr(PayoutBatch, "save", _killed)
    with pytest.raises(KeyboardInterrupt):
        payouts.export_batch(batch=batch)
    monkeypatch.undo()
    batch.refresh_from_db()
    assert batch.status == "approved"
    with default_storage.open(f"payouts/{batch.message_id}.xml") as file:
        assert file.read() == payouts.export_batch(batch=batch)


def _killed(*_args, **_kwargs):
    raise KeyboardInterrupt


def test_killed_while_posting_nothing_is_approved_and_nothing_posted(ready, monkeypatch):
    batch, before = draft(ready), owed(ready)
    monkeypatch.setattr(PayoutBatch, "save", _killed)
    with pytest.raises(KeyboardInterrupt):
        payouts.approve_batch(batch=batch, user=ready.ben, as_of=PAYDAY)
    monkeypatch.undo()
    assert owed(ready) == before
    assert not Journal.objects.filter(kind="payout").exists()
    payouts.approve_batch(batch=batch, user=ready.ben, as_of=PAYDAY)


def test_what_the_bank_paid_leaves_the_clearing_account(ready):
    batch = sent(ready)
    assert payouts.settle_batch(batch=batch, user=ready.ann, day=DAY) == 3
    booked = balances(ready)
    assert booked["payout_clearing"] == 0
    assert booked["bank"] == -sum(EARNED.values()) * CENT
    batch.refresh_from_db()
    assert batch.status == "settled"
    assert payouts.settle_batch(batch=batch, user=ready.ann, day=DAY) == 0


def test_a_returned_payment_is_owed_again_with_its_reason_and_paid_next_time(ready):
    world, before = ready, owed(ready)
    batch = sent(world)
    paid = report(batch, A=Fate.RETURNED, B=Fate.PAID, C=Fate.PAID)
    changed = payouts.apply_report(batch=batch, report=paid, user=world.ann, day=DAY)
    assert len(changed) == 3
    assert payouts.apply_report(batch=batch, report=paid, user=world.ann, day=DAY) == []
    returned = payout_of(batch, "A")
    assert (returned.status, returned.return_reason) == ("returned", "AC04: Account closed")
    assert owed(world)["A"] == before["A"]
    assert Journal.objects.filter(kind="reversal", memo__contains="AC04").count() == 1
    bank(world, "A", iban="BE68539007547034")
    assert cents(approved(world)) == {"A": EARNED["A"]}
    assert verify_ledger() == []


def test_a_payment_that_comes_back_after_it_was_paid_is_undone_whole(november):
    world = november
    paying_account(world)
    agree(world, "A", admin_fee_ppm=150_000, reserve_ppm=100_000)
    bank(world, "A")
    before = owed(world)
    batch = sent(world)
    payouts.settle_batch(batch=batch, user=world.ann, day=DAY)
    payouts.return_payout(
        payout=payout_of(batch, "A"), reason="account closed", user=world.ann, day=DAY
    )
    assert owed(world) == before
    booked = balances(world)
    assert booked["bank"] == booked["admin_fee"] == booked["payout_clearing"] == 0
    with pytest.raises(PayoutError, match="cannot come back"):
        payouts.return_payout(payout=payout_of(batch, "A"), reason="again", user=world.ann, day=DAY)


def test_a_report_about_something_else_changes_nothing(ready):
    batch = sent(ready)
    right = report(batch, A=Fate.PAID)
    wrong = (
        StatusReport("ANOTHER", None, right.payments),
        StatusReport(batch.message_id, None, (PaymentStatus("X", Fate.PAID, ""),)),
        StatusReport(batch.message_id, None, right.payments * 2),
    )
    for each in wrong:
        with pytest.raises(PayoutError):
            payouts.apply_report(batch=batch, report=each, user=ready.ann, day=DAY)
    assert payout_of(batch, "A").status == "pending"
    payouts.apply_report(
        batch=batch, report=report(batch, A=Fate.RETURNED), user=ready.ann, day=DAY
    )
    with pytest.raises(PayoutError, match="reported as paid, but came back"):
        payouts.apply_report(batch=batch, report=right, user=ready.ann, day=DAY)


def test_a_rejected_file_returns_every_payment(ready):
    before = owed(ready)
    batch = sent(ready)
    rejected = StatusReport(batch.message_id, PaymentStatus("", Fate.RETURNED, "FF01"), ())
    payouts.apply_report(batch=batch, report=rejected, user=ready.ann, day=DAY)
    assert owed(ready) == before
    assert {p.status for p in Payout.objects.all()} == {"returned"}


def test_the_next_statement_tells_what_was_paid(ready):
    before = owed(ready)["A"]
    approved(ready)
    period = ready.contract.periods.get(starts_on=date(2026, 11, 1))
    settle(ready, period, NEXT_PAYDAY)
    statement = Statement.objects.get(period=period, party__ref="A")
    assert statement.opening_atoms == before
    assert statement.settled_atoms == -EARNED["A"] * CENT
    assert statement.adjustment_atoms == 0
    assert statement.closing_atoms == before % CENT
    assert verify_ledger() == []
