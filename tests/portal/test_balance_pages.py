"""The balance of a party, booking by booking, and its payments opened to what they came from."""

import csv
import io

import pytest

from royalty.models import Payout
from royalty.selectors.balance import Move, movements_of
from royalty.services import payouts
from tests.portal.people import statement_of, text
from tests.portal.test_statement_pages import settle_november
from tests.royalty.cast import CENT
from tests.royalty.payees import (
    PAYDAY,
    agree,
    bank,
    draft,
    open_month,
    paying_account,
    payout_of,
    sent,
    withhold,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(month) -> Payout:
    """A is paid, less a fee of 10 %, a reserve of 5 % and 30 % of tax."""
    open_month(month)
    paying_account(month)
    agree(month, "A", admin_fee_ppm=100_000, reserve_ppm=50_000)
    withhold(month, "A")
    bank(month, "A")
    return payout_of(sent(month), "A")


def kinds(party) -> list[str]:
    return [movement.kind.value for movement in movements_of(party, "EUR")]


def test_each_step_of_a_payment_is_a_line_and_the_last_balance_is_what_home_says(
    people, month, paid
):
    party = month.parties["A"]
    listed = movements_of(party, "EUR")
    assert kinds(party) == ["statement", "fee", "reserve", "tax", "payout"]
    assert sum(each.atoms for each in listed) == listed[-1].balance_atoms
    (total,) = people.ada.get("/").context["totals"]
    assert listed[-1].balance_atoms == total.payable_atoms + total.carried_atoms
    assert 0 < listed[-1].balance_atoms < CENT
    page = text(people.ada.get("/balance/"))
    assert "Tax withheld" in page
    assert "Kept in reserve for you EUR 0.5" in page


def test_what_came_back_stands_on_the_account_with_its_reason(people, month, paid):
    payouts.return_payout(
        payout=paid, reason="<b>closed</b> account", user=month.ben, day=PAYDAY.date()
    )
    back = movements_of(month.parties["A"], "EUR")[-1]
    assert back.kind == Move.RETURNED
    assert back.balance_atoms == statement_of("A").closing_atoms
    response = people.ada.get("/balance/")
    assert "&lt;b&gt;closed&lt;/b&gt; account" in response.content.decode()
    page = people.ada.get(f"/payments/{paid.pk}/")
    assert "goes out with the next payment" in text(page)
    told = text(page)
    happened = ("Taken off your account", "bank is asked to pay", "Sent back by the bank")
    assert [told.index(each) for each in happened] == sorted(told.index(each) for each in happened)
    assert (
        '<p class="words"><bdi>&lt;b&gt;closed&lt;/b&gt; account</bdi></p>' in page.content.decode()
    )


def test_a_payment_opens_into_the_statements_that_it_paid(people, paid):
    response = people.ada.get(f"/payments/{paid.pk}/")
    (origin,) = response.context["origins"]
    assert [each.statement_id for each in origin.movements] == [statement_of("A").pk]
    assert origin.left_atoms == origin.movements[0].atoms - origin.part.gross_atoms
    advice = people.ada.get(f"/payments/{paid.pk}/txt/")
    assert advice["Content-Disposition"].startswith("attachment")
    assert "Tax withheld" in advice.content.decode()
    assert people.ada.get(f"/payments/{paid.pk}/exe/").status_code == 404


def test_a_draft_and_another_partys_payment_are_nothing(people, month):
    open_month(month)
    paying_account(month)
    for name in "AB":
        agree(month, name)
        bank(month, name)
    drafted = payout_of(draft(month), "A")
    assert people.ada.get(f"/payments/{drafted.pk}/").status_code == 404
    payouts.approve_batch(batch=drafted.batch, user=month.ben, as_of=PAYDAY)
    assert people.ada.get(f"/payments/{drafted.pk}/").status_code == 200
    assert people.bea.get(f"/payments/{drafted.pk}/").status_code == 404
    assert people.bea.get(f"/balance/?party={month.parties['A'].pk}").status_code == 404


def test_a_correction_is_told_once_its_statement_is_published(people, month, take):
    party = month.parties["A"]
    before = kinds(party)
    settle_november(month, take)
    assert kinds(party) == [*before, "statement"]
    (total,) = people.ada.get("/").context["totals"]
    balance = movements_of(party, "EUR")[-1].balance_atoms
    assert balance == total.payable_atoms + total.carried_atoms


@pytest.mark.parametrize("comma", ["", "1"])
def test_the_lines_can_be_taken_away(people, month, paid, comma):
    payouts.return_payout(payout=paid, reason="=cmd()", user=month.ben, day=PAYDAY.date())
    content = people.ada.get(f"/balance/lines.csv?comma={comma}").content.decode()
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";" if comma else ","))
    assert [row["kind"] for row in rows] == kinds(month.parties["A"])
    assert rows[0]["amount"] == ("13,04333333" if comma else "13.04333333")
    assert rows[-1]["note"] == "'=cmd()"


def test_lines_can_be_filtered_by_kind(people, paid):
    response = people.ada.get("/balance/?kind=tax")
    assert [each.kind for each in response.context["page"]] == [Move.TAX]
    assert "No booking of that kind" in text(people.ada.get("/balance/?kind=vat"))
