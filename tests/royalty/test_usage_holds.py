"""Strange uses are held, explained and decided about by a person; honest ones never are."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from attribution.models import Generation
from royalty.models import HoldDecision, RestatementKind, UsageHold
from royalty.selectors.runs import current_run
from royalty.selectors.usage_holds import undecided_holds, usage_holds
from royalty.selectors.verification import verify_ledger
from royalty.services import periods
from royalty.services.by_hand import ByHandError
from royalty.services.periods import PeriodError
from royalty.services.restatements import restate_period
from royalty.services.usage_holds import decide_hold
from tests.royalty.attacker import execute
from tests.royalty.cast import AFTER, EURO, add_generation, payables, revenue_line, usage_line

pytestmark = pytest.mark.django_db

COUNT, LEAVE_OUT = HoldDecision.Decision.COUNT, HoldDecision.Decision.LEAVE_OUT
BOT = usage_line(50, "bot", "G4", 30_001)


def compute(world):
    return periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)


def review(world):
    return periods.review_period(period=world.period, user=world.ben, as_of=AFTER)


def close(world):
    periods.close_period(period=world.period, user=world.ann, as_of=AFTER)
    world.period.refresh_from_db()


def decide(world, decision, hold=None, reason="looked at it"):
    hold = hold or UsageHold.objects.get()
    return decide_hold(hold=hold, decision=decision, reason=reason, user=world.ben, as_of=AFTER)


@pytest.fixture
def robbed(reported, take):
    """The worked example with a subscriber who used one piece 30,001 times."""
    take(reported, "usage", [BOT], "bot.ndjson")
    return reported


def test_one_subscriber_with_30_000_plays_is_held_and_the_others_are_paid_as_without(robbed):
    run = compute(robbed)
    hold = UsageHold.objects.get()
    assert (run.use_count, run.left_out_uses, run.left_out) == (40, 30_001, [hold.pk])
    assert (hold.rule, hold.subject, hold.subscribers) == ("too_many", "bot", ["bot"])
    assert hold.uses == 30_001
    assert "Subscriber bot used pieces 30,001 times; above 30,000" in hold.sentence
    assert hold.evidence == {
        "uses": 30_001,
        "limit": 30_000,
        "median": 7,
        "most": [["G4", 30_001]],
    }
    assert run.exceptions == [f"Held until somebody decides (hold {hold.pk}): {hold.sentence}"]


def test_as_many_as_the_limit_says_are_not_held(reported, take):
    take(reported, "usage", [BOT | {"count": 30_000}], "fan.ndjson")
    compute(reported)
    assert not UsageHold.objects.exists()


def test_a_period_with_an_undecided_hold_is_not_reviewed_and_says_which(robbed):
    compute(robbed)
    hold = UsageHold.objects.get()
    with pytest.raises(PeriodError, match=f"Nobody has decided about hold {hold.pk} of studio-"):
        review(robbed)


def test_left_out_uses_are_named_in_the_run_and_earn_nothing(robbed):
    compute(robbed)
    decide(robbed, LEAVE_OUT, reason="a bot")
    review(robbed)
    close(robbed)
    run = current_run(robbed.period)
    assert (run.use_count, run.left_out_uses) == (40, 30_001)
    assert sum(payables(robbed).values()) == 28 * EURO
    assert verify_ledger() == []


def test_what_is_decided_is_followed_when_the_period_is_computed_again(robbed):
    compute(robbed)
    decide(robbed, COUNT)
    with pytest.raises(PeriodError, match=r"It was decided otherwise .*; compute it again"):
        review(robbed)
    run = compute(robbed)
    assert (run.use_count, run.left_out_uses, run.exceptions) == (30_041, 0, [])
    review(robbed)
    close(robbed)
    assert verify_ledger() == []


def test_computing_again_finds_the_same_hold_and_names_the_decision(robbed):
    compute(robbed)
    decide(robbed, LEAVE_OUT, reason="a bot")
    run = compute(robbed)
    hold = UsageHold.objects.get()
    assert run.exceptions == [
        f"Left out by ben@example.org, 'a bot' (hold {hold.pk}): {hold.sentence}"
    ]
    review(robbed)


def test_what_is_corrected_is_not_held_any_more(robbed, take):
    compute(robbed)
    periods.reopen_period(period=robbed.period)
    fix = BOT | {"event_id": "fix", "corrects": BOT["event_id"], "count": 3}
    take(robbed, "usage", [fix], "fix.ndjson")
    run = compute(robbed)
    assert (run.use_count, run.left_out_uses) == (43, 0)
    assert not UsageHold.objects.exists()


def test_what_was_decided_to_be_left_out_stays_out_even_where_it_is_not_found_again(robbed, take):
    compute(robbed)
    decide(robbed, LEAVE_OUT)
    periods.reopen_period(period=robbed.period)
    fix = BOT | {"event_id": "fix", "corrects": BOT["event_id"], "count": 29_000}
    take(robbed, "usage", [fix], "fix.ndjson")
    run = compute(robbed)
    assert (run.use_count, run.left_out_uses) == (40, 29_000)
    review(robbed)


def test_deciding_otherwise_after_the_close_goes_through_restating(robbed):
    compute(robbed)
    decide(robbed, LEAVE_OUT)
    review(robbed)
    close(robbed)
    before = payables(robbed)
    decide(robbed, COUNT, reason="a school")
    assert verify_ledger() == []
    november = periods.open_period(
        contract=robbed.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    restated = restate_period(
        period=robbed.period,
        into=november,
        kind=RestatementKind.CORRECTION,
        reason="the school counts",
        user=robbed.ann,
        as_of=AFTER,
    )
    assert restated.run.use_count == 30_041
    after = payables(robbed, november.last_day)
    assert after["A"] > before["A"]
    assert sum(after.values()) == sum(before.values())
    assert verify_ledger() == []


@pytest.mark.parametrize(
    ("reason", "words"), [("", "Say why"), (" ", "Say why"), ("x" * 251, "251 characters")]
)
def test_a_decision_needs_a_reason(robbed, reason, words):
    compute(robbed)
    with pytest.raises(ByHandError, match=words):
        decide(robbed, COUNT, reason=reason)


def test_the_same_decision_twice_is_refused_and_another_one_is_not(robbed):
    compute(robbed)
    decide(robbed, LEAVE_OUT)
    with pytest.raises(ByHandError, match=r"ben@example.org decided so already: looked at it"):
        decide(robbed, LEAVE_OUT)
    decide(robbed, COUNT)
    assert usage_holds().get().decision == COUNT


def test_nothing_is_decided_between_review_and_close(robbed):
    compute(robbed)
    decide(robbed, LEAVE_OUT)
    review(robbed)
    with pytest.raises(ByHandError, match="is reviewed; have it opened again"):
        decide(robbed, COUNT)


def farm(size: int, counts: tuple[int, ...] = (11, 12, 13, 14, 15)) -> list[dict]:
    """Accounts with the same pattern; the tens multiply it."""
    pieces = ["G1", "G2", "G3", "G4", "G5"][: len(counts)]
    return [
        usage_line(1000 + 10 * number + at, f"f-{number:03}", piece, count * (1 + number % 3))
        for number in range(size)
        for at, (piece, count) in enumerate(zip(pieces, counts, strict=True))
    ]


@pytest.fixture
def five_pieces(world):
    add_generation(world, "G5", Generation.objects.get(external_id="G1").model_version)
    return world


def test_a_farm_of_look_alike_accounts_is_one_hold(five_pieces, take):
    honest = [usage_line(n, f"h-{n}", f"G{n % 5 + 1}", 60 + n) for n in range(30)]
    take(five_pieces, "usage", [*farm(20), *honest], "farm.ndjson")
    compute(five_pieces)
    hold = UsageHold.objects.get()
    assert hold.rule == "look_alikes"
    assert hold.subscribers == [f"f-{number:03}" for number in range(20)]
    assert hold.uses == sum(line["count"] for line in farm(20))
    assert hold.sentence == (
        "20 subscribers (f-000, f-001, f-002 and 17 more) used the same 5 pieces in the same "
        f"proportions, {hold.uses:,} times in all."
    )


def test_a_farm_that_grows_is_the_same_hold(five_pieces, take):
    take(five_pieces, "usage", farm(20), "farm.ndjson")
    compute(five_pieces)
    first = decide(five_pieces, LEAVE_OUT).hold
    periods.reopen_period(period=five_pieces.period)
    take(five_pieces, "usage", farm(25), "more.ndjson")
    run = compute(five_pieces)
    assert run.left_out == [first.pk]
    assert run.use_count == 0


@pytest.mark.parametrize(
    "lines",
    [farm(19), farm(40, (17, 12, 13, 14)), farm(40, (5, 4, 3, 2, 1))],
    ids=["too few accounts", "too few pieces", "too few uses"],
)
def test_a_few_who_are_alike_are_not_a_farm(five_pieces, take, lines):
    take(five_pieces, "usage", lines, "few.ndjson")
    compute(five_pieces)
    assert not UsageHold.objects.filter(rule="look_alikes").exists()


def traffic(day: str, more: int = 0) -> list[dict]:
    """Three hundred who use what they always use."""
    return [
        usage_line(0, f"W{n}", f"G{n % 3 + 2}", 60 + more)
        | {"used_at": day, "event_id": f"{day}-{n}"}
        for n in range(300)
    ]


OCTOBER, NOVEMBER = "2026-10-05T10:00:00Z", "2026-11-05T10:00:00Z"


@pytest.fixture
def november(reported, take):
    """October had 18,140 uses, of them 102 of G1 and 103 by U1, and is closed; November is open."""
    more = usage_line(60, "U1", "G1", 100)
    take(reported, "usage", [more, *traffic(OCTOBER)], "october.ndjson")
    compute(reported)
    review(reported)
    close(reported)
    reported.period = periods.open_period(
        contract=reported.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    return reported


def of_november(number: int, subscriber: str, count: int, piece: str = "G1") -> dict:
    return usage_line(number, subscriber, piece, count) | {"used_at": NOVEMBER}


def found(world) -> dict[str, UsageHold]:
    compute(world)
    return {hold.rule: hold for hold in UsageHold.objects.filter(period=world.period)}


def test_a_sudden_jump_of_a_subscriber_is_held_and_compared(november, take):
    lines = [of_november(70, "U1", 2_400, "G4"), *traffic(NOVEMBER)]
    take(november, "usage", lines, "jump.ndjson")
    hold = found(november)["subscriber_jump"]
    assert hold.sentence == (
        "Subscriber U1 used pieces 2,400 times after 103 in the period before, while the whole "
        "service went from 18,140 to 20,400."
    )
    assert november.period.runs.get().use_count == 18_000


def test_the_same_uses_of_somebody_who_is_new_are_no_jump(november, take):
    lines = [of_november(70, "U99", 2_400, "G4"), *traffic(NOVEMBER)]
    take(november, "usage", lines, "new.ndjson")
    assert found(november) == {}


def test_a_jump_is_measured_against_the_growth_of_the_service(november, take):
    lines = [of_november(70, "U1", 2_400, "G4"), *traffic(NOVEMBER, more=60)]
    take(november, "usage", lines, "growth.ndjson")
    assert found(november) == {}


def test_a_piece_that_many_use_all_at_once_is_held_for_all_who_used_it(november, take):
    crowd = [of_november(100 + n, f"C{n}", 40) for n in range(180)]
    take(november, "usage", [*crowd, *traffic(NOVEMBER)], "hit.ndjson")
    hold = found(november)["piece_jump"]
    assert hold.sentence.startswith("Piece G1 was used 7,200 times after 102 in the period before")
    assert (hold.subject, hold.subscribers, hold.uses) == ("G1", [], 7_200)
    assert november.period.runs.get().use_count == 18_000
    decide(november, LEAVE_OUT, hold)
    assert compute(november).use_count == 18_000
    decide(november, COUNT, hold)
    assert compute(november).use_count == 25_200


def test_a_period_without_uses_has_no_holds(world, take):
    take(world, "revenue", [revenue_line("U1", "10.00")])
    compute(world)
    assert not UsageHold.objects.exists()


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE royalty_usagehold SET subject = 'somebody else'",
        "UPDATE royalty_holddecision SET decision = 'count'",
        "DELETE FROM royalty_holddecision",
        "DELETE FROM royalty_usagehold",
        "UPDATE royalty_usagehold SET uses = 1",
    ],
)
def test_the_database_keeps_holds_and_decisions(robbed, attack):
    compute(robbed)
    decide(robbed, LEAVE_OUT)
    with pytest.raises(DatabaseError, match=r"permission denied|was decided upon|append-only"):
        execute(attack)


def test_the_command_lists_and_decides(robbed, capsys):
    compute(robbed)
    hold = UsageHold.objects.get()
    call_command("usage_holds", "list", contract="studio-2026")
    listed = capsys.readouterr().out
    assert f"{hold.pk}  studio-2026 2026-10  30,001 uses, too many uses by one subsc" in listed
    assert hold.sentence in listed
    call_command("usage_holds", "leave_out", hold.pk, reason="a bot", by="ben@example.org")
    assert "leave out. studio-2026 2026-10 is computed: compute it again" in capsys.readouterr().out
    call_command("usage_holds", "list")
    assert capsys.readouterr().out == "No uses are held.\n"
    call_command("usage_holds", "list", all=True)
    assert "; leave_out by ben@example.org: a bot" in capsys.readouterr().out
    assert not undecided_holds(robbed.period).exists()
    with pytest.raises(CommandError, match="There is no hold 0"):
        call_command("usage_holds", "count", 0, reason="x", by="ben@example.org")
