"""In which language a page speaks: as one chose, as the browser asks, and never to programs."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags

from accounts.models import Organisation, User
from catalog.claims.models import Claim, Conflict, Event
from catalog.duplicates.models import Kind, Status
from catalog.models import Right, Role
from catalog.quality.models import Finding
from catalog.territories import parse_territory
from portal.templatetags.figures import in_places
from portal.words import WORDS
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


FIGURES = (
    "{% load figures %}{% money 123456000000 'EUR' %} {{ 125000000|in_ppb }} {{ 333333|in_ppm }}"
)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "EUR 1,234.56 12.5 % 33.3333 % 3 May 2026 1 minute"),
        ("de", "1.234,56 EUR 12,5 % 33,3333 % 3. Mai 2026 1 Minute"),
    ],
)
def test_amounts_shares_and_days_are_written_as_the_reader_writes_them(language, written):
    page = Template(FIGURES + ' {{ day|date:"DATE_FORMAT" }} {{ wait|in_minutes }}')
    said = Context({"day": date(2026, 5, 3), "wait": timedelta(seconds=59)})
    with translation.override(language):
        text = strip_tags(page.render(said))
    assert unescape(text).replace("\N{NO-BREAK SPACE}", " ") == written


@pytest.mark.parametrize(
    ("written", "english", "german"),
    [
        ("WW", "worldwide", "weltweit"),
        ("DE+AT", "Austria and Germany", "Deutschland und Österreich"),
        ("WW-CA", "worldwide except Canada", "weltweit außer Kanada"),
    ],
)
def test_places_are_named_in_the_readers_language(written, english, german):
    for language, named in (("en", english), ("de", german)):
        with translation.override(language):
            assert in_places(parse_territory(written)) == named


def test_every_word_of_a_choice_that_pages_show_is_translated():
    shown = [Role, Right, Claim.Status, Event.Kind, Conflict.Outcome, Status, Kind, Finding.Cause]
    words = {str(label) for choices in shown for label in choices.labels}
    assert {word for word in words if not {word, word.lower()} & set(WORDS)} == set()


def test_a_page_draws_the_same_in_every_language(zoe):
    zoe.memberships.create(organisation=Organisation.objects.create(name="O", kind="operator"))
    client = Client()
    client.force_login(zoe, "django.contrib.auth.backends.ModelBackend")
    drawn = []
    for language in ("en", "de"):
        client.post("/language/", {"language": language, "next": "/"})
        text = client.get("/catalogue/").content.decode()
        drawn.append(re.findall(r' (?:x|y|d|width|height|viewBox|points)="[^"]*"', text))
    assert drawn[0] == drawn[1] != []
