"""Payouts where two people act at once: at real commits, between real connections."""

import pytest

from royalty.models import Journal, Payout, PayoutBatch
from royalty.selectors.verification import verify_ledger
from royalty.services import intake, payouts
from royalty.services.payouts import PayoutError
from tests.royalty.cast import (
    ndjson,
    payables,
    revenue_lines,
    settle,
    usage_lines,
    worked_example,
)
from tests.royalty.payees import PAYDAY, agree_with_all, draft, open_month, sent
from tests.royalty.test_ledger_at_commit import in_threads


@pytest.fixture
def ready(committed_db, tmp_path):
    """October is closed, November is open, everybody can be paid; all of it committed."""
    world = worked_example()
    for take, lines in ((intake.take_usage, usage_lines()), (intake.take_revenue, revenue_lines())):
        name = f"{take.__name__}.ndjson"
        take(platform=world.platform, source=ndjson(tmp_path / name, lines), name=name)
    settle(world)
    open_month(world)
    agree_with_all(world)
    return world


def approve(world, batch):
    return lambda: payouts.approve_batch(batch=batch, user=world.ben, as_of=PAYDAY)


def only_error(results) -> PayoutError:
    (error,) = [each for each in results if isinstance(each, Exception)]
    assert isinstance(error, PayoutError), error
    return error


def test_of_two_who_approve_a_batch_at_once_one_does(ready):
    batch = draft(ready)
    error = only_error(in_threads(approve(ready, batch), approve(ready, batch)))
    assert "is approved; only one that is draft can be approved" in str(error)
    assert Journal.objects.filter(kind="payout").count() == 3
    assert verify_ledger() == []


def test_of_two_batches_of_the_same_money_approved_at_once_one_is_posted(ready):
    before = payables(ready)
    batches = draft(ready), draft(ready)
    error = only_error(in_threads(*(approve(ready, batch) for batch in batches)))
    assert "Discard the batch and draft again" in str(error)
    assert sorted(PayoutBatch.objects.values_list("status", flat=True)) == ["approved", "draft"]
    paid = {payout.party.ref: payout.payable_atoms for payout in batches[0].payouts.all()}
    left = payables(ready, as_of=PAYDAY.date())
    assert {ref: before[ref] - left[ref] for ref in before} == paid
    assert verify_ledger() == []


def test_a_return_and_a_settlement_at_once_leave_one_of_both_orders(ready):
    batch = sent(ready)
    payout = batch.payouts.get(party__ref="A")
    day = PAYDAY.date()
    in_threads(
        lambda: payouts.settle_batch(batch=batch, user=ready.ann, day=day),
        lambda: payouts.return_payout(payout=payout, reason="closed", user=ready.ben, day=day),
    )
    assert Payout.objects.get(pk=payout.pk).status == "returned"
    assert sorted(batch.payouts.values_list("status", flat=True)) == ["paid", "paid", "returned"]
    assert verify_ledger() == []


def test_two_exports_at_once_give_one_file(ready):
    batch = draft(ready)
    payouts.approve_batch(batch=batch, user=ready.ben, as_of=PAYDAY)
    one, other = in_threads(*([lambda: payouts.export_batch(batch=batch)] * 2))
    assert one == other
