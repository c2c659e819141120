"""A platform of a sandbox moves its clock on, and its month is closed, published and invoiced."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

import royalty.tasks  # noqa: F401 what workers do
from catalog.models import Platform
from catalog.services import clock
from catalog.services.clock import ClockError, now_for
from common.jobs import runner
from common.jobs.models import Job
from common.jobs.registry import ignore_progress
from royalty.models import Contract, Invoice, Period, Statement, UsageHold
from royalty.services import intake, sandbox
from royalty.services.contracts import Terms, sign_contract
from tests.api.conftest import Caller, acme_world, caller_for, employ, problem, woken  # noqa: F401
from tests.royalty import money_in
from tests.royalty.cast import World, ndjson, revenue_lines, sign, usage_lines

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
DUE = datetime(2026, 11, 15, tzinfo=UTC)  # October and fourteen days in which to report


@pytest.fixture(autouse=True)
def in_a_sandbox(settings, monkeypatch) -> None:
    settings.IS_SANDBOX = True
    monkeypatch.setattr(clock.timezone, "now", lambda: NOW)


@pytest.fixture
def world(db, tmp_path) -> World:
    """The worked example's October, reported and nothing else."""
    world = money_in.billed(acme_world())
    for take, lines in (
        (intake.take_usage, usage_lines()),
        (intake.take_revenue, revenue_lines()),
    ):
        path = ndjson(tmp_path / take.__name__, lines)
        take(platform=world.platform, source=path, name=path.name)
    return world


@pytest.fixture
def acme(world) -> Caller:
    return caller_for(world.platform.organisation)


def advance(world: World, to: datetime) -> list[str]:
    return sandbox.advance(platform=world.platform, to=to, progress=ignore_progress)


def test_a_period_that_falls_due_is_closed_published_and_invoiced(world):
    (said,) = advance(world, DUE + timedelta(hours=8))
    assert said == ("studio-2026 2026-10 is closed and published; INV-2026-0001 is issued.")
    world.period.refresh_from_db()
    assert world.period.status == "closed"
    assert (world.period.closed_at, Invoice.objects.get().issued_on) == (DUE, DUE.date())
    assert not Statement.objects.filter(publication=None).exists()
    assert Statement.objects.count() == 3
    assert now_for(world.platform) == DUE + timedelta(hours=8)


def test_two_operators_stand_behind_it(world):
    advance(world, DUE)
    world.period.refresh_from_db()
    assert world.period.computed_by != world.period.reviewed_by
    assert world.period.closed_by == world.period.computed_by


def test_the_clock_runs_while_it_is_moved(world, monkeypatch):
    """Of two periods that fall due at once the second is closed a moment later."""
    ticks = iter(range(1_000))
    monkeypatch.setattr(clock.timezone, "now", lambda: NOW + timedelta(seconds=next(ticks)))
    sign(world.platform, code="club-2026", service="club", valid_from=date(2026, 10, 1))
    assert len(advance(world, DUE)) == 2


def test_before_the_reports_are_due_only_the_next_period_is_opened(world):
    assert advance(world, DUE - timedelta(seconds=1)) == []
    rows = Period.objects.order_by("starts_on").values_list("starts_on", "status")
    assert list(rows) == [(date(2026, 10, 1), "open"), (date(2026, 11, 1), "open")]


def test_done_again_it_does_nothing_twice(world):
    advance(world, DUE)
    assert advance(world, DUE) == []
    assert (Invoice.objects.count(), Statement.objects.count()) == (1, 3)


def test_it_goes_on_where_it_was_stopped(world, monkeypatch):
    def broken(_period):
        raise RuntimeError("the worker was killed")

    with monkeypatch.context() as once:
        once.setattr(sandbox, "_print", broken)
        with pytest.raises(RuntimeError):
            advance(world, DUE)
    assert Period.objects.get(pk=world.period.pk).status == "closed"
    (said,) = advance(world, DUE)
    assert "is closed and published" in said


def test_years_pass_month_by_month_each_on_its_day(world):
    advance(world, datetime(2027, 2, 1, tzinfo=UTC))
    closed = Period.objects.filter(status="closed").order_by("starts_on")
    assert [period.closed_at.date() for period in closed] == [
        date(2026, 11, 15),
        date(2026, 12, 15),
        date(2027, 1, 15),
    ]


def test_strange_uses_count_in_a_sandbox(world, acme):
    robot = usage_lines()[0] | {"event_id": "robot", "subscriber": "U9", "count": 1_000_000}
    assert acme.post_json("usage", robot).status_code == 201
    advance(world, DUE)
    assert UsageHold.objects.exists()
    assert world.period.runs.order_by("-pk").first().left_out == []


def test_another_platforms_months_stay_open(world, acme):
    other = acme_world_of_another()
    advance(world, DUE)
    assert list(other.periods.values_list("status", flat=True)) == []


def acme_world_of_another() -> Contract:
    platform = Platform.objects.create(code="bolt", name="Bolt")
    terms = Terms("studio", "pro_rata", 300_000, "held", "pool")
    return sign_contract(
        platform=platform,
        code="bolt-2026",
        name="Bolt 2026",
        terms=terms,
        valid_from=date(2026, 10, 1),
    )


def test_by_the_api_a_worker_moves_the_clock_and_says_when_it_is_done(world, acme):
    assert acme.get("sandbox/clock").json() == {"now": "2026-10-20T12:00:00Z"}
    answer = acme.post_json("sandbox/clock", {"advance_to": "2026-11-15T00:00:00Z"})
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    runner.run(Job.objects.get(kind=sandbox.KIND).pk)
    job = acme.client.get(answer["Location"], headers=acme.headers()).json()
    assert job["status"] == "succeeded"
    assert acme.get("sandbox/clock").json() == {"now": "2026-11-15T00:00:00Z"}
    (period,) = acme.get("periods", status="closed").json()["data"]
    assert period["result"]["due"] == "28.00"
    (invoice,) = acme.get("invoices").json()["data"]
    assert (invoice["gross"], invoice["days_late"]) == ("28.00", 0)


def test_what_rights_holders_are_told_can_be_read_and_downloaded(world, acme):
    advance(world, DUE)
    rows = acme.get("sandbox/statements", period=str(world.period.pk)).json()["data"]
    assert {row["party"]: row["closing"] for row in rows} == {
        "Party A": "12.55333333",
        "Party B": "6.76666667",
        "Party C": "8.68",
    }
    urls = {each["kind"]: each["url"] for each in rows[0]["documents"]}
    pdf = acme.client.get(urls["pdf"], headers=acme.headers())
    assert (pdf["Content-Type"], pdf.content[:4]) == ("application/pdf", b"%PDF")
    assert acme.client.get(urls["csv"], headers=acme.headers())["Content-Type"].startswith(
        "text/csv"
    )
    assert acme.get("sandbox/statements", period="999999").json()["data"] == []
    problem(acme.get("sandbox/statements", period="x"), 400, "unknown-parameter")


def test_statements_of_another_platform_are_nothing(world, acme):
    advance(world, DUE)
    (statement, *_) = acme.get("sandbox/statements").json()["data"]
    bolt = caller_for(employ(Platform.objects.create(code="bolt", name="Bolt")))
    assert bolt.get("sandbox/statements").json()["data"] == []
    problem(bolt.get(f"sandbox/statements/{statement['id']}/pdf"), 404, "not-found")
    problem(acme.get(f"sandbox/statements/{statement['id']}/exe"), 404, "not-found")


@pytest.mark.parametrize(
    ("sent", "status", "kind"),
    [
        ({"advance_to": "2026-10-20T11:59:59Z"}, 409, "conflict"),  # back
        ({"advance_to": "2028-01-01T00:00:00Z"}, 409, "conflict"),  # further than a year
        ({"advance_to": "tomorrow"}, 422, "invalid"),
        ({"advance_to": 5}, 422, "invalid"),
        ({}, 422, "invalid"),
        ({"advance_to": "2026-11-15T00:00:00Z", "pay": True}, 422, "invalid"),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_nothing_moves(world, acme, sent, status, kind):
    problem(acme.post_json("sandbox/clock", sent), status, kind)
    assert not Job.objects.filter(kind=sandbox.KIND).exists()


def test_a_clock_is_moved_by_one_job_at_a_time(world, acme):
    assert (
        acme.post_json("sandbox/clock", {"advance_to": "2026-11-01T00:00:00Z"}).status_code == 202
    )
    answer = problem(
        acme.post_json("sandbox/clock", {"advance_to": "2026-11-02T00:00:00Z"}), 409, "conflict"
    )
    assert "being moved already" in answer["detail"]


def test_where_money_is_real_there_is_no_such_address(world, acme, settings):
    settings.IS_SANDBOX = False
    problem(acme.get("sandbox/clock"), 404, "not-found")
    problem(acme.get("sandbox/statements"), 404, "not-found")
    problem(
        acme.post_json("sandbox/clock", {"advance_to": "2026-11-15T00:00:00Z"}), 404, "not-found"
    )
    with pytest.raises(ClockError):
        advance(world, DUE)
    assert Period.objects.get().status == "open"
    assert timezone.now() == NOW
