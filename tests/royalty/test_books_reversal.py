"""A journal that somebody had posted by hand is undone once, with a reason, where it can be."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from royalty.models import AccountKind, Journal, JournalKind, Side
from royalty.selectors.ledger import balance
from royalty.services import ledger, periods
from royalty.services.by_hand import ByHandError
from royalty.services.ledger import Draft
from royalty.services.reversals import INSTEAD, REVERSIBLE, reverse_journal
from tests.royalty.attacker import DAY, accounts
from tests.royalty.cast import LAST_DAY, settle

TODAY = date(2026, 10, 20)


def by_hand(world, key="k", kind=JournalKind.ADVANCE, **changes) -> Journal:
    debit, credit = accounts(world)
    return ledger.post(
        Draft(
            **{
                "key": key,
                "kind": kind,
                "period": world.period,
                "posted_on": DAY,
                "legs": (ledger.leg(debit, Side.DEBIT, 7), ledger.leg(credit, Side.CREDIT, 7)),
                "posted_by": world.ben,
                **changes,
            }
        )
    )


def undo(journal, world, **changes) -> Journal:
    facts = {"reason": "entered twice", "user": world.ann, "as_of": TODAY}
    return reverse_journal(journal=journal, **(facts | changes))


@pytest.mark.django_db
def test_a_reversal_says_why_by_whom_and_of_what(bare):
    journal = by_hand(bare)
    reversal = undo(journal, bare, reason="  entered\n twice ")
    assert reversal.reverses == journal
    assert reversal.memo == "reverses k: entered twice"
    assert reversal.posted_by == bare.ann
    assert (reversal.period, reversal.posted_on) == (bare.period, TODAY)
    assert [balance(account) for account in accounts(bare)] == [0, 0]


@pytest.mark.django_db
def test_it_is_done_once_and_not_undone(bare):
    journal = by_hand(bare)
    reversal = undo(journal, bare)
    for _ in range(2):
        with pytest.raises(ByHandError, match="k was reversed on 2026-10-20 by reversal:"):
            undo(journal, bare)
    with pytest.raises(ByHandError, match="is a reversal itself"):
        undo(reversal, bare)
    assert Journal.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", " \n ", "x" * 251], ids=["none", "blank", "a-letter"])
def test_without_a_reason_nothing_is_undone(bare, reason):
    with pytest.raises(ByHandError, match=r"Say why|250 at most"):
        undo(by_hand(bare), bare, reason=reason)
    assert Journal.objects.count() == 1


@pytest.mark.django_db
def test_what_a_run_posted_is_restated_and_not_reversed(reported):
    settle(reported)
    for journal in Journal.objects.all():
        with pytest.raises(
            ByHandError, match=r"post the difference with manage\.py period restate"
        ):
            undo(journal, reported)


def test_of_every_kind_it_is_said_whether_it_can_be_reversed():
    assert set(JournalKind) == REVERSIBLE | INSTEAD.keys()
    assert not REVERSIBLE & INSTEAD.keys()


@pytest.mark.django_db
def test_a_journal_of_a_closed_period_is_undone_in_the_next_open_one(reported):
    journal = by_hand(reported)
    settle(reported)
    with pytest.raises(ByHandError, match="no later period of studio-2026 is open to post in"):
        undo(journal, reported)
    november = periods.open_period(
        contract=reported.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    reversal = undo(journal, reported)
    assert (reversal.period, reversal.posted_on) == (november, november.starts_on)
    assert reversal.reverses == journal


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("as_of", "day"),
    [
        pytest.param(date(2026, 9, 1), DAY, id="never-before-the-journal"),
        pytest.param(TODAY, TODAY, id="today"),
        pytest.param(date(2027, 1, 1), LAST_DAY, id="never-after-the-period"),
    ],
)
def test_it_is_dated_today_as_far_as_the_period_goes(bare, as_of, day):
    assert undo(by_hand(bare), bare, as_of=as_of).posted_on == day


@pytest.mark.django_db
def test_an_advance_of_which_something_was_recouped_is_not_taken_back(bare):
    advance = ledger.account(bare.contract, AccountKind.PARTY_ADVANCE, bare.parties["A"])
    bank = ledger.account(bare.contract, AccountKind.BANK)
    paid = ledger.leg(advance, Side.DEBIT, 7), ledger.leg(bank, Side.CREDIT, 7)
    journal = by_hand(bare, legs=paid)
    recouped = ledger.leg(advance, Side.CREDIT, 1), ledger.leg(bank, Side.DEBIT, 1)
    payout = by_hand(bare, key="payout", kind=JournalKind.PAYOUT, legs=recouped)
    with pytest.raises(ByHandError, match="advanced 7 atoms of which only 6 are not recouped yet"):
        undo(journal, bare)
    ledger.reverse(payout, key="returned", period=bare.period, posted_on=DAY)
    assert undo(journal, bare).reverses == journal


@pytest.mark.django_db
def test_the_command_takes_a_key_or_an_id(bare, capsys):
    first, second = by_hand(bare, key="one"), by_hand(bare, key="two")
    facts = {"reason": "entered twice", "by": "ann@example.org"}
    call_command("reverse", "one", **facts)
    call_command("reverse", str(second.pk), **facts)
    told = capsys.readouterr().out.splitlines()
    assert told[0] == (
        f"one is reversed on 2026-10-31 in studio-2026 2026-10 by reversal:{first.pk}."
    )
    assert told[1].startswith("two is reversed")
    with pytest.raises(CommandError, match="was reversed on"):
        call_command("reverse", "one", **facts)
    for name in ("three", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(CommandError, match="There is no journal with the id or key"):
            call_command("reverse", name, **facts)
