"""Events of a closed period: refused, unless the sender says late; then kept and accounted for."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from royalty.models import RestatementKind, UsageEvent
from royalty.selectors.facts import reported_totals
from royalty.selectors.late import late_events
from royalty.selectors.runs import current_run
from royalty.selectors.verification import verify_ledger
from royalty.services import intake, periods
from royalty.services.intake import IntakeRefused
from royalty.services.restatements import restate_period
from tests.royalty.attacker import execute
from tests.royalty.cast import AFTER, EURO, ndjson, revenue_line, settle, usage_line

pytestmark = pytest.mark.django_db

LATE = usage_line(77, "U1", "G1", 100) | {"used_at": "2026-10-30T10:00:00Z"}
LATE_FEE = revenue_line("U9", "8.00")
FIX = usage_line(2, "U2", "G3", 1) | {"event_id": "fix-2", "corrects": "use-2"}


@pytest.fixture
def closed(reported):
    settle(reported)
    reported.period.refresh_from_db()
    return reported


@pytest.fixture
def late(closed, tmp_path):
    """Send lines as late ones."""

    def send(kind, *lines, name="late.ndjson"):
        take = {"usage": intake.take_usage, "revenue": intake.take_revenue}[kind]
        path = ndjson(tmp_path / name, list(lines))
        return take(platform=closed.platform, source=path, name=name, is_late=True)

    return send


def restate(world):
    november = periods.open_period(
        contract=world.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    return restate_period(
        period=world.period,
        into=november,
        kind=RestatementKind.LATE_USAGE,
        reason="reported late",
        user=world.ann,
        as_of=AFTER,
    )


def test_late_events_are_kept_listed_and_leave_the_closed_books_alone(closed, late):
    before = current_run(closed.period)
    assert late("usage", LATE).new_count == 1
    assert UsageEvent.objects.get(event_id="use-77").is_late
    (waiting,) = late_events()
    assert (waiting.period, waiting.event_count, waiting.amount) == (closed.period, 1, 100)
    assert "1 late events of usage, saying 100 uses" in waiting.sentence
    assert reported_totals(closed.period, before.last_intake_file) == (40, 40 * EURO)
    assert verify_ledger() == []


def test_without_the_word_they_are_refused_and_told_of_it(closed, take):
    with pytest.raises(IntakeRefused, match=r"is closed; .* or send it as late"):
        take(closed, "usage", [LATE], "late.ndjson")


def test_a_restatement_accounts_for_late_uses_money_and_corrections(closed, late):
    late("usage", LATE, FIX)
    late("revenue", LATE_FEE, name="money.ndjson")
    assert [each.kind for each in late_events()] == ["revenue", "usage"]
    restated = restate(closed)
    run = current_run(closed.period)
    assert (run.use_count, run.gross_atoms) == (40 + 100 - 29, 48 * EURO)
    assert late_events() == []
    assert restated.run == run
    assert verify_ledger() == []


def test_what_comes_after_a_restatement_waits_for_the_next(closed, late):
    late("usage", LATE)
    restate(closed)
    late("usage", LATE | {"event_id": "later"}, name="later.ndjson")
    assert [each.event_count for each in late_events()] == [1]
    assert verify_ledger() == []


def test_late_events_count_once_like_all_others(closed, late):
    late("usage", LATE)
    again = late("usage", LATE, usage_line(0, "U1", "G1", 2), name="again.ndjson")
    assert (again.new_count, again.known_count) == (0, 2)


def test_a_late_file_may_hold_events_of_an_open_period_which_are_not_late(closed, late):
    november = usage_line(88, "U1", "G1", 1) | {"used_at": "2026-11-02T08:00:00Z"}
    periods.open_period(
        contract=closed.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    late("usage", LATE, november)
    marked = dict(UsageEvent.objects.values_list("event_id", "is_late"))
    assert (marked["use-77"], marked["use-88"]) == (True, False)


@pytest.mark.parametrize("status", ["computed", "reviewed"])
def test_a_period_under_review_takes_nothing_whatever_the_sender_says(reported, tmp_path, status):
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    if status == "reviewed":
        periods.review_period(period=reported.period, user=reported.ben, as_of=AFTER)
    path = ndjson(tmp_path / "late.ndjson", [LATE])
    with pytest.raises(IntakeRefused, match=f"is {status}; have the period opened again"):
        intake.take_usage(platform=reported.platform, source=path, name="late", is_late=True)


INSERT = """
INSERT INTO royalty_usageevent (event_id, platform_id, service, generation_id, subscriber, used_at,
                                count, intake_file_id, is_late)
SELECT 'smuggled', platform_id, service, generation_id, subscriber,
       used_at + interval %s, 1, intake_file_id, %s
  FROM royalty_usageevent WHERE event_id = 'use-1'
"""


@pytest.mark.parametrize(
    ("away", "is_late", "words"),
    [
        ("0 days", False, "is closed and takes no events that are not marked late"),
        ("60 days", True, "are not late: no closed period covers that day"),
    ],
    ids=["unmarked in a closed period", "marked without a period"],
)
def test_the_database_takes_late_events_for_closed_periods_alone(closed, away, is_late, words):
    with pytest.raises(IntegrityError, match=words):
        execute(INSERT, [away, is_late])


def test_the_database_refuses_late_events_of_an_open_period(reported):
    with pytest.raises(IntegrityError, match="no closed period"):
        execute(INSERT, ["0 days", True])


def test_an_event_smuggled_into_a_file_that_the_run_saw_is_found(closed):
    execute(INSERT, ["0 days", True])
    assert any("uses or revenue are not those" in finding for finding in verify_ledger())


def test_the_command_takes_and_lists_late_files(closed, tmp_path, capsys):
    path = ndjson(tmp_path / "late.ndjson", [LATE, FIX])
    call_command("intake", "late", platform="acme")
    call_command("intake", "usage", str(path), platform="acme", late=True)
    call_command("intake", "late")
    first, taken, listed = capsys.readouterr().out.splitlines()
    assert first == "Nothing is late."
    assert taken == "late.ndjson: 2 lines, 2 new, 0 known."
    assert "2 late events of usage, 1 of them corrections, saying 101 uses" in listed
