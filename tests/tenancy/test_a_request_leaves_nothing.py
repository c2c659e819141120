"""Each request is its person's alone, however the one before it ended."""

import threading

import pytest
from django.db import connection
from django.test import Client, override_settings

from accounts.middleware import CHOSEN
from accounts.models import Membership, User
from common.database import tenancy
from royalty.models import Statement

pytestmark = pytest.mark.usefixtures("own_site")


@pytest.fixture
def own_site(town, monkeypatch):
    """The pages, in a process that is nobody between requests, as a web process is."""
    monkeypatch.setattr(tenancy, "_process_default", [tenancy.NOBODY])
    connection.close()
    with override_settings(ROOT_URLCONF="tests.tenancy.pages"):
        yield
    monkeypatch.undo()
    connection.close()


def signed_in(name: str) -> Client:
    """As a signed-in person; an error of the site is a response, as it is for a browser."""
    client = Client(raise_request_exception=False)
    with tenancy.acting_as(tenancy.SYSTEM):
        client.force_login(
            User.objects.get(email=f"{name}@example.org"),
            "django.contrib.auth.backends.ModelBackend",
        )
    return client


def test_a_process_between_requests_is_nobody():
    assert tenancy.current() == tenancy.NOBODY
    assert not Statement.objects.exists()


@pytest.mark.parametrize(
    ("name", "statements"), [("ada", ["A"]), ("bea", ["B", "B"]), ("dora", []), ("acme", [])]
)
def test_a_person_sees_the_statements_of_the_organisation(town, name, statements):
    said = signed_in(name).get("/who/").json()
    assert said == {
        "organisation": name,
        "tenant": town.tenant(name),
        "statements": statements,
    }


def test_who_is_not_signed_in_sees_nothing():
    said = Client().get("/who/").json()
    assert said == {"organisation": None, "tenant": "", "statements": []}


@pytest.mark.parametrize("page", ["fails", "fails-as-system", "breaks"])
def test_after_a_page_that_failed_the_next_one_is_its_own_persons(page):
    ada, bea = signed_in("ada"), signed_in("bea")
    assert ada.get(f"/{page}/").status_code == 500
    assert tenancy.current() == tenancy.NOBODY
    assert bea.get("/who/").json()["statements"] == ["B", "B"]
    assert Client().get("/who/").json()["statements"] == []
    assert ada.get("/who/").json()["statements"] == ["A"]


def test_after_a_lost_connection_the_next_request_is_its_own_persons():
    ada = signed_in("ada")
    with pytest.raises(Exception, match=r"terminat|closed"):
        Client().get("/loses/")  # no page can be made of it without a database
    connection.close()
    assert tenancy.current() == tenancy.NOBODY
    assert ada.get("/who/").json()["statements"] == ["A"]


def test_a_streamed_response_outlives_the_request_and_sees_nothing():
    """So whoever streams what the database holds must read it before, or act as somebody itself."""
    response = signed_in("ada").get("/streams/")
    assert response.getvalue() == b""


def test_two_people_in_two_threads_do_not_see_each_others():
    said: dict[str, list] = {}
    clients = {name: signed_in(name) for name in ("ada", "bea", "cai")}
    barrier = threading.Barrier(len(clients))

    def visit(name: str) -> None:
        barrier.wait()
        said[name] = [clients[name].get("/who/").json()["statements"] for _ in range(20)]
        connection.close()

    threads = [threading.Thread(target=visit, args=[name]) for name in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {"ada": [["A"]] * 20, "bea": [["B", "B"]] * 20, "cai": [["C"]] * 20}


def test_choosing_an_organisation_that_one_is_no_member_of_changes_nothing(town):
    ada = signed_in("ada")
    session = ada.session
    session[CHOSEN] = town.organisations["bea"].pk
    session.save()
    assert ada.get("/who/").json()["statements"] == ["A"]


def test_who_acts_for_two_sees_only_the_chosen_one(town):
    with tenancy.acting_as(tenancy.SYSTEM):
        user = User.objects.get(email="ada@example.org")
        both = Membership.objects.create(user=user, organisation=town.organisations["bea"])
    ada = signed_in("ada")
    try:
        assert ada.get("/who/").json()["statements"] == ["A"]
        session = ada.session
        session[CHOSEN] = town.organisations["bea"].pk
        session.save()
        assert ada.get("/who/").json()["statements"] == ["B", "B"]
    finally:
        with tenancy.acting_as(tenancy.SYSTEM):
            both.delete()
    assert ada.get("/who/").json()["statements"] == ["A"], "membership ends at once"


def test_who_left_every_organisation_or_was_switched_off_sees_nothing(town):
    ada = signed_in("ada")
    with tenancy.acting_as(tenancy.SYSTEM):
        User.objects.filter(email="ada@example.org").update(is_active=False)
    try:
        assert ada.get("/who/").json()["statements"] == []
    finally:
        with tenancy.acting_as(tenancy.SYSTEM):
            User.objects.filter(email="ada@example.org").update(is_active=True)
