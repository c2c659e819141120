"""What was reported wrongly is replaced by another event; nothing is changed or removed."""

import pytest
from django.db import IntegrityError

from royalty.models import UsageEvent
from royalty.selectors.facts import last_intake_file, read_facts, reported_totals
from royalty.services import periods
from royalty.services.intake import IntakeRefused
from royalty.services.periods import PeriodError
from tests.royalty.attacker import execute
from tests.royalty.cast import AFTER, EURO, payables, revenue_line, settle, usage_line

pytestmark = pytest.mark.django_db


def correction(number: int, of: dict, **changes: object) -> dict:
    return of | {"event_id": f"fix-{number}", "corrects": of["event_id"]} | changes


def totals(world) -> tuple[int, int]:
    return reported_totals(world.period, last_intake_file(world.period))


def refused(take, world, kind, *lines, name="fix.ndjson") -> str:
    with pytest.raises(IntakeRefused) as caught:
        take(world, kind, list(lines), name)
    return str(caught.value)


USE = usage_line(2, "U2", "G3", 30)
FEE = revenue_line("U3", "20.00")


def test_a_corrected_use_counts_as_corrected_and_stays_in_the_books(reported, take):
    take(reported, "usage", [correction(1, USE, count=12)], "fix.ndjson")
    assert totals(reported)[0] == 40 - 30 + 12
    assert UsageEvent.objects.get(event_id="use-2").count == 30


def test_a_use_that_never_was_is_corrected_to_zero(reported, take):
    take(reported, "usage", [correction(1, USE, count=0)], "fix.ndjson")
    facts = read_facts(reported.period)
    assert totals(reported)[0] == int(facts.usage[:, 2].sum()) == 10
    assert len(facts.subscriber_fee_atoms) == 3  # U2 still paid


def test_a_correction_may_name_another_piece_and_subscriber(reported, take):
    take(reported, "usage", [correction(1, USE, generation="G1", subscriber="U9")], "fix.ndjson")
    facts = read_facts(reported.period)
    assert "G3" not in facts.generation_ids
    assert totals(reported)[0] == 40


def test_of_several_corrections_the_last_file_counts(reported, take):
    for number, count in enumerate((5, 50, 7)):
        take(reported, "usage", [correction(number, USE, count=count)], f"fix-{number}.ndjson")
    assert totals(reported)[0] == 40 - 30 + 7


def test_corrections_sent_again_and_out_of_order_count_once(reported, take):
    first, second = correction(1, USE, count=5), correction(2, USE, count=7)
    take(reported, "usage", [first], "one.ndjson")
    take(reported, "usage", [second], "two.ndjson")
    again = take(reported, "usage", [second, first, USE], "all.ndjson")
    assert (again.new_count, again.known_count) == (0, 3)
    assert totals(reported)[0] == 40 - 30 + 7


def test_corrected_revenue_is_what_is_shared(reported, take):
    take(reported, "revenue", [correction(1, FEE, amount="5.00")], "fix.ndjson")
    assert totals(reported)[1] == 25 * EURO
    settle(reported)
    assert reported.period.runs.get().gross_atoms == 25 * EURO
    assert sum(payables(reported).values()) == 25 * EURO * 7 // 10


def test_revenue_that_never_was_is_corrected_to_nothing(reported, take):
    take(reported, "revenue", [correction(1, FEE, amount="0")], "fix.ndjson")
    assert totals(reported)[1] == 20 * EURO


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"corrects": "nothing"}, "No event 'nothing' came in an earlier file"),
        ({"used_at": "2026-10-04T00:00:00Z"}, "is of service 'studio' on 2026-10-03; a correction"),
        ({"corrects": ""}, "It is empty"),
        ({"count": -1}, "from 0 to"),
        ({"corrects": "fix-1"}, "No event 'fix-1' came"),
    ],
    ids=["unknown", "another day", "empty", "negative", "itself"],
)
def test_a_correction_of_nothing_that_fits_is_refused(reported, take, changes, words):
    assert words in refused(take, reported, "usage", correction(1, USE, **changes))
    assert totals(reported)[0] == 40


def test_a_correction_of_a_correction_is_refused_and_says_what_to_correct(reported, take):
    take(reported, "usage", [correction(1, USE, count=5)], "one.ndjson")
    chained = USE | {"event_id": "fix-2", "corrects": "fix-1"}
    words = refused(take, reported, "usage", chained)
    assert "'fix-1' is a correction itself; correct 'use-2' again" in words


def test_a_file_corrects_an_event_once(reported, take):
    words = refused(
        take, reported, "usage", correction(1, USE, count=1), correction(2, USE, count=2)
    )
    assert words == "line 2, corrects: Line 1 corrects 'use-2' too; a file corrects an event once."


def test_what_is_corrected_must_have_come_before_the_file(world, take):
    assert "came in an earlier file" in refused(take, world, "usage", USE, correction(1, USE))


def test_zero_is_for_corrections_alone(reported, take):
    assert "from 1 to" in refused(take, reported, "usage", USE | {"event_id": "x", "count": 0})
    money = FEE | {"event_id": "x", "amount": "0.00"}
    assert "above 0" in refused(take, reported, "revenue", money)


def test_an_amount_in_strange_digits_is_no_correction_to_nothing(reported, take):
    assert "at least 0" in refused(take, reported, "revenue", correction(1, FEE, amount="٥.٠٠"))


def test_a_correction_needs_an_open_period_like_any_event(reported, take):
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    assert "is computed" in refused(take, reported, "usage", correction(1, USE, count=1))


def test_a_period_that_was_opened_again_for_a_correction_must_be_computed_again(reported, take):
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    periods.reopen_period(period=reported.period)
    take(reported, "usage", [correction(1, USE, count=30, subscriber="U1")], "fix.ndjson")
    with pytest.raises(PeriodError):
        periods.close_period(period=reported.period, user=reported.ann, as_of=AFTER)
    settle(reported)


@pytest.mark.parametrize(
    "changes",
    [
        "corrects = 'nothing'",
        "corrects = 'use-1', used_at = used_at + interval '1 day'",
        "corrects = 'use-1', service = 'other'",
    ],
)
def test_the_database_refuses_wrong_corrections_too(reported, take, changes):
    assignments = dict(part.split(" = ", 1) for part in changes.split(", "))
    columns = [
        "platform_id",
        "service",
        "generation_id",
        "subscriber",
        "used_at",
        "count",
        "corrects",
    ]
    values = ", ".join(assignments.get(name, name) for name in columns)
    with pytest.raises(IntegrityError, match="cannot correct"):
        execute(
            f"INSERT INTO royalty_usageevent (event_id, intake_file_id, {', '.join(columns)})"
            " SELECT 'bad', (SELECT max(id) FROM royalty_intakefile),"
            f" {values} FROM royalty_usageevent WHERE event_id = 'use-1'"
        )


def test_the_database_refuses_a_correction_in_the_file_of_the_original(reported):
    with pytest.raises(IntegrityError, match="cannot correct use-1"):
        execute(
            "INSERT INTO royalty_usageevent (event_id, platform_id, service, generation_id,"
            " subscriber, used_at, count, corrects, intake_file_id)"
            " SELECT 'bad', platform_id, service, generation_id, subscriber, used_at, 0,"
            " event_id, intake_file_id FROM royalty_usageevent WHERE event_id = 'use-1'"
        )
