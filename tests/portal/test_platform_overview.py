"""The first page of a platform, its quick start and its sandbox."""

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.models import ApiKey, Scope
from accounts.services.keys import create_key, rotate_key
from accounts.webhooks.models import Endpoint
from attribution.models import Generation
from catalog.models import ModelVersion, SimulatedClock
from common.api.models import LoggedRequest
from tests.portal.people import text
from tests.portal.test_effort import reads
from tests.royalty.cast import add_generation
from tests.royalty.payees import open_month

pytestmark = pytest.mark.django_db


def logged(month, **fields: object) -> LoggedRequest:
    usual = {
        "tenant": month.platform.organisation.tenant,
        "key": "tantieme_live_a",
        "request_id": "r",
        "answered_at": timezone.now(),
        "method": "POST",
        "path": "/api/v1/generations",
        "status": 201,
        "milliseconds": 4,
        "received_bytes": 1,
        "is_replay": False,
    }
    return LoggedRequest.objects.create(**usual | fields)


def new_key(month, **fields: object) -> ApiKey:
    usual = {"name": "generator", "scopes": [Scope.INGEST, Scope.READ]}
    return create_key(organisation=month.platform.organisation, **usual | fields).row


def health(people):
    return people.pia.get("/").context["health"]


def test_requests_of_a_day_are_counted_with_what_went_wrong(people, month):
    for status in (200, 201, 422, 404, 503):
        logged(month, status=status)
    logged(month, tenant="organisation:999", status=500)
    counted = health(people).requests
    assert (counted.all, counted.refused, counted.failed) == (5, 2, 1)
    assert "2 refused, 1 failed on our side" in text(people.pia.get("/"))


def test_pieces_that_wait_are_told_with_the_oldest(people, month):
    assert health(people).backlog == 0
    for number in range(3):
        add_generation(month, f"N{number}", ModelVersion.objects.get())
    Generation.objects.filter(external_id="N0").update(
        created_at=timezone.now() - timedelta(hours=5)
    )
    assert health(people).backlog == 3
    assert "the oldest since 5" in text(people.pia.get("/"))


def test_a_key_about_to_expire_is_told_unless_another_replaces_it(people, month):
    now = timezone.now()
    new_key(month, name="for years", expires_at=now + timedelta(days=900))
    new_key(month, name="over", expires_at=now - timedelta(days=1))
    soon = new_key(month, name="soon", expires_at=now + timedelta(days=3))
    assert health(people).expiring == [soon]
    rotate_key(key=soon, as_of=now, overlap=timedelta(hours=1))
    assert health(people).expiring == []


def test_webhooks_that_fail_are_told(people, month):
    made = {"organisation": month.platform.organisation, "salt": b"s" * 32}
    Endpoint.objects.create(url="https://ok.example", **made)
    failing = Endpoint.objects.create(
        url="https://bad.example", failing_since=timezone.now(), **made
    )
    Endpoint.objects.create(
        url="https://gone.example",
        failing_since=timezone.now(),
        removed_at=timezone.now(),
        **made,
    )
    assert health(people).failing == [failing]


def test_the_open_period_is_told_with_what_was_reported(people, month):
    assert health(people).periods == []
    period = open_month(month)
    (shown,) = health(people).periods
    assert (shown.period, shown.reported.uses) == (period, 0)
    assert "Studio 2026, November 2026 0 uses no revenue reported yet" in text(people.pia.get("/"))


def test_the_first_page_takes_few_reads(people, month):
    open_month(month)
    before = reads(people.pia, "/")
    for _ in range(4):
        logged(month)
    new_key(month, expires_at=timezone.now() + timedelta(days=3))
    assert reads(people.pia, "/") == before
    assert before <= 20


def test_the_quick_start_is_written_with_the_readers_own_names(people, month):
    assert "You have no key that may send pieces and read yet" in text(
        people.pia.get("/quick-start/")
    )
    key = new_key(month)
    new_key(month, name="reader", scopes=[Scope.READ])
    page = people.pia.get("/quick-start/")
    said = text(page)
    assert f"KEY={key.prefix}_..." in said
    assert "model_version=m@1" in said
    assert '"service": "studio"' in said
    assert "data-copy" in page.content.decode()
    assert "onclick" not in page.content.decode()


def test_each_step_is_checked_off_once_it_went_well(people, month):
    new_key(month)

    def done() -> list[str]:
        steps = people.pia.get("/quick-start/").context["steps"]
        return [step.key for step in steps if step.is_done]

    logged(month, status=422)
    logged(month, tenant="organisation:999")
    logged(month, method="GET", path="/api/v1/generations/1", status=200)
    assert done() == []
    logged(month)
    assert done() == ["piece"]
    logged(month, method="GET", path="/api/v1/key", status=200)
    logged(month, path="/api/v1/usage")
    logged(month, method="GET", path="/api/v1/generations/1/attribution", status=200)
    assert done() == ["key", "piece", "use", "shares"]


def test_the_sandbox_says_where_one_is(people, month):
    with override_settings(OTHER_INSTALLATION_URL="https://sandbox.example"):
        said = text(people.pia.get("/sandbox/"))
    assert "meant in earnest" in said
    assert "https://sandbox.example" in said
    assert "sandbox: nothing here is money" not in text(people.pia.get("/"))


def test_in_the_sandbox_every_first_page_says_so_and_the_clock_is_shown(people, month):
    SimulatedClock.objects.create(platform=month.platform, ahead=timedelta(days=40))
    with override_settings(IS_SANDBOX=True):
        assert "This is the sandbox: nothing here is money" in text(people.pia.get("/"))
        said = text(people.pia.get("/sandbox/"))
    assert "You are in the sandbox" in said
    assert "40 days ahead of the real one" in said


def test_they_are_the_platforms_pages(people):
    for path in ("/quick-start/", "/sandbox/"):
        assert people.ada.get(path).status_code == 403
        assert people.nobody.get(path).status_code == 302
