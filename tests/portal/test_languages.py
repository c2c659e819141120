"""In which language a page speaks: as one chose, as the browser asks, and never to programs."""

import pytest
from django.test import Client

from accounts.models import User
from tests.portal.people import PASSWORD, user

pytestmark = pytest.mark.django_db
GERMAN = {"Accept-Language": "de-AT, de;q=0.9, en;q=0.5"}
SIGN_IN = {"username": "zoe@example.org", "password": PASSWORD}


@pytest.fixture
def zoe(db) -> User:
    return user("zoe@example.org")


def speaks(response) -> str:
    """The language that a page says it is in."""
    return response.content.decode().split('<html lang="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("de-AT, en;q=0.5", "de"), ("en-GB", "en"), ("fr, ja;q=0.5", "en"), ("\x00;;q=x", "en")],
)
def test_a_stranger_reads_what_their_browser_asks_for(asked, answered):
    response = Client().get("/sign-in/", headers={"Accept-Language": asked})
    assert speaks(response) == answered
    assert "Accept-Language" in response["Vary"]


def test_a_chosen_language_is_kept_by_the_browser():
    client = Client(headers=GERMAN)
    assert client.post("/language/", {"language": "en", "next": "/sign-in/"}).status_code == 302
    assert speaks(client.get("/sign-in/")) == "en"


def test_a_chosen_language_is_kept_with_the_person(zoe):
    first, second = Client(), Client()
    first.post("/sign-in/", SIGN_IN)
    first.post("/language/", {"language": "de", "next": "/"})
    second.cookies["language"] = "en"
    second.post("/sign-in/", SIGN_IN)
    assert speaks(second.get("/")) == "de"
    zoe.refresh_from_db()
    assert zoe.language == "de"


@pytest.mark.parametrize("language", ["", "fr", "de-DE", '"><script>', "../de"])
def test_a_language_that_there_is_not_is_refused_and_not_kept(zoe, language):
    client = Client()
    client.post("/sign-in/", SIGN_IN)
    response = client.post("/language/", {"language": language, "next": "/"})
    assert response.status_code == 400
    assert "language" not in response.cookies
    zoe.refresh_from_db()
    assert zoe.language == ""


def test_a_cookie_that_names_no_language_does_no_harm():
    client = Client()
    client.cookies["language"] = "../../etc"
    assert speaks(client.get("/sign-in/")) == "en"


def test_nobody_is_led_away_by_choosing_a_language():
    response = Client().post("/language/", {"language": "de", "next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_a_language_is_not_chosen_by_a_link():
    assert Client().get("/language/?language=de").status_code == 405


@pytest.mark.parametrize("path", ["/api/v1/works", "/api/v1/nowhere"])
def test_programs_are_answered_in_english_whatever_they_ask_for(path):
    german, plain = Client(headers=GERMAN).get(path), Client().get(path)
    said = [{**each.json(), "request_id": ""} for each in (german, plain)]
    assert said[0] == said[1]


def test_german_ends_with_the_request():
    Client(headers=GERMAN).get("/sign-in/")
    assert speaks(Client().get("/sign-in/")) == "en"
