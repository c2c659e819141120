"""What the books hold on any day and brought in any days, as an accountant asks for it."""

import re
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from royalty.models import JournalKind, Side
from royalty.selectors.ledger import TrialBalance, TrialRow, balance, trial_balance
from royalty.services import ledger
from royalty.services.ledger import Draft
from tests.royalty.attacker import accounts
from tests.royalty.cast import EURO, settle, sign

pytestmark = pytest.mark.django_db


def book(world, day: int, euros: int) -> None:
    debit, credit = accounts(world)
    ledger.post(
        Draft(
            key=f"day-{day}",
            kind=JournalKind.REVENUE,
            period=world.period,
            posted_on=date(2026, 10, day),
            legs=(
                ledger.leg(debit, Side.DEBIT, euros * EURO),
                ledger.leg(credit, Side.CREDIT, euros * EURO),
            ),
        )
    )


def test_the_days_of_a_period_stand_between_their_balances(bare):
    for day, euros in ((5, 1), (15, 10), (25, 100)):
        book(bare, day, euros)
    days = trial_balance(since=date(2026, 10, 10), as_of=date(2026, 10, 20))
    assert [(row.opening_atoms, row.debit_atoms, row.credit_atoms) for row in days.rows] == [
        (1 * EURO, 0, 10 * EURO),
        (1 * EURO, 10 * EURO, 0),
    ]
    assert [row.balance_atoms for row in days.rows] == [11 * EURO, 11 * EURO]
    assert days.totals_atoms() == {"EUR": (10 * EURO, 10 * EURO)}
    for row in days.rows:
        assert row.balance_atoms == balance(row.account, date(2026, 10, 20))


def test_days_that_follow_each_other_hand_the_balance_on(reported):
    settle(reported)
    whole = trial_balance()
    before = trial_balance(as_of=date(2026, 10, 30))
    after = trial_balance(since=date(2026, 10, 31))
    assert before.rows == ()
    assert [row.balance_atoms for row in after.rows] == [row.balance_atoms for row in whole.rows]


def test_each_contract_balances_by_itself(reported):
    settle(reported)
    other = sign(reported.platform, code="radio", service="radio")
    assert trial_balance(contract=other).rows == ()
    assert trial_balance(contract=reported.contract) == trial_balance()
    (part,) = trial_balance().by_contract().values()
    assert part.is_balanced


def test_the_command_says_in_words_that_it_is_zero(reported, capsys):
    settle(reported)
    call_command("trial_balance", contract="studio-2026", as_of=date(2026, 10, 31))
    printed = capsys.readouterr().out
    assert re.search(r"80\.00000000 +80\.00000000 +total of studio-2026 in EUR\n", printed)
    assert printed.endswith("Debits and credits in EUR are the same: the trial balance is zero.\n")
    call_command("trial_balance", as_of=date(2026, 9, 30))
    assert capsys.readouterr().out.endswith("Nothing was booked in these days.\n")


def test_the_command_fails_where_it_is_not_zero_and_says_by_how_much(bare, monkeypatch, capsys):
    row = TrialRow(accounts(bare)[0], debit_atoms=5 * EURO, credit_atoms=3 * EURO)
    monkeypatch.setattr(
        "royalty.management.commands.trial_balance.trial_balance",
        lambda **_: TrialBalance((row,)),
    )
    with pytest.raises(CommandError, match="run verify_ledger to see where"):
        call_command("trial_balance")
    assert "In EUR debits less credits are 2.00000000, not zero." in capsys.readouterr().err


def test_days_that_end_before_they_begin_are_refused(bare):
    with pytest.raises(CommandError, match="There is no day from 2026-11-01 to 2026-10-01"):
        call_command("trial_balance", since=date(2026, 11, 1), as_of=date(2026, 10, 1))
    with pytest.raises(CommandError, match="There is no contract 'none'"):
        call_command("trial_balance", contract="none")


def test_balances_are_told_for_a_party_a_contract_and_a_day(reported, capsys):
    settle(reported)
    call_command("balances", party="A")
    assert capsys.readouterr().out.splitlines() == [
        "Balances after everything; debit or credit is the side on which they stand.",
        "           12.55333333  credit  studio-2026: owed to a party Party A (EUR)",
    ]
    call_command("balances", contract="studio-2026")
    assert "40.00000000  debit   studio-2026: owed by the platform" in capsys.readouterr().out
    call_command("balances", as_of=date(2026, 10, 30))
    assert "No account was used until then." in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no party 'nobody'"):
        call_command("balances", party="nobody")
