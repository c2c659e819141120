"""The accountant's period: two people lead a month from its page, asked before each step."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from common.jobs import runner
from common.jobs.models import Job
from royalty import tasks
from royalty.models import Notice, Period, Publication
from royalty.services import statements
from tests.portal.accountants import Office, office_of_operator
from tests.portal.people import text
from tests.portal.test_effort import reads
from tests.royalty.cast import AFTER, World, settle, worked_example
from tests.royalty.conftest import report, reported, take, woken  # noqa: F401 fixtures
from tests.royalty.test_publishing import office

assert tasks, "importing it registers what the jobs do"
MOST_READS = 40  # a period's check-list asks for each of its items


@pytest.fixture
def world(db) -> World:
    """October before anything was reported."""
    return worked_example()


@pytest.fixture
def desk(world) -> Office:
    return office_of_operator()


def page(period: Period) -> str:
    return f"/close/{period.pk}/"


def step(period: Period, name: str) -> str:
    return f"/close/{period.pk}/step/{name}/"


def work() -> None:
    for job in Job.objects.filter(status="queued"):
        runner.run(job.pk)


def now(period: Period) -> str:
    period.refresh_from_db()
    return period.status


def render(period: Period) -> None:
    for statement in period.statements.all():
        statements.render_statement(statement=statement, as_of=AFTER)


def test_a_month_is_led_to_its_payees_by_two_people(desk, reported):  # noqa: F811
    office(reported, "Ada", "A", "C")
    period = reported.period
    desk.olga.post(step(period, "compute"))
    work()
    assert now(period) == "computed"
    asked = text(desk.otto.get(step(period, "review")))
    assert "You say that 28.00 EUR to 3 parties is right, of 40.00 EUR that came in." in asked
    desk.otto.post(step(period, "review"))
    asked = text(desk.olga.get(step(period, "close")))
    assert "40.00 EUR of revenue are posted: 28.00 EUR owed to 3 parties, 12.00 EUR" in asked
    assert "There is no way back" in asked
    assert now(period) == "reviewed", "asking does nothing"
    desk.olga.post(step(period, "close"))
    render(period)
    asked = text(desk.olga.get(step(period, "publish")))
    assert "3 payees see their statements, which say that 28.00 EUR are owed to them." in asked
    assert "1 person is told by e-mail, once. Nobody signs in for Party B." in asked
    desk.olga.post(step(period, "publish"))
    work()
    assert Publication.objects.get().statement_count == 3
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    shown = text(desk.olga.get(page(period)))
    assert "closed, 27.99 EUR owed to 3 parties" in shown
    assert "1 person was told by e-mail." in shown


def test_the_rule_of_two_people_holds_on_the_page(desk, reported):  # noqa: F811
    desk.olga.post(step(reported.period, "compute"))
    work()
    answer = desk.olga.post(step(reported.period, "review"), follow=True)
    assert "computed studio-2026 2026-10; a second person" in text(answer)
    assert now(reported.period) == "computed"


def test_what_blocks_comes_first_with_the_way_to_mend_it(desk, reported):  # noqa: F811
    shown = desk.olga.get(page(reported.period))
    first = shown.context["stages"][0]
    assert first.items[0][0].title == "computed"
    assert first.items[0][1] == step(reported.period, "compute")
    assert "1 check blocks the next step" in text(shown)
    desk.olga.post(step(reported.period, "compute"))
    work()
    assert "nothing blocks the next step" in text(desk.olga.get(page(reported.period)))


def test_pressing_twice_computes_and_closes_once(desk, reported):  # noqa: F811
    period = reported.period
    for _ in range(2):
        desk.olga.post(step(period, "compute"))
    assert Job.objects.filter(kind="royalty.compute_period").count() == 1
    work()
    for _ in range(2):
        desk.otto.post(step(period, "review"))
    answers = [desk.olga.post(step(period, "close"), follow=True) for _ in range(2)]
    assert now(period) == "closed"
    assert "studio-2026 2026-10 is closed." in text(answers[1])
    assert period.journals.filter(kind="allocation").count() == 1


def test_a_computation_shows_how_far_it_is_without_a_script_too(desk, reported):  # noqa: F811
    desk.olga.post(step(reported.period, "compute"))
    job = Job.objects.get(kind="royalty.compute_period")
    waiting = desk.olga.get(page(reported.period))
    assert "It waits for a worker." in text(waiting)
    assert '<noscript><meta http-equiv="refresh"' in waiting.content.decode()
    old = timezone.now() - timedelta(minutes=1)
    Job.objects.filter(pk=job.pk).update(status="running", attempt=1, heartbeat_at=old)
    silent = desk.olga.get(page(reported.period), headers={"HX-Request": "true"})
    assert "Its worker has stopped answering" in text(silent)
    assert "<html" not in silent.content.decode()
    Job.objects.filter(pk=job.pk).update(status="succeeded")
    done = desk.olga.get(page(reported.period), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"


def test_a_computation_that_died_says_so_and_can_be_tried_again(desk, reported):  # noqa: F811
    desk.olga.post(step(reported.period, "compute"))
    Job.objects.update(status="failed", error="Its worker died at every attempt", attempt=3)
    shown = desk.olga.get(page(reported.period))
    assert "The computation failed: Its worker died at every attempt" in text(shown)
    assert step(reported.period, "compute") in shown.content.decode()
    desk.olga.post(step(reported.period, "compute"))
    work()
    assert now(reported.period) == "computed"


def test_nobody_agrees_with_a_run_that_they_did_not_see(desk, reported):  # noqa: F811
    period = reported.period
    desk.olga.post(step(period, "compute"))
    work()
    shown = desk.otto.get(step(period, "review")).context["run"].pk
    desk.olga.post(step(period, "compute"))
    work()
    answer = desk.otto.post(step(period, "review"), {"run": shown}, follow=True)
    assert "was computed again since you looked at it; look again." in text(answer)
    assert now(period) == "computed"
    latest = desk.otto.get(step(period, "review")).context["run"].pk
    assert latest != shown
    desk.otto.post(step(period, "review"), {"run": latest})
    assert now(period) == "reviewed"


@pytest.mark.parametrize("name", ["close", "publish", "reopen", "nonsense"])
def test_steps_that_are_not_due_are_not_there(desk, reported, name):  # noqa: F811
    assert desk.olga.get(step(reported.period, name)).status_code == 404
    answer = desk.olga.post(step(reported.period, name), follow=True)
    assert "studio-2026 2026-10 is open." in text(answer)
    assert now(reported.period) == "open"


def test_who_may_only_look_finds_no_step(desk, reported):  # noqa: F811
    shown = desk.vera.get(page(reported.period))
    assert shown.status_code == 200
    assert "/step/" not in shown.content.decode()
    assert desk.vera.post(step(reported.period, "compute")).status_code == 403
    assert desk.vera.post(f"{page(reported.period)}notices/").status_code == 403
    assert not Job.objects.filter(kind="royalty.compute_period").exists()


@pytest.mark.parametrize("who", ["rita", "paul"])
def test_nobody_else_finds_the_pages(desk, reported, who):  # noqa: F811
    client = getattr(desk, who)
    for address in (page(reported.period), step(reported.period, "compute")):
        assert client.get(address).status_code == 404
    assert client.get("/close/").status_code == 403


def test_mail_that_failed_is_listed_and_sent_again(desk, reported):  # noqa: F811
    office(reported, "Ada", "A")
    settle(reported)
    render(reported.period)
    desk.olga.post(step(reported.period, "publish"))
    Notice.objects.update(status="lost", error="The worker <b>stopped</b>.")
    shown = desk.olga.get(page(reported.period))
    assert "ada@example.org" in text(shown)
    assert "The worker &lt;b&gt;stopped&lt;/b&gt;." in shown.content.decode()
    desk.olga.post(f"{page(reported.period)}notices/")
    work()
    assert Notice.objects.get().status == "sent"


def test_the_list_and_the_page_ask_the_database_a_few_times(desk, reported):  # noqa: F811
    settle(reported)
    for address, most in (("/close/", 7), (page(reported.period), MOST_READS)):
        assert reads(desk.olga, address) <= most


def test_periods_are_sorted_narrowed_and_taken_as_a_file(people, month):
    label = month.period.label
    for query, found in (
        ("", 1),
        (f"status=closed&contract={month.contract.code}", 1),
        ("status=reviewed", 0),
        ("status=nonsense&sort=nonsense", 1),
    ):
        rows = people.oda.get(f"/close/?{query}").context["table"].rows
        assert sum(each.label == label for each in rows) == found, query
    file = people.oda.get("/close/?export=csv&sort=state").content.decode()
    assert file.splitlines()[0] == "period,contract,platform,state,computed_by,reviewed_by"
    assert f"{label},{month.contract.code}," in file
