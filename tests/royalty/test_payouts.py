"""Who is paid, how much, and why not: from closed periods to an approved batch."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction

from royalty.models import Journal, PayoutBatch
from royalty.selectors.ledger import trial_balance
from royalty.selectors.verification import verify_ledger
from royalty.services import ledger, payees, payouts, periods
from royalty.services.payouts import PayoutError
from tests.royalty.attacker import execute
from tests.royalty.cast import (
    AFTER,
    CENT,
    balances,
    revenue_lines,
    settle,
    sign,
    usage_lines,
)
from tests.royalty.payees import (
    EARNED,
    NEXT_PAYDAY,
    PAYDAY,
    agree,
    agree_with_all,
    approved,
    bank,
    cents,
    draft,
    open_month,
    owed,
    paying_account,
    payout_of,
    withhold,
)

pytestmark = pytest.mark.django_db
DAY = PAYDAY.date()


def test_whole_cents_are_paid_and_the_rest_stays_on_the_account(ready):
    before = owed(ready)
    batch = approved(ready)
    assert cents(batch) == EARNED
    for name, atoms in owed(ready).items():
        assert 0 <= atoms < CENT
        assert atoms == before[name] % CENT


def test_the_worked_example_of_the_waterfall_is_posted_line_by_line(november):
    world = november
    paying_account(world)
    agree(world, "A", admin_fee_ppm=150_000, reserve_ppm=100_000)
    withhold(world, "A")
    bank(world, "A")
    period = world.contract.periods.get(starts_on=date(2026, 11, 1))
    payees.grant_advance(
        contract=world.contract,
        party=world.parties["A"],
        amount_minor=400,
        period=period,
        paid_on=date(2026, 11, 2),
        key="first",
    )
    approved(world)
    booked = balances(world)
    # 12.55: fee 1.88, reserve 1.07, recouped 4.00, withheld 30 % of 5.60.
    assert booked["admin_fee"] == 188 * CENT
    assert booked["withholding_tax"] == 168 * CENT
    assert booked["payout_clearing"] == 392 * CENT
    rows = {row.account.kind: row for row in trial_balance().rows if row.account.party}
    assert rows["party_reserve"].balance_atoms == 107 * CENT
    assert rows["party_advance"].balance_atoms == 0
    assert trial_balance().is_balanced
    assert verify_ledger() == []


def test_below_the_threshold_is_carried_forward_and_said_so(ready):
    agree(ready, "B", valid_from=DAY, threshold_minor=700)
    batch = approved(ready)
    assert set(cents(batch)) == {"A", "C"}
    assert any("Party B: 6.76 EUR is below the threshold of 7.00" in note for note in batch.notes)
    assert owed(ready)["B"] > 676 * CENT


def test_what_was_carried_forward_is_paid_once_it_reaches_the_threshold(ready):
    agree(ready, "B", valid_from=DAY, threshold_minor=677)
    assert "B" not in cents(approved(ready))
    agree(ready, "B", valid_from=NEXT_PAYDAY.date(), threshold_minor=676)
    open_month(ready, 12)
    assert cents(approved(ready, NEXT_PAYDAY)) == {"B": 676}


@pytest.mark.parametrize(
    ("missing", "why"),
    [("terms", "no terms on 2026-11-10"), ("bank", "no bank details; enter them")],
)
def test_who_cannot_be_paid_is_named_with_the_remedy(november, missing, why):
    paying_account(november)
    agree(november, "A")
    bank(november, "A")
    if missing == "bank":
        agree(november, "B")
    batch = draft(november)
    assert set(cents(batch)) == {"A"}
    assert any("Party B" in note and why in note for note in batch.notes)


def test_without_an_open_period_nothing_of_a_contract_is_paid(reported):
    settle(reported)
    agree_with_all(reported)
    with pytest.raises(PayoutError, match="no open period on 2026-11-10 to post in"):
        draft(reported)
    assert not PayoutBatch.objects.exists()


def test_without_an_account_to_pay_from_nothing_is_drafted(november):
    agree(november, "A")
    bank(november, "A")
    with pytest.raises(PayoutError, match="no account from which EUR is paid"):
        draft(november)


def test_a_lapsed_document_falls_back_to_the_rate_of_the_law_and_is_named(ready):
    treaty = {
        "reduced_ppm": 100_000,
        "document": "W-8BEN 77",
        "document_expires_on": date(2026, 11, 9),
    }
    withhold(ready, "A", **treaty)
    withhold(ready, "C", **treaty | {"document_expires_on": DAY})
    batch = draft(ready)
    assert cents(batch) == {"A": 878, "B": 676, "C": 781}  # 30 %, none, 10 %
    assert [note for note in batch.notes if "lapsed" in note] == [
        "Party A: W-8BEN 77 lapsed on 2026-11-09, so 30 % is withheld by law; enter a new document."
    ]
    assert payout_of(batch, "C").withholding_document == "W-8BEN 77"
    assert payout_of(batch, "A").withholding_document == ""


def test_an_advance_recoups_over_three_periods_and_is_never_paid_negative(ready, take):
    world, gross = ready, EARNED["A"]
    period = world.contract.periods.get(starts_on=date(2026, 11, 1))
    payees.grant_advance(
        contract=world.contract,
        party=world.parties["A"],
        amount_minor=2 * gross + 100,
        period=period,
        paid_on=date(2026, 11, 2),
        key="big",
    )
    paid = [payout_of(approved(world), "A")]
    for month, payday in ((11, NEXT_PAYDAY), (12, NEXT_PAYDAY.replace(year=2027, month=1))):
        _earn_again(world, take, month)
        paid.append(payout_of(approved(world, payday), "A"))
    assert [p.payable_atoms // CENT for p in paid] == [0, 0, gross - 100]
    assert [p.status for p in paid] == ["offset", "offset", "pending"]
    recouped = [p.parts.get().recoupment_atoms // CENT for p in paid]
    assert recouped == [gross, gross, 100]


def _earn_again(world, take, month: int) -> None:
    """The same month again, reported, settled, and the next one opened."""

    def later(line: dict) -> dict:
        moved = dict(line)
        moved["event_id"] += f"-{month}"
        for key in ("used_at", "earned_on"):
            if key in moved:
                moved[key] = moved[key].replace("2026-10", f"2026-{month}")
        return moved

    take(world, "usage", [later(line) for line in usage_lines()], f"usage-{month}.ndjson")
    take(world, "revenue", [later(line) for line in revenue_lines()], f"revenue-{month}.ndjson")
    period = world.contract.periods.get(starts_on=date(2026, month, 1))
    as_of = AFTER.replace(year=2027 if month == 12 else 2026, month=month % 12 + 1)
    settle(world, period, as_of)
    if month == 11:
        open_month(world, 12)
    else:
        periods.open_period(
            contract=world.contract, starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 1)
        )


def test_a_reserve_comes_back_when_its_time_is_over_and_bears_no_fee_again(november):
    paying_account(november)
    agree(november, "A", reserve_ppm=500_000, admin_fee_ppm=100_000, reserve_months=1)
    bank(november, "A")
    first = payout_of(approved(november), "A").parts.get()
    open_month(november, 12)
    second = payout_of(approved(november, NEXT_PAYDAY), "A").parts.get()
    assert second.released_atoms == first.reserve_atoms == second.payable_atoms
    assert second.fee_atoms == second.reserve_atoms == 0
    assert verify_ledger() == []


def test_a_second_person_approves(ready):
    batch = draft(ready)
    with pytest.raises(PayoutError, match="a second person approves it"):
        payouts.approve_batch(batch=batch, user=ready.ann, as_of=PAYDAY)
    with pytest.raises(DatabaseError, match="approved_by_a_second_person"), transaction.atomic():
        execute(
            "UPDATE royalty_payoutbatch SET status = 'approved', approved_at = now(),"
            f" approved_by_id = {ready.ann.pk}"
        )
    assert not Journal.objects.filter(kind="payout").exists()


def test_a_batch_is_approved_once(ready):
    batch = approved(ready)
    with pytest.raises(PayoutError, match="is approved; only one that is draft"):
        payouts.approve_batch(batch=batch, user=ready.ben, as_of=PAYDAY)
    assert Journal.objects.filter(kind="payout").count() == 3


def test_of_two_drafts_of_the_same_money_one_is_paid(ready):
    one, other = draft(ready), draft(ready)
    payouts.approve_batch(batch=other, user=ready.ben, as_of=PAYDAY)
    with pytest.raises(PayoutError, match="Discard the batch and draft again"):
        payouts.approve_batch(batch=one, user=ready.ben, as_of=PAYDAY)
    payouts.discard_batch(batch=one)
    assert (
        sum(balances(ready)[kind] for kind in ("payout_clearing",)) == sum(EARNED.values()) * CENT
    )


def test_a_changed_bank_account_makes_a_draft_stale(ready):
    batch = draft(ready)
    bank(ready, "A", iban="BE68539007547034")
    with pytest.raises(PayoutError, match="bank details give now"):
        payouts.approve_batch(batch=batch, user=ready.ben, as_of=PAYDAY)


ATTACKS = [
    "UPDATE royalty_payout SET payable_atoms = payable_atoms + 1",
    "UPDATE royalty_payout SET status = 'pending'",
    "UPDATE royalty_payout SET bank_details_id = 1",
    "UPDATE royalty_payoutbatch SET status = 'draft'",
    "UPDATE royalty_payoutbatch SET status = 'settled'",
    "UPDATE royalty_payoutbatch SET file_sha256 = 'x'",
    "UPDATE royalty_payoutpart SET fee_atoms = 0",
    "UPDATE royalty_bankdetails SET iban = 'X'",
    "UPDATE royalty_payingaccount SET iban = 'X'",
    "UPDATE royalty_payeeterms SET admin_fee_ppm = 0",
    "UPDATE royalty_withholding SET statutory_ppm = 0",
    "INSERT INTO royalty_payout (batch_id, party_id, bank_details_id, payable_atoms, status,"
    " withholding_document, return_reason) SELECT batch_id, party_id, bank_details_id,"
    " payable_atoms, 'pending', '', '' FROM royalty_payout LIMIT 1",
    "INSERT INTO royalty_payoutpart SELECT * FROM royalty_payoutpart LIMIT 1",
    "DELETE FROM royalty_payout",
    "DELETE FROM royalty_payoutbatch",
    "DELETE FROM royalty_bankdetails",
    "DELETE FROM royalty_payeeterms",
]


def test_the_database_refuses_what_no_service_does(ready):
    withhold(ready, "A")
    payouts.export_batch(batch=approved(ready))
    for attack in ATTACKS:
        with pytest.raises(DatabaseError), transaction.atomic():
            execute(attack)
            pytest.fail(f"the database let it pass: {attack}")


def test_money_of_the_open_period_waits_for_its_close(ready):
    """Whatever a correction credits in an open period is not paid before that is closed."""
    before = cents(draft(ready))
    journal = Journal.objects.get(kind="allocation")
    period = ready.contract.periods.get(starts_on=date(2026, 11, 1))
    undone = ledger.reverse(journal, key="undo", period=period, posted_on=DAY)
    ledger.reverse(undone, key="redo", period=period, posted_on=DAY)
    with pytest.raises(PayoutError, match="Nobody can be paid"):
        draft(ready)
    settle(ready, period, NEXT_PAYDAY)
    open_month(ready, 12)
    assert cents(draft(ready, NEXT_PAYDAY)) == before


def test_a_refusal_names_the_first_reasons_and_counts_the_others(monkeypatch, ready):
    reasons = [
        SimpleNamespace(notes=[], refusal=f"{at} is below.", settlements=()) for at in "abcde"
    ]
    monkeypatch.setattr("royalty.services.payouts.drafting.propose", lambda _code, _day: reasons)
    with pytest.raises(PayoutError) as refused:
        draft(ready)
    assert str(refused.value) == (
        "Nobody can be paid. a is below. b is below. c is below. "
        "So it is for 2 more; see who is not paid."
    )


@pytest.mark.parametrize("crosses", [False, True], ids=["own contract", "crossing"])
def test_another_contracts_advance_is_recouped_only_where_that_was_agreed(november, crosses):
    world = november
    other = sign(world.platform, code="radio-2026", name="Radio 2026", service="radio")
    paying_account(world)
    agree(world, "A", crosses_contracts=crosses)
    bank(world, "A")
    payees.grant_advance(
        contract=other,
        party=world.parties["A"],
        amount_minor=1_000,
        period=open_month(world, contract=other),
        paid_on=date(2026, 11, 2),
        key="radio",
    )
    batch = approved(world)
    assert cents(batch) == {"A": EARNED["A"] - (1_000 if crosses else 0)}
    rows = [row for row in trial_balance().rows if row.account.kind == "other_contracts"]
    assert sum(row.balance_atoms for row in rows) == 0
    assert len(rows) == (2 if crosses else 0)
    assert verify_ledger() == []
    payouts.export_batch(batch=batch)
    payouts.mark_sent(batch=batch, user=world.ann, as_of=PAYDAY)
    payouts.return_payout(payout=payout_of(batch, "A"), reason="closed", user=world.ann, day=DAY)
    assert cents(approved(world)) == cents(batch)
    assert verify_ledger() == []
