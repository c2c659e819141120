"""Nobody is paid with money that has not come in, unless the contract says so."""

from collections import Counter
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from royalty.apportionment.collected import share_collected
from royalty.models import (
    AccountKind,
    Contract,
    Match,
    PayingAccount,
    Payout,
    PayoutBatch,
    PayoutPart,
)
from royalty.selectors.collected import available, collected, paid_out
from royalty.selectors.verification import verify_ledger
from royalty.services import ledger, payouts, receivables
from royalty.services.payouts import PayoutError
from tests.royalty.attacker import execute
from tests.royalty.cast import CENT, EURO, settle, worked_example
from tests.royalty.money_in import Paid, billed, by, issue, receive
from tests.royalty.payees import (
    EARNED,
    PAYDAY,
    agree_with_all,
    approved,
    cents,
    draft,
    open_month,
    owed,
    sent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(db, report):
    """October is closed and invoiced (28.00), everybody can be paid, and nothing has come in."""
    return _waiting(report)


def _waiting(report, **terms):
    world = report(worked_example(pays_before_collection=False, **terms))
    settle(world)
    open_month(world)
    agree_with_all(world)
    billed(world)
    world.invoice = issue(world)
    return world


def pay(world, amount: str, message: str = "N-1", **more):
    return receive(world, Paid(amount, reference=world.invoice.reference, **more), message=message)


def test_before_the_platform_pays_nobody_is_paid(waiting):
    with pytest.raises(PayoutError, match=r"what the platform has paid covers 0.00 EUR") as refused:
        draft(waiting)
    assert "Party B is owed 6.76 EUR under studio-2026" in str(refused.value)


def test_once_the_platform_has_paid_all_are_paid(waiting):
    pay(waiting, "28.00")
    assert cents(approved(waiting)) == EARNED
    assert verify_ledger() == []


def test_a_contract_may_say_otherwise(db, report):
    world = report(worked_example(pays_before_collection=True))
    settle(world)
    open_month(world)
    agree_with_all(world)
    assert cents(approved(world)) == EARNED


def test_what_came_in_is_shared_in_proportion_and_the_rest_stays_owed(waiting):
    pay(waiting, "10.00")
    batch = approved(waiting)
    # 1000 over 1255 : 676 : 868 is 448.4, 241.5, 310.1
    assert cents(batch) == {"A": 448, "B": 242, "C": 310}
    notes = " ".join(batch.notes)
    assert "Party A is owed 12.55 EUR under studio-2026; what the platform has paid covers" in notes
    pay(waiting, "18.00", message="N-2")
    second = approved(waiting)
    assert Counter(cents(batch)) + Counter(cents(second)) == EARNED
    assert all(atoms < CENT for atoms in owed(waiting).values())
    assert verify_ledger() == []


def test_two_drafts_of_the_same_money_pay_it_once(waiting):
    pay(waiting, "10.00")
    first, second = draft(waiting), draft(waiting)
    payouts.approve_batch(batch=first, user=waiting.ben, as_of=PAYDAY)
    with pytest.raises(PayoutError, match="is not what the books"):
        payouts.approve_batch(batch=second, user=waiting.ben, as_of=PAYDAY)
    assert paid_out("EUR") == {waiting.contract.pk: 10 * EURO}


def test_a_draft_is_refused_once_the_bank_took_the_money_back(waiting):
    receipt = pay(waiting, "28.00")
    batch = draft(waiting)
    receivables.undo_match(match=receipt.matches.get(), by=by(waiting))
    with pytest.raises(PayoutError, match="is not what the books"):
        payouts.approve_batch(batch=batch, user=waiting.ben, as_of=PAYDAY)


def test_money_that_went_back_after_it_was_paid_out_is_missing_from_the_next(waiting):
    receipt = pay(waiting, "28.00")
    approved(waiting)
    receivables.undo_match(match=receipt.matches.get(), by=by(waiting))
    assert available("EUR")[waiting.contract.pk] == -2799 * CENT


def test_a_returned_payout_gives_its_money_back_to_be_paid_again(waiting):
    pay(waiting, "28.00")
    batch = sent(waiting)
    for payout in batch.payouts.all():
        payouts.return_payout(payout=payout, reason="closed", user=waiting.ann, day=PAYDAY.date())
    assert available("EUR") == {waiting.contract.pk: 28 * EURO}
    assert cents(approved(waiting)) == EARNED


def test_what_is_not_matched_or_only_credited_pays_nobody(waiting):
    receipt = receive(waiting, Paid("28.00", name="Somebody", iban=""))
    assert available("EUR")[waiting.contract.pk] == 0
    receivables.send_back(receipt=receipt, by=by(waiting))
    pay(waiting, "40.00", message="N-2")
    assert available("EUR")[waiting.contract.pk] == 28 * EURO


def test_vat_that_came_in_is_not_for_payees(db, report):
    world = _waiting(report, vat_ppm=190_000)
    pay(world, "16.66")  # half of 33.32
    assert collected("EUR") == {world.contract.pk: 14 * EURO}


def force(world, gross_atoms: int) -> PayoutBatch:
    """A batch that the application's own role writes past every service, and approves."""
    paid = {"gross_atoms": gross_atoms, "payable_atoms": gross_atoms}
    zeros = dict.fromkeys(("released", "fee", "reserve", "recoupment", "withholding"), 0)
    batch = PayoutBatch.objects.create(
        currency="EUR",
        posted_on=PAYDAY.date(),
        execution_date=PAYDAY.date(),
        paying_account=PayingAccount.objects.latest("pk"),
        made_by=world.ann,
        made_at=PAYDAY,
    )
    party = world.parties["A"]
    payout = Payout.objects.create(
        batch=batch,
        party=party,
        bank_details=party.bank_details.get(),
        payable_atoms=gross_atoms,
    )
    PayoutPart.objects.create(
        payout=payout,
        contract=world.contract,
        reserve_until=PAYDAY.date(),
        deductions=[],
        **paid,
        **{f"{name}_atoms": atoms for name, atoms in zeros.items()},
    )
    batch.status, batch.approved_by, batch.approved_at = "approved", world.ben, PAYDAY
    batch.save(update_fields=["status", "approved_by", "approved_at"])
    return batch


def test_the_database_refuses_to_pay_what_did_not_come_in(waiting):
    pay(waiting, "10.00")
    with pytest.raises(DatabaseError, match="would be paid out and 1000000000 are collected"):
        _apart(waiting, 10 * EURO + CENT)
    _apart(waiting, 6 * EURO)
    with pytest.raises(DatabaseError, match="wait for the platform's payment"):
        _apart(waiting, 4 * EURO + CENT)
    _apart(waiting, 4 * EURO)


def _apart(world, gross_atoms: int) -> None:
    with transaction.atomic():
        force(world, gross_atoms)


def post_by_force(world, key: str, atoms: int) -> None:
    """A payout's journal past every service; the database is asked what it asks at commit."""
    payable = ledger.account(world.contract, AccountKind.PARTY_PAYABLE, world.parties["A"])
    clearing = ledger.account(world.contract, AccountKind.PAYOUT_CLEARING)
    legs = (ledger.leg(payable, "debit", atoms), ledger.leg(clearing, "credit", atoms))
    period = world.contract.periods.get(starts_on=date(2026, 11, 1))
    with transaction.atomic():
        ledger.post(ledger.Draft(key, "payout", period, date(2026, 11, 10), legs))
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute("SET CONSTRAINTS ALL DEFERRED")


def test_the_database_refuses_a_payout_that_no_batch_says(waiting):
    pay(waiting, "10.00")
    with pytest.raises(DatabaseError, match="that no part of an approved batch says"):
        post_by_force(waiting, "a key of its own", 1)
    payout = force(waiting, 6 * EURO).payouts.get()
    key = f"payout:{payout.pk}:{waiting.contract.pk}"
    with pytest.raises(DatabaseError, match="that no part of an approved batch says"):
        post_by_force(waiting, key, 6 * EURO + 1)
    with pytest.raises(DatabaseError, match="that no part of an approved batch says"):
        post_by_force(waiting, f"{key}:again", 6 * EURO)
    post_by_force(waiting, key, 6 * EURO)


def test_what_is_called_returned_and_was_not_given_back_counts(waiting):
    pay(waiting, "10.00")
    payout = force(waiting, 6 * EURO).payouts.get()
    post_by_force(waiting, f"payout:{payout.pk}:{waiting.contract.pk}", 6 * EURO)
    payout.status, payout.return_reason = "returned", "so to say"
    payout.save(update_fields=["status", "return_reason"])
    with pytest.raises(DatabaseError, match="would be paid out"):
        _apart(waiting, 5 * EURO)


def test_contracts_that_were_agreed_do_not_change_their_mind(waiting):
    with pytest.raises(Exception, match="permission denied"):
        Contract.objects.filter(pk=waiting.contract.pk).update(pays_before_collection=True)


def test_a_match_names_a_receipt_that_has_the_money(waiting):
    from django.db import DatabaseError

    receipt = pay(waiting, "10.00")
    with pytest.raises(DatabaseError, match="would be used of it"):
        Match.objects.create(
            use="invoice",
            contract=waiting.contract,
            receipt=receipt,
            invoice=waiting.invoice,
            amount_atoms=1,
            found_by="force",
            matched_by=waiting.ann,
            matched_on=date(2026, 11, 20),
        )


amounts = st.lists(st.integers(-(10**9), 10**13), max_size=12)


@given(amounts, st.integers(-(10**9), 10**14), st.sampled_from([1, 10_000, 1_000_000]))
def test_no_more_is_shared_than_came_in_and_nobody_gets_more_than_owed(owed_atoms, pot, unit):
    parts = share_collected(owed_atoms, pot, unit)
    whole = [max(0, atoms) // unit * unit for atoms in owed_atoms]
    assert all(0 <= part <= most for part, most in zip(parts, whole, strict=True))
    assert all(part % unit == 0 for part in parts)
    assert sum(parts) == min(sum(whole), max(0, pot) // unit * unit)


@given(amounts, st.integers(0, 10**14))
def test_whoever_is_owed_more_gets_no_less(owed_atoms, pot):
    order = sorted(range(len(owed_atoms)), key=lambda n: (-owed_atoms[n], n))
    parts = share_collected([owed_atoms[n] for n in order], pot, 1_000_000)
    assert list(parts) == sorted(parts, reverse=True)
