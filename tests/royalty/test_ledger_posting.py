"""Posting through the service: exact, once for each key, and undone only by a mirror image."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.management import call_command

from royalty.models import Account, Entry, Journal, JournalKind, JournalSeal, Side
from royalty.selectors.ledger import balance, payable_balances, trial_balance
from royalty.services import ledger, periods
from royalty.services.ledger import Draft, KeyReusedError, LedgerError
from tests.royalty.attacker import DAY, accounts
from tests.royalty.cast import EURO, settle

pytestmark = pytest.mark.django_db


def draft(world, key="k", amount=100, **changes) -> Draft:
    debit, credit = accounts(world)
    return replace(
        Draft(
            key=key,
            kind=JournalKind.REVENUE,
            period=world.period,
            posted_on=DAY,
            legs=(ledger.leg(debit, Side.DEBIT, amount), ledger.leg(credit, Side.CREDIT, amount)),
        ),
        **changes,
    )


def test_a_posted_journal_is_sealed_at_once(bare):
    journal = ledger.post(draft(bare))
    assert JournalSeal.objects.get().journal == journal
    assert [balance(account, DAY) for account in accounts(bare)] == [100, 100]


def test_the_same_key_and_content_is_the_same_journal(bare):
    first = ledger.post(draft(bare))
    turned = draft(bare, legs=draft(bare).legs[::-1])
    assert ledger.post(turned) == first
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [{"posted_on": date(2026, 10, 16)}, {"memo": "x"}, {"kind": JournalKind.ALLOCATION}],
)
def test_the_same_key_with_another_content_is_refused(bare, change):
    ledger.post(draft(bare))
    with pytest.raises(KeyReusedError, match="'k' was posted on 2026-10-15 with another content"):
        ledger.post(draft(bare, **change))
    with pytest.raises(KeyReusedError):
        ledger.post(draft(bare, amount=101))
    assert Journal.objects.count() == 1


def test_a_refused_journal_leaves_nothing_and_its_key_free(bare):
    debit, credit = accounts(bare)
    crooked = (ledger.leg(debit, Side.DEBIT, 2), ledger.leg(credit, Side.CREDIT, 1))
    with pytest.raises(LedgerError, match="k debits 2 and credits 1 atoms in EUR"):
        ledger.post(draft(bare, legs=crooked))
    assert not Journal.objects.exists()
    assert ledger.post(draft(bare)).idempotency_key == "k"


@pytest.mark.parametrize("amount", [0, -1])
def test_a_leg_is_positive_from_the_start(bare, amount):
    with pytest.raises(LedgerError, match="its side says the direction"):
        ledger.leg(accounts(bare)[0], Side.DEBIT, amount)


def test_the_books_refuse_in_whole_sentences(reported):
    settle(reported)
    with pytest.raises(LedgerError, match="is closed; post the difference in an open period"):
        ledger.post(draft(reported))
    with pytest.raises(LedgerError, match="lies outside its period"):
        ledger.post(draft(reported, posted_on=date(2027, 1, 1), period=november(reported)))


def november(world):
    return periods.open_period(
        contract=world.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )


def test_a_reversal_undoes_and_is_done_once(bare):
    journal = ledger.post(draft(bare))
    first = ledger.reverse(journal, key="undo", period=bare.period, posted_on=DAY)
    again = ledger.reverse(journal, key="undo", period=bare.period, posted_on=DAY)
    assert first == again
    assert [balance(account, DAY) for account in accounts(bare)] == [0, 0]
    with pytest.raises(LedgerError, match="was reversed on 2026-10-15 by undo"):
        ledger.reverse(journal, key="undo-2", period=bare.period, posted_on=DAY)


def test_a_journal_of_a_closed_period_is_reversed_in_an_open_one(reported):
    settle(reported)
    later = november(reported)
    journal = Journal.objects.get(kind="allocation")
    ledger.reverse(journal, key="undo", period=later, posted_on=date(2026, 11, 1))
    assert set(payable_balances(reported.contract, date(2026, 11, 1)).values()) == {0}
    assert sum(payable_balances(reported.contract, date(2026, 10, 31)).values()) == 28 * EURO


def test_balances_are_those_of_the_day_asked_for(bare):
    ledger.post(draft(bare, key="early", amount=1, posted_on=date(2026, 10, 1)))
    ledger.post(draft(bare, key="late", amount=2, posted_on=date(2026, 10, 31)))
    account = accounts(bare)[0]
    assert balance(account, date(2026, 9, 30)) == 0
    assert balance(account, date(2026, 10, 30)) == 1
    assert balance(account, date(2026, 10, 31)) == 3
    assert trial_balance(as_of=date(2026, 10, 1)).totals_atoms() == {"EUR": (1, 1)}


def test_the_trial_balance_command_prints_every_account(bare, capsys):
    ledger.post(draft(bare, amount=123 * EURO))
    call_command("trial_balance")
    printed = capsys.readouterr().out
    lines = {line[70:].strip(): line[:70].split() for line in printed.splitlines()}
    booked = "123.00000000"
    assert lines["studio-2026: owed by the platform (EUR)"] == [booked, "0.00000000", booked]
    assert lines["studio-2026: revenue to be apportioned (EUR)"] == ["0.00000000", booked, booked]
    assert lines["total in EUR"] == [booked, booked]


def test_many_legs_balance_exactly_where_floats_would_not(bare):
    debit, credit = accounts(bare)
    amounts = [2**53 + 1, 1, 3]
    legs = [ledger.leg(debit, Side.DEBIT, amount) for amount in amounts]
    legs.append(ledger.leg(credit, Side.CREDIT, sum(amounts)))
    ledger.post(draft(bare, legs=tuple(legs)))
    assert balance(debit, DAY) == 2**53 + 5


def test_accounts_are_opened_once(bare):
    first = ledger.payable_accounts(bare.contract, bare.parties.values())
    second = ledger.payable_accounts(bare.contract, bare.parties.values())
    assert first == second
    assert Account.objects.filter(kind="party_payable").count() == 3
