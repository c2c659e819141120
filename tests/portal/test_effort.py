"""Pages cost a few reads, however many lines, works and statements there are."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.portal.people import all_lines, statement_of
from tests.portal.test_statement_pages import settle_november
from tests.royalty.cast import add_track

pytestmark = pytest.mark.django_db
# Four of each are the session, the person, the organisation and its parties.
MOST = {
    "/": 19,  # six of them for what stands in the way of a payment
    "/balance/": 13,
    "/statements/": 7,
    "/statements/{pk}/": 17,  # one of them for the statement before
    "/statements/{pk}/?kind=attributed&page=2": 17,
    "/statements/{pk}/lines/{row}/": 10,
    "/works/": 10,
    "/works/{work}/": 14,  # four for who is credited and what was changed
}


def reads(client, path: str) -> int:
    """Reads of tables by a page; savepoints and the tenant's setting are not counted."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return sum(bool(re.search(r"\bFROM\b", query["sql"])) for query in captured)


@pytest.mark.parametrize("address", MOST)
def test_a_page_asks_the_database_a_few_times(people, address):
    statement = statement_of("A")
    work = people.ada.get("/works/").context["rows"][0].own.work
    path = address.format(pk=statement.pk, row=all_lines(statement)[0].row, work=work.pk)
    assert reads(people.ada, path) <= MOST[address]


def test_more_works_and_more_statements_take_no_more_reads(people, month, take):
    paths = ["/", "/statements/", "/works/", "/balance/"]
    before = [reads(people.ada, path) for path in paths]
    for number in range(12):
        add_track(month, f"N{number}", {"A": 1})
    settle_november(month, take)
    assert [reads(people.ada, path) for path in paths] == before
