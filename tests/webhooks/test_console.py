"""The console: a platform's people set endpoints up, see what was sent, and have it sent again."""

import csv
import io
import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.webhooks.models import Delivery, Endpoint
from tests.webhooks.conftest import answer, deliver, happen, secret

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def member_of(organisation: Organisation) -> Client:
    person = User.objects.create_user(f"{organisation.name}@example.org".lower(), "a long password")
    Membership.objects.create(user=person, organisation=organisation)
    client = Client()
    client.force_login(person, BACKEND)
    return client


@pytest.fixture
def pia(acme) -> Client:
    return member_of(acme)


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def press(client: Client, endpoint: Endpoint, action: str, **fields: str) -> str:
    return text(client.post(f"/webhooks/{endpoint.pk}/{action}/", fields, follow=True))


def test_first_use_says_that_nothing_is_lost(pia):
    page = text(pia.get("/webhooks/"))
    assert "No endpoint yet" in page
    assert "kept for 30 days" in page


def test_from_the_form_to_a_test_that_arrived(pia, receiver):
    chosen = {"url": receiver.url, "description": "mine", "event_types": ["period.closed"]}
    page = text(pia.post("/webhooks/", chosen, follow=True))
    assert "Nothing was sent yet" in page
    endpoint = Endpoint.objects.get()
    assert endpoint.event_types == ["period.closed"]
    assert "A test is on its way" in press(pia, endpoint, "test")
    deliver(timezone.now())
    delivery = Delivery.objects.get()
    assert "ping" in text(pia.get(f"/webhooks/{endpoint.pk}/", {"state": "delivered"}))
    assert "No delivery is in that state" in text(
        pia.get(f"/webhooks/{endpoint.pk}/", {"state": "failed"})
    )
    page = text(pia.get(f"/webhooks/deliveries/{delivery.pk}/"))
    assert "evt_" in page
    assert "200 thanks" in page


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "This field is required"),
        ("ftp://example.com", "Address: Write https://"),
        ("http://10.0.0.1/", "no public address"),
    ],
)
def test_what_cannot_be_told_is_said_beside_the_form(pia, url, said):
    assert said in text(pia.post("/webhooks/", {"url": url}))
    assert not Endpoint.objects.exists()


def test_what_failed_is_seen_with_its_answer_and_sent_again(pia, acme, endpoint, receiver):
    receiver.answers = [answer(500, "<b>broken</b>\u202e".encode())]
    happen(acme)
    deliver()
    delivery = Delivery.objects.get()
    page = pia.get(f"/webhooks/deliveries/{delivery.pk}/")
    assert b"<b>broken" not in page.content
    assert "It answered 500." in text(page)
    page = text(pia.post(f"/webhooks/deliveries/{delivery.pk}/", follow=True))
    assert "on its way again" in page
    assert deliver(timezone.now()) == 1


def test_deliveries_are_sorted_and_make_a_file_of_what_was_found(pia, acme, endpoint, receiver):
    receiver.answers = [answer(500)]
    happen(acme)
    deliver()
    happen(acme)
    deliver()
    path = f"/webhooks/{endpoint.pk}/"

    def states(**asked: str) -> list[str]:
        return [each.state for each in pia.get(path, asked).context["table"].rows]

    assert states() == ["delivered", "waiting"], "the newest first"
    assert states(sort="-state") == ["waiting", "delivered"]
    assert states(sort="happened") == ["waiting", "delivered"]
    assert states(sort="endpoint__salt") == states(), "not an order that is offered"
    file = pia.get(path, {"export": "csv", "state": "waiting"}).content.decode()
    (row,) = csv.DictReader(io.StringIO(file))
    waiting = Delivery.objects.get(state="waiting")
    assert (row["id"], row["state"], row["attempts"]) == (waiting.event.public_id, "waiting", "1")
    assert row["next_attempt"] == waiting.next_attempt_at.isoformat()


def test_the_secret_is_shown_to_whoever_asks_for_it_and_no_page_else_has_it(pia, endpoint):
    shown = secret(endpoint)
    assert shown in text(pia.post(f"/webhooks/{endpoint.pk}/secret/"))
    assert pia.get(f"/webhooks/{endpoint.pk}/secret/").status_code == 405
    assert shown not in text(pia.get(f"/webhooks/{endpoint.pk}/"))


def test_it_is_rotated_switched_off_and_on_replayed_and_removed(pia, acme, endpoint):
    assert "For 24 hours" in press(pia, endpoint, "rotate")
    assert "Last secret" in text(pia.get(f"/webhooks/{endpoint.pk}/"))
    assert "switched off by its owner" in press(pia, endpoint, "off")
    happen(acme)
    assert "switch it on first" in press(pia, endpoint, "replay", since="2026-11-01T00:00")
    press(pia, endpoint, "on")
    assert "Say since when" in press(pia, endpoint, "replay", since="yesterday")
    assert "1 event is on the way" in press(pia, endpoint, "replay", since="2026-11-01T00:00")
    assert "The endpoint is removed" in press(pia, endpoint, "remove")
    assert pia.get(f"/webhooks/{endpoint.pk}/").status_code == 404


def test_an_action_that_there_is_not_is_not_found(pia, endpoint):
    assert pia.post(f"/webhooks/{endpoint.pk}/explode/").status_code == 404


def test_it_is_for_platforms_and_for_their_own_endpoints(bolt, endpoint):
    other = member_of(bolt)
    assert "No endpoint yet" in text(other.get("/webhooks/"))
    for action in ("off", "rotate", "test", "remove", "secret"):
        assert other.post(f"/webhooks/{endpoint.pk}/{action}/").status_code == 404
    assert other.get(f"/webhooks/{endpoint.pk}/").status_code == 404
    holder = Organisation.objects.create(name="Orla", kind=Organisation.Kind.RIGHTS_HOLDER)
    assert member_of(holder).get("/webhooks/").status_code == 403
    endpoint.refresh_from_db()
    assert endpoint.is_enabled


def test_a_form_without_its_token_does_nothing(acme, endpoint, pia):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = pia.cookies
    assert strict.post(f"/webhooks/{endpoint.pk}/remove/").status_code == 403
    assert Endpoint.objects.get().removed_at is None
