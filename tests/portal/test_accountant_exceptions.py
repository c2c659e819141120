"""The queue of exceptions, and what waits on the operator's first page."""

import csv
import io

import pytest

from accounts.models import User
from common.jobs.models import Job
from royalty.services import periods
from tests.portal.accountants import Office, office_of_operator
from tests.portal.people import text
from tests.portal.test_effort import reads
from tests.royalty.cast import AFTER, EURO, worked_example
from tests.royalty.conftest import november, ready, report, reported, take, woken  # noqa: F401
from tests.royalty.payees import draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """Of G4 nothing accounts for anything, and the contract holds that."""
    world = worked_example()
    world.generations["G4"].attributions.all().delete()
    return world


@pytest.fixture
def desk(world) -> Office:
    return office_of_operator()


def rows(client, query: str = ""):
    return [each for each, _ in client.get(f"/exceptions/?{query}").context["rows"]]


def test_what_holds_money_comes_first_with_its_amount(desk, november):  # noqa: F811
    Job.objects.create(kind="royalty.render", tenant="system", status="failed", error="<b>dead</b>")
    found = rows(desk.olga)
    amounts = [each.atoms or 0 for each in found]
    assert amounts == sorted(amounts, reverse=True)
    (held,) = [each for each in found if each.kind == "unattributed"]
    assert held.atoms > EURO
    assert {"payee", "job"} <= {each.kind for each in found}
    page = desk.olga.get("/exceptions/").content.decode()
    assert "&lt;b&gt;dead&lt;/b&gt;" in page
    assert {each.kind for each in rows(desk.olga, "kind=job")} == {"job"}
    ages = [each.since for each in rows(desk.olga, "sort=-age_days") if each.since]
    assert ages == sorted(ages)
    file = desk.olga.get("/exceptions/?kind=job&export=csv").content.decode()
    assert [row["what"] for row in csv.DictReader(io.StringIO(file))] == [
        "royalty.render: <b>dead</b>"
    ]


def test_nothing_waits_before_anything_came(desk):
    assert "Nothing waits" in text(desk.olga.get("/exceptions/"))


def test_the_first_page_says_what_waits_and_leads_there(desk, reported):  # noqa: F811
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    page = desk.olga.get("/")
    assert "studio-2026 2026-10 waits for a second person to review it." in text(page)
    assert f"/close/{reported.period.pk}/" in page.content.decode()


def test_a_draft_of_payouts_waits_on_the_first_page(desk, ready):  # noqa: F811
    batch = draft(ready)
    assert f"{batch} waits for somebody to approve it." in text(desk.olga.get("/"))


def test_the_queue_is_the_operators_and_asks_a_few_times(desk, ready):  # noqa: F811
    assert desk.rita.get("/exceptions/").status_code == 403
    assert reads(desk.olga, "/exceptions/") <= 52
    assert reads(desk.olga, "/") <= 16


def test_what_waits_longest_is_first_and_leads_to_where_it_is_done(desk, ready):  # noqa: F811
    batch = draft(ready)
    page = desk.olga.get("/")
    days = [on for on, _sentence, _address in page.context["waiting"]]
    assert days == sorted(days)
    assert f"/payouts/{batch.pk}/" in [
        address for _on, _sentence, address in page.context["waiting"]
    ]
    assert "manage.py" not in text(page)


def test_what_waits_is_said_in_german_to_who_reads_german(desk, reported):  # noqa: F811
    User.objects.filter(email="olga@example.org").update(language="de")
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    waits = "studio-2026 2026-10 wartet darauf, dass eine zweite Person ihn prüft."
    assert waits in text(desk.olga.get("/"))
    review = text(desk.olga.get(f"/close/{reported.period.pk}/step/review/"))
    assert "Noch wird nichts gebucht" in review
    assert "You say" not in review
