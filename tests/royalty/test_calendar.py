"""The calendar: it opens, computes and drafts by itself, once, and stops where a person decides."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from common.jobs import runner
from common.jobs.models import Job
from royalty import tasks
from royalty.models import PayoutBatch, Period, Statement
from royalty.selectors.calendar import next_span, outlook
from royalty.selectors.verification import verify_ledger
from royalty.services import payouts, periods, publishing, statements
from royalty.services.calendar import run_calendar
from royalty.services.payouts import PayoutError
from royalty.services.runs import PeriodError
from tests.royalty.cast import AFTER, settle, show, sign

pytestmark = pytest.mark.django_db


def on(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=9, tzinfo=UTC)


def computations() -> list[Job]:
    return list(Job.objects.filter(kind="royalty.compute_period"))


def render() -> None:
    for statement in Statement.objects.filter(rendered_at__isnull=True):
        statements.render_statement(statement=statement, as_of=AFTER)


@pytest.mark.parametrize(
    ("months", "begins", "until", "spans"),
    [
        (1, "2026-10-01", None, ["2026-10-01 2026-11-01", "2026-11-01 2026-12-01"]),
        (1, "2026-12-15", None, ["2026-12-15 2027-01-01", "2027-01-01 2027-02-01"]),
        (3, "2026-11-30", None, ["2026-11-30 2027-02-01", "2027-02-01 2027-05-01"]),
        (6, "2026-10-01", "2027-05-10", ["2026-10-01 2027-04-01", "2027-04-01 2027-05-10"]),
        (12, "2027-02-28", None, ["2027-02-28 2028-02-01", "2028-02-01 2029-02-01"]),
    ],
    ids=["months", "mid-month", "quarters", "cut short", "years"],
)
def test_periods_end_with_calendar_months_and_with_the_contract(bare, months, begins, until, spans):
    contract = sign(
        bare.platform,
        code="other",
        service="other",
        period_months=months,
        valid_from=date.fromisoformat(begins),
        valid_until=until and date.fromisoformat(until),
    )
    found = []
    for _ in spans:
        starts_on, ends_on = next_span(contract)
        periods.open_period(contract=contract, starts_on=starts_on, ends_on=ends_on)
        found.append(f"{starts_on} {ends_on}")
    assert found == spans
    assert (next_span(contract) is None) == (until is not None)


def test_a_period_opens_on_its_first_day_and_not_before(bare):
    assert run_calendar(on("2026-10-31")) == []
    assert run_calendar(on("2026-11-01"))[0] == (
        "studio-2026 2026-11 is opened, until before 2026-12-01."
    )
    assert Period.objects.count() == 2


def test_what_was_missed_is_caught_up_at_once(bare):
    run_calendar(on("2027-01-20"))
    labels = [period.label for period in bare.contract.periods.order_by("starts_on")]
    assert labels == ["2026-10", "2026-11", "2026-12", "2027-01"]


def test_a_month_is_computed_after_its_reporting_days_and_by_nobody(reported):
    run_calendar(on("2026-11-14"))
    assert computations() == [], "events may still come"
    said = run_calendar(on("2026-11-15"))
    assert "studio-2026 2026-10 is given to a worker to be computed." in said
    (job,) = computations()
    assert runner.run(job.pk).status == "succeeded"
    reported.period.refresh_from_db()
    assert (reported.period.status, reported.period.computed_by) == ("computed", None)
    assert run_calendar(on("2026-11-16")) == [
        "studio-2026 2026-10 waits for somebody to review it."
    ]


def test_done_again_it_does_nothing_twice(reported):
    first = run_calendar(on("2026-11-15"))
    again = run_calendar(on("2026-11-15"))
    assert len(computations()) == 1
    assert Period.objects.count() == 2
    assert len(first) == 2
    assert again == []


def test_two_people_stand_behind_what_the_calendar_computed(reported):
    periods.compute_period(period=reported.period, user=None, as_of=AFTER)
    periods.review_period(period=reported.period, user=reported.ben, as_of=AFTER)
    assert run_calendar(on("2026-10-31")) == [
        "studio-2026 2026-10 waits for somebody who is not Ben to close it."
    ]
    with pytest.raises(PeriodError, match="a second person closes it"):
        periods.close_period(period=reported.period, user=reported.ben, as_of=AFTER)
    periods.close_period(period=reported.period, user=reported.ann, as_of=AFTER)
    assert verify_ledger() == []


def test_a_month_that_a_person_opened_again_is_theirs_to_compute(reported):
    periods.compute_period(period=reported.period, user=None, as_of=AFTER)
    periods.reopen_period(period=reported.period)
    said = run_calendar(on("2026-11-20"))
    assert computations() == []
    assert "studio-2026 2026-10 was opened again; it waits for somebody to compute it." in said


def test_what_cannot_be_computed_is_said_and_tried_again(reported, monkeypatch):
    def refuse(**_):
        raise PeriodError("The facts contradict each other.")

    run_calendar(on("2026-11-15"))
    with monkeypatch.context() as patch:
        patch.setattr(periods, "compute_period", refuse)
        runner.run(computations()[0].pk)
        told = [due.sentence for due in outlook(date(2026, 11, 15)) if due.waits]
        assert told == [
            "studio-2026 2026-10 could not be computed: The facts contradict each other."
        ]
    assert "studio-2026 2026-10 is given to a worker to be computed." in run_calendar(
        on("2026-11-16")
    )
    assert runner.run(computations()[0].pk).status == "succeeded"


def test_it_waits_for_a_person_to_publish_and_for_nobody_after_that(reported):
    settle(reported)
    assert run_calendar(on("2026-10-31")) == [], "documents are being made"
    render()
    waits = "studio-2026 2026-10 waits for somebody to publish its 3 statements."
    assert run_calendar(on("2026-10-31")) == [waits]
    publishing.publish_period(period=reported.period, user=reported.ann, as_of=AFTER)
    assert run_calendar(on("2026-10-31")) == []


def test_it_drafts_payouts_once_a_month_from_the_configured_day(ready, settings):
    settings.PAYOUT_DAY = 20
    run_calendar(on("2026-11-19"))
    assert not PayoutBatch.objects.exists()
    assert "No payouts in EUR are drafted before studio-2026 2026-10 is published." in run_calendar(
        on("2026-11-20")
    )
    show(ready.period, ready.ann)
    said = run_calendar(on("2026-11-21"))
    assert any("is drafted: 3 payouts in EUR" in sentence for sentence in said)
    batch = PayoutBatch.objects.get()
    assert batch.made_by is None
    run_calendar(on("2026-11-22"))
    assert PayoutBatch.objects.count() == 1


def test_two_people_stand_behind_what_the_calendar_drafted(ready, settings):
    settings.PAYOUT_DAY = 20
    show(ready.period, ready.ann)
    run_calendar(on("2026-11-20"))
    batch = PayoutBatch.objects.get()
    payouts.approve_batch(batch=batch, user=ready.ann, as_of=on("2026-11-20"))
    payouts.export_batch(batch=batch)
    waits = f"{batch} waits for somebody who is not Ann to give it to the bank."
    assert waits in run_calendar(on("2026-11-20"))
    with pytest.raises(PayoutError, match="a second person sends it"):
        payouts.mark_sent(batch=batch, user=ready.ann, as_of=on("2026-11-21"))
    payouts.mark_sent(batch=batch, user=ready.ben, as_of=on("2026-11-21"))
    assert verify_ledger() == []


def test_without_a_configured_day_nobody_is_paid_by_itself(ready):
    show(ready.period, ready.ann)
    run_calendar(on("2026-11-28"))
    assert not PayoutBatch.objects.exists()


def test_the_day_is_asked_for_once_however_often_the_clock_ticks(reported):
    for _ in range(3):
        tasks.ask_for_calendar()
    (job,) = Job.objects.filter(kind="royalty.run_calendar")
    assert runner.run(job.pk).status == "succeeded"


def test_the_command_shows_without_doing_and_does_what_it_showed(reported, capsys):
    step = ("calendar", "show", "--as-of", "2026-11-15")
    call_command(*step)
    shown = capsys.readouterr().out
    assert "2026-11-15  by itself  studio-2026 2026-10 is being computed." in shown
    assert "2026-11-01  by itself  studio-2026: a period opens until before 2026-12-01." in shown
    assert Period.objects.count() == 1
    assert not computations()
    call_command("calendar", "run", "--as-of", "2026-11-15")
    assert "studio-2026 2026-11 is opened" in capsys.readouterr().out
