"""The period's desk: an accountant leads a month from its page, and is asked before each step."""

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.urls import reverse

from common.jobs import runner
from common.jobs.models import Job
from royalty import tasks
from royalty.models import Notice, Period, Publication
from royalty.services import statements
from tests.admin.conftest import member
from tests.portal.people import text
from tests.royalty.cast import AFTER, EURO, World, settle, worked_example
from tests.royalty.conftest import report, reported, take, woken  # noqa: F401 fixtures
from tests.royalty.test_publishing import office

assert tasks, "importing it registers what the jobs do"


@pytest.fixture
def world(db) -> World:
    """October before anything was reported, without the other admin tests' rows."""
    return worked_example()


def desk(period: Period) -> str:
    return reverse("admin:royalty_period_change", args=[period.pk])


def step(period: Period, name: str) -> str:
    return reverse("admin:royalty_period_step", args=[period.pk, name])


def work() -> None:
    for job in Job.objects.filter(status="queued"):
        runner.run(job.pk)


def now(period: Period) -> str:
    period.refresh_from_db()
    return period.status


@pytest.fixture
def second(browsing):
    """Another of the operator's people, who may do everything too."""
    return browsing(member("operator", "Otto", is_staff=True, is_superuser=True))


def test_a_month_is_led_to_its_payees_on_its_page(operator, second, reported):  # noqa: F811
    office(reported, "Ada", "A", "C")
    period = reported.period
    operator.post(step(period, "compute"))
    work()
    assert now(period) == "computed"
    asked = text(second.get(step(period, "review")))
    assert "You say that 28.00 EUR to 3 parties is right, of 40.00 EUR that came in." in asked
    second.post(step(period, "review"))
    asked = text(operator.get(step(period, "close")))
    assert "40.00 EUR of revenue are posted: 28.00 EUR owed to 3 parties, 12.00 EUR" in asked
    assert "There is no way back" in asked
    assert now(period) == "reviewed", "asking does nothing"
    operator.post(step(period, "close"))
    for statement in period.statements.all():
        statements.render_statement(statement=statement, as_of=AFTER)
    asked = text(operator.get(step(period, "publish")))
    assert "3 payees see their statements, which say that 28.00 EUR are owed to them." in asked
    assert "1 person is told by e-mail, once. Nobody signs in for Party B." in asked
    operator.post(step(period, "publish"))
    work()
    assert Publication.objects.get().statement_count == 3
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    page = text(operator.get(desk(period)))
    assert "closed, 27.99 EUR owed to 3 parties" in page
    assert "1 person was told by e-mail." in page


def test_the_rule_of_two_people_holds_on_the_page(operator, reported):  # noqa: F811
    operator.post(step(reported.period, "compute"))
    work()
    answer = operator.post(step(reported.period, "review"), follow=True)
    assert "olga@example.org computed studio-2026 2026-10; a second person" in text(answer)
    assert now(reported.period) == "computed"


def test_the_desk_shows_the_list_and_the_parties(operator, reported):  # noqa: F811
    page = text(operator.get(desk(reported.period)))
    assert "studio-2026 2026-10 is open; compute it first." in page
    assert "review blocked Computed: It is not computed. (period compute)" in page
    operator.post(step(reported.period, "compute"))
    work()
    page = text(operator.get(desk(reported.period)))
    assert "Party A 0.00 12.55 12.55" in page
    assert "All parties 0.00 28.00 28.00" in page
    answer = operator.get(reverse("admin:royalty_period_preview", args=[reported.period.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="preview-studio-2026-2026-10.csv"'
    assert f"{28 * EURO}" in answer.content.decode()


def test_nobody_agrees_with_a_run_that_they_did_not_see(operator, second, reported):  # noqa: F811
    period = reported.period
    operator.post(step(period, "compute"))
    work()
    asked = second.get(step(period, "review"))
    shown = asked.context["run"].pk
    assert f'name="run" value="{shown}"' in asked.content.decode()
    operator.post(step(period, "compute"))
    work()
    answer = second.post(step(period, "review"), {"run": shown}, follow=True)
    assert "was computed again since you looked at it; look again." in text(answer)
    assert now(period) == "computed"
    latest = second.get(step(period, "review")).context["run"].pk
    second.post(step(period, "review"), {"run": latest})
    assert now(period) == "reviewed"


@pytest.mark.parametrize("name", ["close", "publish", "reopen", "nonsense"])
def test_steps_that_are_not_due_are_not_there(operator, reported, name):  # noqa: F811
    assert operator.get(step(reported.period, name)).status_code == 404
    assert operator.post(step(reported.period, name)).status_code == 404


def test_who_may_only_look_finds_no_step(browsing, reported):  # noqa: F811
    vera = member("operator", "Vera", is_staff=True)
    vera.user_permissions.add(Permission.objects.get(codename="view_period"))
    client = browsing(vera)
    page = client.get(desk(reported.period))
    assert page.status_code == 200
    assert "/step/" not in page.content.decode()
    assert client.post(step(reported.period, "compute")).status_code == 404
    again = reverse("admin:royalty_period_again", args=[reported.period.pk])
    assert client.post(again).status_code == 404
    assert not Job.objects.filter(kind="royalty.compute_period").exists()


@pytest.mark.parametrize("who", ["rita", "paul", "omar"])
def test_nobody_else_finds_the_pages(browsing, request, reported, who):  # noqa: F811
    client = browsing(request.getfixturevalue(who))
    for address in (desk(reported.period), step(reported.period, "compute")):
        assert client.get(address).status_code == 404


def test_mail_that_failed_is_listed_and_sent_again(operator, reported):  # noqa: F811
    office(reported, "Ada", "A")
    settle(reported)
    for statement in reported.period.statements.all():
        statements.render_statement(statement=statement, as_of=AFTER)
    operator.post(step(reported.period, "publish"))
    Notice.objects.update(status="lost", error="The worker stopped.")
    page = text(operator.get(desk(reported.period)))
    assert "ada@example.org: lost, The worker stopped." in page
    operator.post(reverse("admin:royalty_period_again", args=[reported.period.pk]))
    work()
    assert Notice.objects.get().status == "sent"
