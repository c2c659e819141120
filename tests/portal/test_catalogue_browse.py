"""The catalogue's pages for the operator's people: looking for what exists."""

import pytest
from django.test import Client

from tests.portal.people import text

pytestmark = pytest.mark.django_db


def test_the_operator_finds_the_catalogue_from_the_first_page(people):
    assert 'href="/catalogue/"' in people.oda.get("/").content.decode()
    page = people.oda.get("/catalogue/")
    assert page.status_code == 200
    assert "Song T1" in text(page)


def test_others_are_told_that_it_is_not_for_them(people):
    for other in (people.ada, people.pia, people.nils):
        assert other.get("/catalogue/").status_code == 403
    assert Client().get("/catalogue/").url.startswith("/sign-in/")
    assert 'href="/catalogue/"' not in people.ada.get("/").content.decode()
