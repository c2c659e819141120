"""Amounts beyond 64 bits: refused in a sentence wherever they come from, and nothing is written."""

import pytest
from django.core.management import CommandError, call_command

from royalty.models import Account, AccountKind, AllocationRun, Journal, Side
from royalty.selectors.ledger import trial_balance
from royalty.services import ledger, periods
from royalty.services.ledger import LedgerError
from royalty.services.periods import PeriodError
from tests.royalty.attacker import accounts
from tests.royalty.cast import AFTER, revenue_line
from tests.royalty.test_ledger_posting import draft

pytestmark = pytest.mark.django_db
LARGEST = 2**63 - 1


def enormous(count: int, subscribers: int) -> list[dict]:
    """As much as a line may say, so many times."""
    line = revenue_line("U", "1000000000.00")
    return [
        line | {"event_id": f"fee-{number}", "subscriber": f"U{number % subscribers}"}
        for number in range(count)
    ]


def test_an_entry_beyond_64_bits_is_refused(bare):
    debit, _ = accounts(bare)
    words = r"9223372036854775808 atoms .* at most 92,233,720,368 EUR"
    with pytest.raises(LedgerError, match=words):
        ledger.leg(debit, Side.DEBIT, LARGEST + 1)


def test_the_largest_entry_is_posted_to_the_atom(bare):
    ledger.post(draft(bare, amount=LARGEST))
    assert trial_balance().totals_atoms() == {"EUR": (LARGEST, LARGEST)}


def test_columns_may_sum_beyond_what_one_entry_holds(bare):
    for key in "abc":
        ledger.post(draft(bare, key=key, amount=LARGEST))
    assert trial_balance().totals_atoms() == {"EUR": (3 * LARGEST, 3 * LARGEST)}


def test_debits_beyond_64_bits_do_not_wrap_around_to_balance(bare):
    debit, credit = accounts(bare)
    legs = [ledger.leg(debit, Side.DEBIT, LARGEST)] * 2 + [ledger.leg(debit, Side.DEBIT, 2 + 4)]
    legs.append(ledger.leg(credit, Side.CREDIT, 4))  # equal to the debits modulo 2^64
    with pytest.raises(LedgerError, match="debits 18446744073709551620 and credits 4 atoms"):
        ledger.post(draft(bare, legs=tuple(legs)))
    assert not Journal.objects.exists()


def test_an_advance_of_more_than_there_is_is_refused_by_the_command(bare):
    with pytest.raises(CommandError, match="an entry holds at most 92,233,720,368 EUR"):
        call_command(
            *("payouts", "advance", "studio-2026", "A", "99999999999999.00"),
            *("--key", "first", "--on", "2026-10-05"),
        )
    assert not Account.objects.filter(kind=AccountKind.PARTY_ADVANCE).exists()


@pytest.mark.parametrize("subscribers", [1, 93], ids=["of-one-subscriber", "of-many"])
def test_a_month_whose_revenue_sums_beyond_64_bits_is_refused(world, take, subscribers):
    take(world, "revenue", enormous(93, subscribers))
    with pytest.raises(PeriodError, match="revenue sums to 9300000000000000000 atoms, more than"):
        periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)
    world.period.refresh_from_db()
    assert world.period.status == "open"
    assert not AllocationRun.objects.exists()


def test_the_largest_month_is_apportioned_to_the_atom(world, take):
    take(world, "revenue", enormous(92, 1))
    run = periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)
    assert run.gross_atoms == 92 * 10**17
    assert sum(run.totals_atoms.values()) == run.pool_atoms
