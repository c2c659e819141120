"""What went wrong is said with what to do next, and nothing of the inside is shown."""

import pytest
from django.test import Client, override_settings
from django.urls import path

from portal import urls as portal_urls
from tests.portal.people import PASSWORD, statement_of, text, user

pytestmark = pytest.mark.django_db


def fail(request):
    raise RuntimeError("the secret inside")


class Failing:
    """The site map with a page that fails."""

    urlpatterns = [path("fail/", fail), *portal_urls.urlpatterns]  # noqa: RUF012
    handler400 = "portal.errors.bad_request"
    handler500 = "portal.errors.server_error"


def test_an_unknown_address_is_not_found(people):
    response = people.ada.get("/no/such/page/")
    assert response.status_code == 404
    assert "There is nothing here" in text(response)
    assert "Ada's" in text(response), "one still sees for whom one acts"


def test_the_same_page_answers_for_what_is_not_there_and_for_what_is_others(people):
    missing = people.bea.get("/statements/999999/")
    others = people.bea.get(f"/statements/{statement_of('A').pk}/")
    assert text(missing) == text(others)


def test_a_form_without_its_token_is_refused_with_a_way_on(db):
    user("zoe@example.org")
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in/", {"username": "zoe@example.org", "password": PASSWORD})
    assert response.status_code == 403
    assert "This form is no longer valid" in text(response)


def test_a_failure_shows_nothing_of_the_inside(db):
    client = Client(raise_request_exception=False)
    with override_settings(ROOT_URLCONF=Failing):
        response = client.get("/fail/", headers={"x-request-id": "a-request-to-find"})
    assert response.status_code == 500
    assert "Something failed on our side" in text(response)
    assert "a-request-to-find" in text(response), "to be found in the log"
    assert "secret" not in response.content.decode()


def test_a_request_for_another_host_is_not_understood(db):
    response = Client(raise_request_exception=False).get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "could not be understood" in text(response)


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/no/such/page/", "/statements/"])
def test_every_page_forbids_what_browsers_should_not_do(people, path):
    response = people.ada.get(path)
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
