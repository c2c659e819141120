"""Held money is seen by period and reason with its age, and goes when two people let it go."""

from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from attribution.models import Attribution
from catalog.models import Share
from royalty.models import (
    AccountKind,
    HeldRelease,
    Journal,
    ReleaseTo,
    RestatementKind,
    Statement,
)
from royalty.selectors.held import held_money, months_after
from royalty.selectors.verification import verify_ledger
from royalty.services import periods
from royalty.services.by_hand import ByHandError
from royalty.services.periods import PeriodError
from royalty.services.releases import approve_release, decline_release, request_release
from royalty.services.restatements import restate_period
from royalty.services.reversals import reverse_journal
from tests.royalty.attacker import execute
from tests.royalty.cast import (
    AFTER,
    EURO,
    World,
    attribute,
    balances,
    payables,
    settle,
    worked_example,
)

G3 = 21 * EURO  # what the piece earns that nobody can be found for, of the pool of 28
LONG_AFTER = AFTER.replace(year=2029)
FOUND = {"kind": RestatementKind.ATTRIBUTION, "reason": "G3 was attributed by a later run"}


@pytest.fixture
def unplaced(report) -> World:
    """The worked example closed without an attribution of G3, and the next month open."""
    world = worked_example(fallback="held")
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    settle(report(world))
    world.november = next_month(world)
    return world


def next_month(world):
    return periods.open_period(
        contract=world.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )


def ask(world, *, to=ReleaseTo.PARTIES, user=None, as_of=LONG_AFTER, **more) -> HeldRelease:
    return request_release(
        **{
            "period": world.period,
            "kind": AccountKind.HELD_UNATTRIBUTED,
            "to": to,
            "reason": "nobody claimed it",
            "user": user or world.ann,
            "as_of": as_of,
            **more,
        }
    )


pytestmark = pytest.mark.django_db


def test_held_money_is_listed_with_its_reason_and_age(unplaced):
    (held,) = held_money()
    assert (held.period, held.account.kind, held.atoms) == (
        unplaced.period,
        "held_unattributed",
        G3,
    )
    assert held.age_days(date(2026, 12, 31)) == 61
    assert held.releasable_on == date(2029, 11, 1)
    assert held_money(contract=unplaced.contract) == [held]


def test_a_release_shares_by_what_each_party_earned_in_the_period(unplaced):
    before = payables(unplaced)
    release = approve_release(release=ask(unplaced), user=unplaced.ben, as_of=LONG_AFTER)
    after = payables(unplaced, as_of=date(2026, 11, 30))
    assert sum(after.values()) == 28 * EURO
    # Everybody's part grows from 7 to 28 euros: fourfold, to the atom that no division leaves over.
    assert all(abs(after[ref] - 4 * before[ref]) <= 1 for ref in before)
    assert held_money() == []
    assert release.status == "released"
    assert release.journal.corrects == Journal.objects.get(kind="allocation")
    assert release.journal.period == unplaced.november
    assert release.journal.posted_by == unplaced.ben
    assert verify_ledger() == []


def test_a_release_can_go_back_to_the_platform(unplaced):
    asked = ask(unplaced, to=ReleaseTo.PLATFORM)
    approve_release(release=asked, user=unplaced.ben, as_of=LONG_AFTER)
    assert balances(unplaced)["platform_share"] == G3
    assert balances(unplaced)["held_unattributed"] == 0


def test_the_next_statement_shows_what_was_released(unplaced):
    approve_release(release=ask(unplaced), user=unplaced.ben, as_of=LONG_AFTER)
    settle(unplaced, unplaced.november, as_of=LONG_AFTER)
    told = {s.party.ref: s.adjustment_atoms for s in Statement.objects.filter(
        period=unplaced.november)}  # fmt: skip
    assert sum(told.values()) == G3
    assert verify_ledger() == []


def test_it_is_held_to_the_last_day(unplaced):
    too_early = datetime(2029, 10, 31, 23, tzinfo=AFTER.tzinfo)
    with pytest.raises(ByHandError, match="holds it for 36 months, until 2029-11-01"):
        ask(unplaced, as_of=too_early)
    assert ask(unplaced, as_of=too_early + timedelta(hours=1)).status == "requested"


def test_the_contract_says_how_long(report):
    world = worked_example(fallback="held", holding_months=1)
    Attribution.objects.all().delete()
    settle(report(world))
    assert held_money()[0].releasable_on == date(2026, 12, 1)


def test_nobody_approves_what_they_asked_for(unplaced):
    asked = ask(unplaced)
    with pytest.raises(ByHandError, match="a second person approves it"):
        approve_release(release=asked, user=unplaced.ann, as_of=LONG_AFTER)
    with pytest.raises(DatabaseError, match="releases_are_approved_by_a_second_person"):
        forge(asked, unplaced.ann)


def forge(asked, user) -> None:
    """Past every service, as somebody with the application's rights."""
    journal = Journal.objects.get(kind="allocation")
    with transaction.atomic():
        execute(
            "UPDATE royalty_heldrelease SET decided_by_id = %s, decided_at = now(),"
            " journal_id = %s WHERE id = %s",
            [user.pk, journal.pk, asked.pk],
        )


def test_a_request_is_decided_once(unplaced):
    asked = ask(unplaced)
    with pytest.raises(ByHandError, match="asked for it already"):
        ask(unplaced, user=unplaced.ben)
    assert decline_release(release=asked, user=unplaced.ann, as_of=LONG_AFTER).status == "declined"
    with pytest.raises(ByHandError, match="is declined since 2029-11-03"):
        approve_release(release=asked, user=unplaced.ben, as_of=LONG_AFTER)
    assert held_money()[0].atoms == G3
    again = ask(unplaced)
    approve_release(release=again, user=unplaced.ben, as_of=LONG_AFTER)
    with pytest.raises(ByHandError, match="is released since"):
        decline_release(release=again, user=unplaced.ann, as_of=LONG_AFTER)
    with pytest.raises(ByHandError, match="has nothing that is held: no track accounts for it"):
        ask(unplaced)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM royalty_heldrelease",
        "UPDATE royalty_heldrelease SET amount_atoms = 1",
        "UPDATE royalty_heldrelease SET requested_by_id = decided_by_id",
        "TRUNCATE royalty_heldrelease",
    ],
)
def test_a_request_stays_as_it_was_made(unplaced, statement):
    ask(unplaced)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        execute(statement)


@pytest.mark.parametrize("reason", ["", " \n\t", "x" * 251], ids=["none", "blank", "a-letter"])
def test_a_release_has_a_reason(unplaced, reason):
    with pytest.raises(ByHandError, match=r"Say why|250 at most"):
        ask(unplaced, reason=reason)


def test_money_that_was_placed_meanwhile_is_not_released(unplaced):
    asked = ask(unplaced)
    attribute(unplaced, "G3", {"T1": 1_000_000_000})
    restate_period(
        period=unplaced.period,
        into=unplaced.november,
        user=unplaced.ann,
        as_of=LONG_AFTER,
        **FOUND,
    )
    assert held_money() == []
    with pytest.raises(
        ByHandError,
        match=r"21\.00 was asked for and 0\.00 EUR are held now; decline it and ask again",
    ):
        approve_release(release=asked, user=unplaced.ben, as_of=LONG_AFTER)


def test_money_that_was_released_is_not_placed_before_the_release_is_reversed(unplaced):
    release = approve_release(release=ask(unplaced), user=unplaced.ben, as_of=LONG_AFTER)
    attribute(unplaced, "G3", {"T1": 1_000_000_000})
    facts = {
        "period": unplaced.period,
        "into": unplaced.november,
        "user": unplaced.ann,
        "as_of": LONG_AFTER,
        **FOUND,
    }
    with pytest.raises(PeriodError, match="has been released; reverse the release first"):
        restate_period(**facts)
    reverse_journal(
        journal=release.journal, reason="found", user=unplaced.ann, as_of=LONG_AFTER.date()
    )
    assert held_money()[0].atoms == G3
    restate_period(**facts)
    assert held_money() == []
    assert sum(payables(unplaced, as_of=date(2026, 11, 30)).values()) == 28 * EURO
    assert verify_ledger() == []


def test_where_nobody_earned_anything_only_the_platform_can_have_it(report):
    world = worked_example(fallback="held")
    Attribution.objects.all().delete()
    settle(report(world))
    next_month(world)
    with pytest.raises(ByHandError, match="No party earned anything"):
        ask(world)
    asked = ask(world, to=ReleaseTo.PLATFORM)
    approve_release(release=asked, user=world.ben, as_of=LONG_AFTER)
    assert balances(world)["platform_share"] == 28 * EURO


def test_a_release_needs_an_open_period(report):
    world = worked_example(fallback="held")
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    settle(report(world))
    asked = ask(world)
    with pytest.raises(ByHandError, match="no later period of studio-2026 is open"):
        approve_release(release=asked, user=world.ben, as_of=LONG_AFTER)
    asked.refresh_from_db()
    assert asked.status == "requested"


def test_a_lasting_claim_of_one_track_is_held_apart(report):
    world = worked_example(fallback="held")
    Share.objects.filter(work=world.tracks["T3"].work, party__ref="C").delete()
    Attribution.objects.filter(generation=world.generations["G2"]).delete()
    settle(report(world))
    assert [held.account.kind for held in held_money()] == ["held_unattributed", "held_unclaimed"]


def test_the_commands_lead_a_release_from_the_list_to_the_journal(unplaced, capsys, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LONG_AFTER)
    call_command("held", "list", "--contract", "studio-2026")
    assert "21.00000000 EUR  studio-2026 2026-10  held: no track" in capsys.readouterr().out
    what = ("studio-2026", "2026-10-01", "held_unattributed", "--to", "parties")
    call_command("held", "request", *what, "--reason", "late", "--by", "ann@example.org")
    number = HeldRelease.objects.get().pk
    call_command("held", "list")
    assert "is asked for by ann@example.org" in capsys.readouterr().out
    with pytest.raises(CommandError, match="a second person approves it"):
        call_command("held", "approve", str(number), "--by", "ann@example.org")
    call_command("held", "approve", str(number), "--by", "ben@example.org")
    assert f"is released by release:{number} in studio-2026 2026-11." in capsys.readouterr().out
    call_command("held", "list")
    assert capsys.readouterr().out == "Nothing is held.\n"
    with pytest.raises(CommandError, match="There is no request 999"):
        call_command("held", "decline", "999", "--by", "ben@example.org")


@given(day=st.dates(date(1990, 1, 1), date(2100, 1, 1)), months=st.integers(0, 600))
def test_months_are_counted_as_people_count_them(day, months):
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(1)).day == 1)
