"""What of the exceptions is mended on the pages: held money, strange uses, dead jobs."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.models import User
from common.jobs.models import Job
from royalty.models import HeldRelease, HoldDecision, Journal, UsageHold
from royalty.selectors.held import held_money
from royalty.services import periods
from tests.portal.accountants import Office, office_of_operator
from tests.portal.people import text
from tests.royalty.cast import AFTER, usage_line, worked_example
from tests.royalty.conftest import november, report, reported, take, woken  # noqa: F401

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def world(db):
    """Of G4 nothing accounts for anything; the contract holds that, and may let it go at once."""
    world = worked_example(fallback="held", holding_months=0)
    world.generations["G4"].attributions.all().delete()
    return world


@pytest.fixture
def desk(world, monkeypatch) -> Office:
    clock = SimpleNamespace(now=lambda: LATER, localdate=LATER.date)
    monkeypatch.setattr("portal.accountant.held.timezone", clock)
    return office_of_operator()


@pytest.fixture
def ask(november):  # noqa: F811
    """The address where the release of what October holds is asked for."""
    held = next(each for each in held_money() if each.account.kind == "held_unattributed")
    return reverse("accountant:release-ask", args=[held.period.pk, held.account.pk])


WANTED = {"to": "parties", "reason": "nobody came"}


def decide(client, name):
    release = HeldRelease.objects.get()
    return client.post(reverse("accountant:release-decide", args=[release.pk, name]), follow=True)


def test_held_money_goes_once_a_second_person_approves(desk, ask):
    assert ask in desk.olga.get("/exceptions/held/").content.decode()
    assert "Nothing moves before a second person" in text(desk.olga.get(ask))
    assert desk.olga.post(ask, WANTED, follow=True).status_code == 200
    before = Journal.objects.count()
    assert "a second person approves it" in text(decide(desk.olga, "approve"))
    assert Journal.objects.count() == before
    page = reverse("accountant:release-decide", args=[HeldRelease.objects.get().pk, "approve"])
    own = text(desk.olga.get(page))
    assert "You asked for it yourself; a second person approves it." in own
    assert "Approve and post" not in own
    asked = text(desk.otto.get(page))
    assert "Release 2.80 EUR of studio-2026 2026-10?" in asked
    assert "2.80 EUR go to the period's parties" in asked
    assert "2.80 EUR of studio-2026 2026-10 are released." in text(decide(desk.otto, "approve"))
    decide(desk.otto, "approve")
    assert Journal.objects.count() == before + 1
    assert ask not in desk.olga.get("/exceptions/held/").content.decode()


def test_a_release_is_declined_and_can_be_asked_for_again(desk, ask):
    desk.olga.post(ask, WANTED)
    refused = desk.olga.post(ask, WANTED)
    assert "asked for it already" in text(refused)
    done = text(decide(desk.olga, "decline"))
    assert "Declined: 2.80 EUR of studio-2026 2026-10 stay held." in done
    assert HeldRelease.objects.get().status == "declined"
    desk.olga.post(ask, WANTED)
    assert HeldRelease.objects.count() == 2


def test_releases_are_offered_to_those_who_may_and_approved_by_another(desk, ask):
    held = "/exceptions/held/"
    assert ask not in desk.vera.get(held).content.decode()
    desk.olga.post(ask, WANTED)
    approve = reverse("accountant:release-decide", args=[HeldRelease.objects.get().pk, "approve"])
    assert approve in desk.otto.get(held).content.decode()
    for client in (desk.olga, desk.vera):
        assert approve not in client.get(held).content.decode()


@pytest.mark.parametrize("step", ["ask", "approve"])
def test_a_release_is_asked_for_and_approved_by_who_proved_who_they_are_just_now(desk, ask, step):
    if step == "approve":
        desk.otto.post(ask, WANTED)
    last = time.time() - 16 * 60
    session = desk.olga.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": last, "reauthenticated": True}
    ]
    session.save()
    response = (
        decide(desk.olga, step) if step == "approve" else desk.olga.post(ask, WANTED, follow=True)
    )
    assert response.redirect_chain[0][0].startswith(reverse("account_reauthenticate"))
    assert not HeldRelease.objects.filter(decided_at__isnull=False).exists()
    assert HeldRelease.objects.count() == (step == "approve")


def test_a_release_needs_a_reason_and_who_only_looks_on_asks_for_nothing(desk, ask):
    assert desk.olga.post(ask, WANTED | {"reason": ""}).status_code == 200
    assert desk.vera.post(ask, WANTED).status_code == 403
    assert not HeldRelease.objects.exists()


def test_strange_uses_are_decided_upon_with_a_reason(desk, reported, take):  # noqa: F811
    take(reported, "usage", [usage_line(50, "bot", "G1", 30_001)], "bot.ndjson")
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    hold = UsageHold.objects.get()
    page = f"/exceptions/uses/{hold.pk}/"
    assert page in desk.olga.get("/exceptions/").content.decode()
    assert "Nobody has decided" in text(desk.olga.get(page))
    said = {"decision": "leave_out", "reason": "a bot"}
    assert desk.vera.post(page, said).status_code == 403
    assert "compute it again" in text(desk.olga.post(page, said, follow=True))
    assert "decided so already" in text(desk.olga.post(page, said))
    assert HoldDecision.objects.get().decided_by == User.objects.get(email="olga@example.org")
    assert desk.rita.get(page).status_code == 404


def test_a_dead_job_says_why_and_is_tried_again_once(desk):
    job = Job.objects.create(
        kind="royalty.render", tenant="system", status="failed", error="<b>full</b>"
    )
    page = f"/exceptions/jobs/{job.pk}/"
    assert page in desk.olga.get("/exceptions/").content.decode()
    assert "&lt;b&gt;full" in desk.olga.get(page).content.decode()
    assert "queued again" in text(desk.olga.post(page, follow=True))
    assert "has not failed" in text(desk.olga.post(page, follow=True))
    job.refresh_from_db()
    assert job.status == "queued"
