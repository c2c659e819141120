"""A dispute from the first claim to the last statement: held, listed, not released, settled."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from catalog.models import Share
from royalty.models import (
    AccountKind,
    AllocationRun,
    HeldRelease,
    ReleaseTo,
    RestatementKind,
    Statement,
)
from royalty.selectors.explanations import explained_line
from royalty.selectors.held import held_money
from royalty.selectors.statement_lines import lines_of
from royalty.selectors.verification import verify_ledger
from royalty.services.by_hand import ByHandError
from royalty.services.releases import request_release
from royalty.services.restatements import restate_period
from royalty.services.statements import render_statement
from tests.royalty.attacker import execute
from tests.royalty.cast import AFTER, World, balances, own, payables, settle
from tests.royalty.payees import open_month

pytestmark = pytest.mark.django_db
# Of the pool of 28 euros T2 earns 2030/3 cents. B claims all of it, C half.
T2, HELD = 676_666_667, 338_333_333
LONG_AFTER = AFTER.replace(year=2040)
SETTLED = {"kind": RestatementKind.DISPUTE, "reason": "B and C agreed on 70 : 30 for T2"}


@pytest.fixture
def disputed(reported) -> World:
    """C claims half of what B claims as a whole; October is closed, November is open."""
    own(reported, reported.tracks["T2"].work, "C", 500_000)
    settle(reported)
    reported.november = open_month(reported)
    return reported


def agree(world: World) -> None:
    """B and C settle on 70 : 30, from long before the period on."""
    shares = Share.objects.filter(work=world.tracks["T2"].work)
    shares.filter(party__ref="B").update(share_ppm=700_000)
    shares.filter(party__ref="C").update(share_ppm=300_000)


def test_only_the_contested_part_is_held(disputed):
    assert balances(disputed)["held_disputed"] == HELD
    assert payables(disputed) == {"A": 1_255_333_333, "B": T2 - HELD, "C": 868_000_000}
    assert verify_ledger() == []


def test_the_reviewer_is_told_track_right_and_claims(disputed):
    assert AllocationRun.objects.get().exceptions == [
        "Track T2: the claims to its composition sum to 150 % (100 % + 50 %); "
        "3.38 EUR are held until its owners agree."
    ]


def test_one_owner_in_several_roles_contests_nothing(reported):
    own(reported, reported.tracks["T2"].work, "B", 500_000, role="lyricist")
    settle(reported)
    assert payables(reported)["B"] == T2
    assert held_money() == []


def test_the_line_of_an_owner_says_what_counts_of_its_claim(disputed):
    statement = Statement.objects.get(party__ref="B")
    render_statement(statement=statement, as_of=AFTER)
    numbered = lines_of(statement)[0]
    assert numbered.line.ownership_ppm == 500_000
    last = explained_line(statement, numbered.row).explanation.steps[-1]
    assert (last.weight, last.weighed) == (500_000, "undisputed ppm")


def test_it_is_listed_without_a_day_on_which_it_may_go(disputed, capsys):
    call_command("held", "list")
    assert "its owners disagree; for" in (told := capsys.readouterr().out)
    assert "goes by restating the period once the shares are mended" in told


@pytest.mark.parametrize("to", ReleaseTo)
def test_it_is_never_released_to_others(disputed, to):
    with pytest.raises(ByHandError, match=r"not released to others.*mend the shares"):
        request_release(
            period=disputed.period,
            kind=AccountKind.HELD_DISPUTED,
            to=to,
            reason="long enough",
            user=disputed.ann,
            as_of=LONG_AFTER,
        )
    assert not HeldRelease.objects.exists()


def test_the_command_says_so_too(disputed):
    asked = ("request", "studio-2026", "2026-10-01", "held_disputed", "--to", "parties")
    with pytest.raises(CommandError, match="not released to others"):
        call_command("held", *asked, "--reason", "x", "--by", "ann@example.org")


def test_the_database_refuses_a_request_past_the_service(disputed):
    with pytest.raises(DatabaseError, match="contest is not released"), transaction.atomic():
        execute(
            'INSERT INTO royalty_heldrelease (account_id, period_id, "to", amount_atoms, reason,'
            " requested_by_id, requested_at) VALUES (%s, %s, 'parties', 1, 'x', %s, now())",
            [held_money()[0].account.pk, disputed.period.pk, disputed.ann.pk],
        )


def test_settling_the_dispute_posts_the_difference(disputed):
    agree(disputed)
    restate_period(
        period=disputed.period, into=disputed.november, user=disputed.ann, as_of=AFTER, **SETTLED
    )
    after = payables(disputed, date(2026, 11, 30))
    assert after["B"] + after["C"] - 868_000_000 == T2
    assert after["B"] == pytest.approx(T2 * 7 // 10, abs=2)
    assert after["A"] == 1_255_333_333
    assert held_money() == []
    assert verify_ledger() == []


def test_the_next_statements_bring_what_was_held(disputed):
    agree(disputed)
    restate_period(
        period=disputed.period, into=disputed.november, user=disputed.ann, as_of=AFTER, **SETTLED
    )
    settle(disputed, disputed.november, as_of=LONG_AFTER)
    told = Statement.objects.filter(period=disputed.november)
    adjusted = {each.party.ref: each.adjustment_atoms for each in told}
    assert sum(adjusted.values()) == HELD
    assert adjusted["B"] == payables(disputed, date(2026, 11, 30))["B"] - (T2 - HELD)
    assert verify_ledger() == []


def test_a_claim_that_is_raised_later_takes_back_what_it_contests(reported):
    settle(reported)
    november = open_month(reported)
    own(reported, reported.tracks["T2"].work, "C", 500_000)
    restate_period(
        period=reported.period,
        into=november,
        user=reported.ann,
        as_of=AFTER,
        kind=RestatementKind.DISPUTE,
        reason="C claims half of T2",
    )
    assert balances(reported)["held_disputed"] == HELD
    assert payables(reported, date(2026, 11, 30))["B"] == T2 - HELD
    assert verify_ledger() == []
