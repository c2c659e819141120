"""A platform's people make, rotate and end its keys; a secret is shown once, and to them alone."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Organisation, Scope
from accounts.services.keys import create_key
from tests.portal.people import signed_in, text

pytestmark = pytest.mark.django_db
KEY = re.compile(r"tantieme_live_\w{12}_\w{38}", re.ASCII)
FORM = {"name": "production", "scopes": ["read", "ingest"], "days": "90", "networks": ""}


@pytest.fixture
def acme() -> Organisation:
    return Organisation.objects.create(name="Acme people", kind="platform")


@pytest.fixture
def pia(acme) -> Client:
    return signed_in("pia@example.org", acme)


@pytest.fixture
def key(acme) -> ApiKey:
    return create_key(organisation=acme, name="nightly", scopes=[Scope.READ]).row


def opens(key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return Client().get("/api/v1/key", headers=headers).status_code


def made(page) -> str:
    (found,) = set(KEY.findall(page.content.decode()))
    return found


def test_a_key_is_made_shown_once_and_works(pia):
    page = pia.post("/keys/", FORM | {"networks": "127.0.0.0/8\n2001:db8::/32"})
    assert "no-store" in page["Cache-Control"]
    assert opens(made(page)) == 200
    row = ApiKey.objects.get()
    assert row.networks == ["127.0.0.0/8", "2001:db8::/32"]
    assert (row.scopes, row.created_by.email) == (["ingest", "read"], "pia@example.org")
    assert row.expires_at - row.created_at > timedelta(days=89)
    for path in ("/keys/", f"/keys/{row.pk}/"):
        assert not KEY.search(pia.get(path).content.decode())


def test_the_list_says_what_each_may_do_and_when_it_was_used(pia, key):
    ApiKey.objects.update(last_used_at=timezone.now(), last_used_from="203.0.113.7")
    page = text(pia.get("/keys/"))
    assert key.prefix in page
    assert "from 203.0.113.7" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "What it is for: This field is required"),
        ({"scopes": []}, "What it may do: This field is required"),
        ({"scopes": ["everything"]}, "not one of the available choices"),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"networks": "home"}, "'home' is no network"),
    ],
)
def test_what_is_wrong_is_said_and_no_key_made(pia, change, words):
    page = pia.post("/keys/", FORM | change)
    assert words in text(page)
    assert not ApiKey.objects.exists()


def test_a_key_is_replaced_and_the_old_one_goes_on(pia, key):
    page = pia.post(f"/keys/{key.pk}/rotate/", {"hours": "48"})
    assert opens(made(page)) == 200
    assert f"It replaces {key.prefix}, which goes on until" in text(page)
    key.refresh_from_db()
    assert timedelta(hours=47) < key.expires_at - timezone.now() < timedelta(hours=49)
    assert "Replaced by" in text(pia.get(f"/keys/{key.pk}/"))
    assert f"replaces {key.prefix}" in text(pia.get("/keys/"))


@pytest.mark.parametrize("hours", ["", "-1", "169", "soon"])
def test_an_overlap_that_is_none_makes_no_key(pia, key, hours):
    page = pia.post(f"/keys/{key.pk}/rotate/", {"hours": hours}, follow=True)
    assert "Say for how many hours" in text(page)
    assert ApiKey.objects.count() == 1


def test_a_key_is_ended_at_once(pia, key):
    page = pia.post(f"/keys/{key.pk}/revoke/", follow=True)
    assert f"{key.prefix} is revoked" in text(page)
    refused = text(pia.post(f"/keys/{key.pk}/rotate/", {"hours": "1"}, follow=True))
    assert "has ended; make a new one" in refused
    assert "End it now" not in text(pia.get(f"/keys/{key.pk}/"))


def test_others_neither_see_nor_touch_them(key):
    bolt = Organisation.objects.create(name="Bolt people", kind="platform")
    bob = signed_in("bob@example.org", bolt)
    assert key.prefix not in text(bob.get("/keys/"))
    assert bob.get(f"/keys/{key.pk}/").status_code == 404
    for action in ("rotate", "revoke"):
        assert bob.post(f"/keys/{key.pk}/{action}/", {"hours": "1"}).status_code == 404
    holder = Organisation.objects.create(name="Ada's", kind="rights_holder")
    ada = signed_in("ada@example.org", holder)
    assert ada.get("/keys/").status_code == 403
    assert ada.post("/keys/", FORM).status_code == 403
    assert ada.get(f"/keys/{key.pk}/").status_code == 404
    assert Client().get("/keys/").url.startswith("/sign-in/")
    key.refresh_from_db()
    assert (ApiKey.objects.count(), key.revoked_at, key.expires_at) == (1, None, None)


def test_looking_changes_nothing(pia, key):
    for action in ("rotate", "revoke"):
        assert pia.get(f"/keys/{key.pk}/{action}/").status_code == 405
    assert ApiKey.objects.count() == 1


def test_the_first_page_leads_there(pia):
    page = pia.get("/").content.decode()
    assert 'href="/keys/"' in page
    assert 'href="/requests/"' in page
