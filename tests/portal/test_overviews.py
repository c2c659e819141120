"""The first page: what is owed to a rights holder, what a platform sent, what an operator runs."""

from datetime import date

import pytest

from royalty.services import payouts, periods
from tests.portal.people import holder, signed_in, text
from tests.portal.test_statement_pages import settle_november
from tests.royalty.cast import add_generation
from tests.royalty.payees import PAYDAY, agree, bank, open_month, paying_account, payout_of, sent

pytestmark = pytest.mark.django_db


def test_a_rights_holder_sees_what_is_owed(people):
    page = text(people.ada.get("/"))
    assert "Payable now EUR 13.04" in page
    assert "Carried forward EUR 0.0033" in page
    assert "Earned so far EUR 13.04" in page
    assert "12.5533 attributed to your works, 0.4900 from the contract's fallback." in page
    assert "This is the first statement." in page


def test_a_payee_is_told_how_payouts_are_made(people):
    assert "In batches, by the people who run this service" in text(people.ada.get("/"))


def test_home_says_what_stands_in_the_way_of_a_payment(people, month):
    page = text(people.ada.get("/"))
    assert "nothing is agreed with you on payments in EUR" in page
    assert "no bank account of yours is known" in page
    agree(month, "A", threshold_minor=5_000)
    bank(month, "A")
    page = text(people.ada.get("/"))
    assert "payments go out from EUR 50.00" in page
    assert "no bank account" not in page


def test_home_says_when_the_next_statement_is_due(people, month):
    (following,) = people.ada.get("/").context["next_statements"]
    assert (following.starts_on, following.last_day) == (date(2026, 11, 1), date(2026, 11, 30))
    assert following.expected_on >= following.last_day


def test_what_was_paid_since_the_last_statement_is_payable_no_more(people, month):
    open_month(month)
    paying_account(month)
    agree(month, "A")
    bank(month, "A")
    batch = sent(month)
    page = text(people.ada.get("/"))
    assert "Payable now EUR 0.00" in page
    assert "On its way to your bank EUR 13.04" in page
    assert "Carried forward EUR 0.0033" in page
    assert "Paid since your last statement: EUR 13.04 left your account" in page
    payouts.return_payout(
        payout=payout_of(batch, "A"), reason="closed", user=month.ben, day=PAYDAY.date()
    )
    page = text(people.ada.get("/"))
    assert "Payable now EUR 13.04" in page
    assert "Paid since" not in page


def test_several_parties_are_added_up(people):
    response = people.cleo.get("/")
    (total,) = response.context["totals"]
    standings = response.context["standings"]
    assert len(standings) == 2
    assert total.payable_atoms == sum(standing.payable_atoms for standing in standings)
    assert total.payable_atoms + total.carried_atoms == sum(
        standing.latest.closing_atoms for standing in standings
    )


def test_what_changed_compares_with_the_period_before(people, month, take):
    before = people.ada.get("/").context["standings"][0].latest
    settle_november(month, take)
    response = people.ada.get("/")
    (standing,) = response.context["standings"]
    assert standing.previous == before
    assert standing.earned_change_atoms == standing.latest.earned_atoms - before.earned_atoms < 0
    assert "compared with October 2026" in text(response)
    assert response.context["totals"][0].payable_atoms == (
        standing.latest.closing_atoms - standing.latest.closing_atoms % 1_000_000
    )


def test_the_works_that_earned_most_come_first(people):
    page = text(people.ada.get("/"))
    assert page.index("Song T1") < page.index("Song T3")
    assert "attributed, in 3 lines" in page


def test_a_rights_holder_without_statements_is_told_what_will_be_here(people, month):
    page = text(signed_in("new@example.org", holder(month, "New")).get("/"))
    assert "Nothing is owed yet" in page


def test_whoever_acts_for_nobody_is_told_what_to_do(people):
    page = text(people.nils.get("/"))
    assert "You do not act for anybody yet" in page
    assert "nils@example.org" in page


def test_a_platform_sees_its_pieces_and_its_files(people, month):
    add_generation(month, "G9", month.run.feature_store.model_version)
    page = text(people.pia.get("/"))
    assert "G9" in page
    assert "waiting for features" in page
    assert "measured" in page
    assert "usage.ndjson" in page
    assert "Party A" not in page


def test_people_of_an_organisation_without_a_platform_are_told_so(people, month):
    month.platform.organisation = None
    month.platform.save()
    assert "No platform is connected" in text(people.pia.get("/"))


def test_an_operator_sees_the_periods(people, month):
    periods.open_period(
        contract=month.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    page = text(people.oda.get("/"))
    assert "November 2026 Studio 2026 Acme Music AI Open" in page
    assert "October 2026 Studio 2026 Acme Music AI Closed" in page
