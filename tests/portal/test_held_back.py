"""What a holder's balance says of money that a conflict holds, from its claim to the end."""

from datetime import date

import pytest
from django.test import Client

from catalog.claims.selectors.conflicts import conflicts_of
from royalty.selectors.contested import held_by_conflicts
from tests.portal.people import BACKEND, holder, signed_in, text
from tests.royalty.cast import CENT, show
from tests.royalty.conftest import take  # noqa: F401 fixture
from tests.royalty.test_conflict_to_the_cent import (  # noqa: F401 fixtures
    SINCE,
    Dispute,
    agree_on,
    dispute,
    world,
)

pytestmark = pytest.mark.django_db


def balance_of(dispute: Dispute, side: str) -> str:  # noqa: F811 fixture
    browser = Client()
    browser.force_login(dispute.sides[side].user, backend=BACKEND)
    return text(browser.get("/balance/"))


@pytest.fixture
def published(dispute) -> Dispute:  # noqa: F811 fixture
    show(dispute.world.period, dispute.world.ann)
    return dispute


def test_before_statements_are_published_nothing_is_said(dispute):  # noqa: F811 fixture
    assert held_by_conflicts(conflicts_of(dispute.world.tracks["T2"].work)) == []
    assert "Held until owners agree" not in balance_of(dispute, "B")


def test_each_side_reads_what_the_conflict_holds_and_since_when(published):
    (held,) = held_by_conflicts(conflicts_of(published.world.tracks["T2"].work))
    assert (held.atoms, held.currency, held.since) == (100 * CENT, "EUR", date(2026, 10, 31))
    for side in "BC":
        page = balance_of(published, side)
        assert "Song T2Composition 31 October 2026 open 1.00" in page


def test_who_is_no_side_reads_nothing_of_it(published):
    ada = signed_in("ada@example.org", holder(published.world, "Ada's", "A"))
    assert "Held until owners agree" not in text(ada.get("/balance/"))


def test_agreed_it_waits_for_the_restating_and_then_is_gone(published):
    agree_on(published, SINCE, B=55, C=45)
    assert "over; it is paid once the period is restated 1.00" in balance_of(published, "B")
    published.restate()
    page = balance_of(published, "B")
    assert "Held until owners agree" not in page


def test_a_holder_without_conflicts_costs_no_look_at_the_books(
    published,
    django_assert_num_queries,
):
    with django_assert_num_queries(0):
        assert held_by_conflicts([]) == []
