"""Signing in: by e-mail address and password, safely back to where one wanted to go."""

import pytest
from django.test import Client

from tests.portal.people import PASSWORD, user

pytestmark = pytest.mark.django_db
WRONG = {"username": "zoe@example.org", "password": "wrong"}
RIGHT = {"username": "zoe@example.org", "password": PASSWORD}


@pytest.fixture
def zoe(db):
    return user("zoe@example.org")


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/statements/", "/statements/1/", "/statements/1/pdf/", "/statements/1/lines/0/"),
        *("/statements/1/lines/0/evidence/", "/works/", "/works/1/", "/act-for/"),
    ],
)
def test_whoever_is_not_signed_in_is_led_to_the_sign_in(db, path):
    response = Client().get(path)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={path}")


def test_after_signing_in_one_is_where_one_wanted_to_be(zoe):
    response = Client().post("/sign-in/", RIGHT | {"next": "/works/?q=x"})
    assert (response.status_code, response["Location"]) == (302, "/works/?q=x")


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"),
        *("https:evil.example", "\thttps://evil.example", "http://testserver.evil.example/"),
    ],
)
def test_nobody_is_led_away_by_signing_in_or_by_choosing_a_theme(zoe, target):
    signed = Client().post("/sign-in/", RIGHT | {"next": target})
    themed = Client().post("/appearance/", {"theme": "dark", "next": target})
    assert (signed.status_code, signed["Location"]) == (302, "/")
    assert (themed.status_code, themed["Location"]) == (302, "/")


def test_a_wrong_password_says_nothing_about_whether_the_address_exists(zoe):
    known = Client().post("/sign-in/", WRONG)
    unknown = Client().post("/sign-in/", WRONG | {"username": "nobody@example.org"})
    for response in (known, unknown):
        assert response.status_code == 200
        assert "do not belong together" in response.content.decode()


def test_the_address_is_the_same_however_it_is_spelt(zoe):
    assert Client().post("/sign-in/", RIGHT | {"username": "ZOE@Example.org"}).status_code == 302


def lock_out(spellings=("zoe@example.org",)):
    tries = [
        Client().post("/sign-in/", WRONG | {"username": spellings[attempt % len(spellings)]})
        for attempt in range(8)
    ]
    return tries[-1]


def test_too_many_wrong_passwords_lock_the_address_out_with_a_page_that_says_so(zoe):
    locked = lock_out()
    assert locked.status_code == 429
    assert "Too many wrong passwords" in locked.content.decode()
    assert "15 minutes" in locked.content.decode()
    assert Client().post("/sign-in/", RIGHT).status_code == 429, "not even with the right one"


def test_spelling_the_address_otherwise_gives_no_further_tries(zoe):
    lock_out(("zoe@example.org", "ZOE@example.org", " zoe@EXAMPLE.org ", "Zoe@Example.Org"))
    assert Client().post("/sign-in/", RIGHT).status_code == 429


def test_others_can_still_sign_in_from_the_same_place(zoe):
    user("yan@example.org")
    lock_out()
    response = Client().post("/sign-in/", RIGHT | {"username": "yan@example.org"})
    assert response.status_code == 302


def test_signing_out_takes_a_post(zoe):
    client = Client()
    client.post("/sign-in/", RIGHT)
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/").status_code == 302


def test_a_closed_account_does_not_get_in(zoe):
    zoe.is_active = False
    zoe.save()
    assert Client().post("/sign-in/", RIGHT).status_code == 200


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_is_written_into_every_page(zoe, theme):
    client = Client()
    client.post("/appearance/", {"theme": theme, "next": "/sign-in/"})
    assert f'data-theme="{theme}"' in client.get("/sign-in/").content.decode()
    client.post("/appearance/", {"theme": "", "next": "/sign-in/"})
    assert "data-theme" not in client.get("/sign-in/").content.decode()


def test_a_made_up_theme_is_not_kept(zoe):
    response = Client().post("/appearance/", {"theme": '"><script>', "next": "/"})
    assert response.cookies["theme"].value == ""
