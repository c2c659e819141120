"""open → computed → reviewed → closed: in this order, by two people, and once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from attribution.models import AttributionRun
from royalty.apportionment import MODELS
from royalty.models import AllocationRun, Journal, Period, Statement, UsageEvent
from royalty.selectors.runs import NoRunError, current_run
from royalty.services import contracts, intake, periods
from royalty.services.periods import PeriodError
from tests.royalty.cast import (
    AFTER,
    EURO,
    LAST_DAY,
    ndjson,
    payables,
    revenue_lines,
    settle,
    sign,
    usage_line,
    usage_lines,
    worked_example,
)


def compute(world, user=None):
    return periods.compute_period(period=world.period, user=user or world.ann, as_of=AFTER)


def review(world, user=None):
    return periods.review_period(period=world.period, user=user or world.ben, as_of=AFTER)


def close(world, as_of=AFTER):
    return periods.close_period(period=world.period, user=world.ann, as_of=as_of)


@pytest.mark.django_db
def test_each_step_names_who_took_it(reported):
    run = compute(reported)
    reviewed = review(reported)
    assert (reviewed.status, reviewed.computed_by, reviewed.reviewed_by) == (
        "reviewed", reported.ann, reported.ben,
    )  # fmt: skip
    closed = close(reported)
    assert (closed.status, closed.closed_by, closed.closed_at) == ("closed", reported.ann, AFTER)
    assert current_run(closed) == run


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("done", "step", "words"),
    [
        ([], review, "is open; only a period that is computed can be reviewed"),
        ([], close, "is open; only a period that is reviewed can be closed"),
        ([compute], close, "is computed; only a period that is reviewed can be closed"),
        ([compute, review], compute, "is reviewed; only a period that is computed or open"),
        ([compute, review], review, "is reviewed; only a period that is computed"),
        ([compute, review, close], compute, "is closed; only"),
        ([compute, review, close], review, "is closed; only"),
        ([compute, review, close], close, "is closed; only"),
    ],
)
def test_steps_out_of_order_are_refused(reported, done, step, words):
    for earlier in done:
        earlier(reported)
    journals = Journal.objects.count()
    with pytest.raises(PeriodError, match=words):
        step(reported)
    assert Journal.objects.count() == journals


@pytest.mark.django_db
def test_a_closed_period_cannot_be_opened_again(reported):
    settle(reported)
    with pytest.raises(PeriodError, match="is closed; only"):
        periods.reopen_period(period=reported.period)


@pytest.mark.django_db
def test_nobody_reviews_what_they_computed(reported):
    compute(reported, reported.ben)
    with pytest.raises(PeriodError, match=r"Ben computed .*; a second person reviews it"):
        review(reported, reported.ben)


@pytest.mark.django_db
def test_computing_again_replaces_the_result_and_keeps_the_history(reported):
    first = compute(reported)
    second = compute(reported, reported.ben)
    reported.period.refresh_from_db()
    assert current_run(reported.period) == second != first
    assert second.snapshot_sha256 == first.snapshot_sha256
    assert second.lines_sha256 == first.lines_sha256
    assert reported.period.computed_by == reported.ben
    assert AllocationRun.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("steps", [[compute], [compute, review]])
def test_a_period_that_is_opened_again_takes_late_events(reported, take, steps):
    for step in steps:
        step(reported)
    reopened = periods.reopen_period(period=reported.period)
    assert (reopened.status, reopened.computed_by, reopened.reviewed_by) == ("open", None, None)
    with pytest.raises(NoRunError, match="compute it first"):
        current_run(reopened)
    take(reported, "usage", [usage_line(99, "U1", "G3", 60)], "late.ndjson")
    assert compute(reported).use_count == 100
    review(reported)
    close(reported)
    assert sum(payables(reported).values()) == 28 * EURO


@pytest.mark.django_db
def test_a_period_does_not_close_before_it_is_over(reported):
    compute(reported)
    review(reported)
    with pytest.raises(PeriodError, match="is not over before 2026-11-01"):
        close(reported, AFTER.replace(month=10, day=31))


@pytest.mark.django_db
def test_periods_close_in_their_order(reported):
    november = periods.open_period(
        contract=reported.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    with pytest.raises(PeriodError, match="2026-10 is open; close it before studio-2026 2026-11"):
        settle(reported, november, AFTER.replace(month=12))
    periods.reopen_period(period=november)
    settle(reported)
    assert settle(reported, november, AFTER.replace(month=12)).status == "closed"


@pytest.mark.django_db
def test_a_month_in_which_nothing_happened_closes_without_journals(world):
    assert settle(world).status == "closed"
    assert not Journal.objects.exists()
    assert not Statement.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("damage", ["missing", "torn", "another"])
def test_a_period_whose_snapshot_is_damaged_does_not_close(reported, take, damage):
    run = compute(reported)
    review(reported)
    name = run.snapshot_name
    with default_storage.open(name) as stored:
        content = stored.read()
    default_storage.delete(name)
    if damage == "torn":
        with default_storage.open(name, "wb") as stored:
            stored.write(content[: len(content) // 2])
    if damage == "another":
        periods.reopen_period(period=reported.period)
        take(reported, "usage", [usage_line(99, "U1", "G3", 60)], "late.ndjson")
        other = compute(reported)
        review(reported)
        with default_storage.open(other.snapshot_name, "wb") as stored:
            stored.write(content)
    with pytest.raises(PeriodError, match="cannot be reproduced"):
        close(reported)
    assert not Journal.objects.exists()


@pytest.mark.django_db
def test_a_snapshot_that_was_torn_before_is_written_again(reported):
    name = compute(reported).snapshot_name
    with default_storage.open(name, "wb") as stored:
        stored.write(b"torn")
    compute(reported)
    review(reported)
    assert close(reported).status == "closed"


@pytest.mark.django_db
def test_a_program_that_computes_otherwise_does_not_close(reported, monkeypatch):
    compute(reported)
    review(reported)
    monkeypatch.setitem(MODELS, "pro_rata", MODELS["user_centric"])
    with pytest.raises(PeriodError, match="gives other lines than were recorded"):
        close(reported)
    assert not Journal.objects.exists()


@pytest.mark.django_db
def test_changes_in_the_catalogue_after_the_computation_change_nothing(reported):
    compute(reported)
    review(reported)
    AttributionRun.objects.update(finished_at=None)
    assert close(reported).status == "closed"
    assert sum(payables(reported).values()) == 28 * EURO


@pytest.mark.django_db
def test_no_period_is_opened_before_a_closed_one(reported):
    """It could be computed and reviewed, but its root has no place in the chain."""
    september = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 10, 1)}
    settle(reported)
    with pytest.raises(PeriodError, match="2026-10 is closed, so nothing before it can be"):
        periods.open_period(contract=reported.contract, **september)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts_on", "ends_on", "words"),
    [
        (date(2026, 11, 1), date(2026, 11, 1), "has no day"),
        (date(2026, 11, 2), date(2026, 11, 1), "has no day"),
        (date(2025, 12, 1), date(2026, 1, 1), "the period leaves that"),
        (date(2026, 10, 31), date(2026, 12, 1), r"2026-10 \(open\) covers some of these days"),
    ],
)
def test_periods_fit_their_contract_and_each_other(bare, starts_on, ends_on, words):
    with pytest.raises(PeriodError, match=words):
        periods.open_period(contract=bare.contract, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"allocation_model": "astrology"}, "allocation_model: .*astrology"),
        ({"commission_ppm": 1_000_001}, "The commission is above 100 %"),
        ({"fallback": "mine"}, "fallback: .*mine"),
        ({"idle_subscribers": "none"}, "idle_subscribers"),
        ({"currency": "XXX"}, "'XXX' is not a currency known here"),
        ({"service": "a b"}, "service"),
        ({"valid_until": date(2026, 1, 1)}, "ends before it begins"),
        ({"service": "studio"}, "has a contract on some of these days"),
    ],
)
def test_terms_that_cannot_be_agreed_are_refused(bare, change, words):
    with pytest.raises(contracts.ContractError, match=words):
        sign(bare.platform, **({"code": "second", "service": "second"} | change))


@pytest.mark.django_db
def test_agreeing_the_same_contract_again_is_harmless_and_changing_it_is_refused(bare):
    assert sign(bare.platform) == bare.contract
    with pytest.raises(contracts.ContractError, match=r"another commission_ppm.*do not change"):
        sign(bare.platform, commission_ppm=0)


def at_once(*functions):
    gate = threading.Barrier(len(functions))

    def run(function):
        gate.wait()
        try:
            return function()
        except PeriodError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


def reported_for_real(tmp_path):
    world = worked_example()
    for take, lines, name in (
        (intake.take_usage, usage_lines(), "usage.ndjson"),
        (intake.take_revenue, revenue_lines(), "revenue.ndjson"),
    ):
        take(platform=world.platform, source=ndjson(tmp_path / name, lines), name=name)
    return world


def test_of_two_who_close_at_once_one_wins(committed_db, tmp_path):
    world = reported_for_real(tmp_path)
    compute(world)
    review(world)
    results = at_once(lambda: close(world), lambda: close(world), lambda: close(world))
    assert sum(isinstance(result, Period) for result in results) == 1
    assert all("is closed" in str(error) for error in results if isinstance(error, PeriodError))
    assert Journal.objects.count() == 2
    assert sum(payables(world, LAST_DAY).values()) == 28 * EURO


def test_computing_waits_for_an_intake_under_way(committed_db, tmp_path):
    world = reported_for_real(tmp_path)
    path = ndjson(tmp_path / "more.ndjson", [usage_line(99, "U1", "G3", 60)])
    results = at_once(
        lambda: compute(world),
        lambda: take_or_refuse(world, path),
    )
    run = next(result for result in results if isinstance(result, AllocationRun))
    counted = sum(UsageEvent.objects.values_list("count", flat=True))
    assert run.use_count == counted, "either the intake was refused or the run saw it"


def take_or_refuse(world, path):
    try:
        return intake.take_usage(platform=world.platform, source=path, name=path.name)
    except intake.IntakeRefused as refusal:
        return refusal
