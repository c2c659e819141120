"""The same form, pressed twice, does its thing once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, Membership, Organisation, User
from common.api.models import StoredResponse
from common.jobs import dispatch
from tests.people.conftest import KINDS, browser

FORM = {"email": "nora@example.org", "role": "viewer", "csrfmiddlewaretoken": "drawn-once"}


def press(client: Client, **more: str):
    return client.post("/team/invite/", FORM | more)


@pytest.mark.django_db
def test_pressed_twice_it_leads_to_the_same_place_and_is_done_once(cast):
    assert press(cast.ada).url == press(cast.ada).url == "/team/"
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["csrfmiddlewaretoken", "email"])
def test_another_form_is_another_thing(cast, other):
    press(cast.ada)
    press(cast.ada, **{other: "x@example.org"})
    assert Invitation.objects.count() == 2


@pytest.mark.django_db
def test_what_was_refused_may_be_sent_again(cast):
    assert press(cast.ada, email="no address").status_code == 200
    assert not StoredResponse.objects.exists()
    assert cast.bea.post("/team/invite/", FORM).url == "/team/", "nobody else's form is in the way"


@pytest.mark.django_db
def test_after_a_minute_it_counts_again(cast):
    press(cast.ada)
    StoredResponse.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    press(cast.ada)
    assert Invitation.objects.count() == 2


def test_two_at_the_same_moment_are_one(committed_db, monkeypatch):
    monkeypatch.setattr(dispatch.current_app, "send_task", lambda *_, **__: None)
    ada = User.objects.create_user("ada@example.org", "a long password")
    organisation = Organisation.objects.create(name="Ada's", kind=KINDS.RIGHTS_HOLDER)
    Membership.objects.create(user=ada, organisation=organisation)
    client = browser(ada)

    def pressed(_: int) -> str:
        other = Client()
        other.cookies = client.cookies
        try:
            return press(other).url
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(pressed, range(4))) == {"/team/"}
    assert Invitation.objects.count() == 1
