"""Money in where two people act at once: at real commits, between real connections."""

from datetime import date

import pytest

from royalty.models import Invoice, Receipt
from royalty.selectors.collected import collected, paid_out
from royalty.selectors.receivables import open_atoms
from royalty.selectors.verification import verify_ledger
from royalty.services import intake, payouts, receivables
from royalty.services.payouts import PayoutError
from royalty.services.receivables import ReceivableError
from tests.royalty.cast import EURO, ndjson, revenue_lines, settle, usage_lines, worked_example
from tests.royalty.money_in import Paid, billed, by, issue, receive, take
from tests.royalty.payees import PAYDAY, agree_with_all, draft, open_month
from tests.royalty.test_ledger_at_commit import in_threads


@pytest.fixture
def closed(committed_db, tmp_path):
    """October is closed and nobody is paid before the platform pays; all of it committed."""
    world = worked_example(pays_before_collection=False)
    for take_in, lines in (
        (intake.take_usage, usage_lines()),
        (intake.take_revenue, revenue_lines()),
    ):
        name = f"{take_in.__name__}.ndjson"
        take_in(platform=world.platform, source=ndjson(tmp_path / name, lines), name=name)
    settle(world)
    open_month(world)
    agree_with_all(world)
    return billed(world)


def errors(results) -> list[Exception]:
    return [each for each in results if isinstance(each, Exception)]


def test_a_month_is_invoiced_once_by_two_at_once(closed):
    (error,) = errors(in_threads(lambda: issue(closed), lambda: issue(closed)))
    assert isinstance(error, ReceivableError)
    assert [str(each) for each in Invoice.objects.all()] == ["INV-2026-0001"]


def test_a_file_is_taken_once_by_two_at_once(closed):
    invoice = issue(closed)
    paid = Paid("28.00", reference=invoice.reference)
    results = in_threads(lambda: take(closed, paid), lambda: take(closed, paid))
    assert errors(results) == []
    assert sorted(each.was_taken_before for each in results) == [False, True]
    assert Receipt.objects.count() == 1
    assert verify_ledger() == []


def test_two_receipts_matched_at_once_pay_an_invoice_once(closed):
    invoice = issue(closed)
    first = receive(closed, Paid("28.00", name="?", iban=""))
    second = receive(closed, Paid("28.00", name="!", iban=""), message="N-2")

    def match(receipt):
        return lambda: receivables.match_receipt(receipt=receipt, invoice=invoice, by=by(closed))

    (error,) = errors(in_threads(match(first), match(second)))
    assert isinstance(error, ReceivableError)
    assert open_atoms(invoice) == 0
    assert verify_ledger() == []


def test_what_came_in_is_paid_out_once_by_two_at_once(closed):
    invoice = issue(closed)
    receive(closed, Paid("10.00", reference=invoice.reference))
    batches = [draft(closed), draft(closed)]
    results = in_threads(
        *(
            lambda batch=batch: payouts.approve_batch(batch=batch, user=closed.ben, as_of=PAYDAY)
            for batch in batches
        )
    )
    (error,) = errors(results)
    assert isinstance(error, PayoutError)
    assert paid_out("EUR") == collected("EUR") == {closed.contract.pk: 10 * EURO}
    assert verify_ledger() == []


def test_a_payout_and_the_end_of_its_money_at_once_leave_one_of_both_orders(closed):
    """Whoever comes second sees the first: the money is gone, or it was paid out before."""
    invoice = issue(closed)
    receipt = receive(closed, Paid("28.00", reference=invoice.reference))
    batch, match = draft(closed), receipt.matches.get()
    results = in_threads(
        lambda: payouts.approve_batch(batch=batch, user=closed.ben, as_of=PAYDAY),
        lambda: receivables.undo_match(match=match, by=by(closed, date(2026, 11, 20))),
    )
    assert all(isinstance(each, PayoutError) for each in errors(results))
    batch.refresh_from_db()
    assert batch.status == ("draft" if errors(results) else "approved")
    assert collected("EUR") == {closed.contract.pk: 0}
    assert verify_ledger() == []
