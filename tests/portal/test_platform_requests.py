"""The log of requests as a platform's people search it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation
from common.api.models import LoggedRequest
from tests.portal.people import signed_in, text

pytestmark = pytest.mark.django_db
Log = Callable[..., LoggedRequest]


@pytest.fixture
def acme() -> Organisation:
    return Organisation.objects.create(name="Acme people", kind="platform")


@pytest.fixture
def pia(acme) -> Client:
    return signed_in("pia@example.org", acme)


@pytest.fixture
def log(acme) -> Log:
    def add(**fields: object) -> LoggedRequest:
        usual = {
            "tenant": acme.tenant,
            "key": "tantieme_live_a1B2c3D4e5F6",
            "request_id": "request-1",
            "answered_at": timezone.now(),
            "method": "POST",
            "path": "/api/v1/usage",
            "status": 201,
            "milliseconds": 12,
            "received_bytes": 120,
            "is_replay": False,
        }
        return LoggedRequest.objects.create(**usual | fields)

    return add


def test_each_row_opens_to_what_was_answered(pia, log):
    row = log(
        status=422,
        problem="invalid",
        detail="count: It must be positive.",
        idempotency_key="k-1",
        address="203.0.113.7",
        user_agent="<b>loop</b>/1",
    )
    listed = pia.get("/requests/").content.decode()
    assert f'href="/requests/{row.pk}/"' in listed
    page = pia.get(f"/requests/{row.pk}/")
    assert "count: It must be positive." in text(page)
    assert 'href="/api/problems/invalid"' in page.content.decode()
    assert "&lt;b&gt;loop&lt;/b&gt;/1" in page.content.decode(), "it comes from outside"


def test_it_is_searched(pia, log):
    rows = {
        "taken": log(),
        "refused": log(request_id="request-2", status=422, problem="invalid"),
        "read": log(request_id="request-3", method="GET", path="/api/v1/generations", status=200),
    }

    def found(**asked: str) -> set[str]:
        page = pia.get("/requests/", asked).content.decode()
        return {name for name, row in rows.items() if str(row.pk) in page}

    assert found() == set(rows)
    assert found(request_id=" request-2 ") == {"refused"}
    assert found(status="4xx") == {"refused"}
    assert found(method="GET") == {"read"}
    assert found(path="/api/v1/usage") == {"taken", "refused"}
    assert found(key="tantieme_live_other") == set()
    assert found(status="wrong") == set()


def test_a_status_that_is_none_is_said_and_nothing_shown(pia, log):
    log()
    page = text(pia.get("/requests/", {"status": "4x"}))
    assert "A status is a number such as 422" in page


def test_an_empty_log_and_an_empty_search_are_told_apart(pia):
    assert "No request yet" in text(pia.get("/requests/"))
    assert "No request is like that" in text(pia.get("/requests/", {"path": "/x"}))


def test_it_is_leafed_through(pia, log):
    for number in range(51):
        log(request_id=f"request-{number}", answered_at=timezone.now() - timedelta(days=1))
    assert "1–50 of 51" in text(pia.get("/requests/"))
    assert "51–51 of 51" in text(pia.get("/requests/", {"page": "2"}))


def test_others_see_nothing_of_it(log):
    row = log()
    bolt = Organisation.objects.create(name="Bolt people", kind="platform")
    bob = signed_in("bob@example.org", bolt)
    assert "No request yet" in text(bob.get("/requests/"))
    assert bob.get(f"/requests/{row.pk}/").status_code == 404
    holder = Organisation.objects.create(name="Ada's", kind="rights_holder")
    ada = signed_in("ada@example.org", holder)
    assert ada.get("/requests/").status_code == 403
    assert ada.get(f"/requests/{row.pk}/").status_code == 404
    assert Client().get("/requests/").url.startswith("/sign-in/")
