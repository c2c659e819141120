"""What a payee must still do with its bank and tax details is said first, with the way there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from royalty.documents.pain import BankAccount
from royalty.models import PayeeTax, SelfBilling
from royalty.services.payee_details import change_bank_details
from tests.portal.people import text
from tests.royalty.payees import ADDRESS, IBANS, bank

pytestmark = pytest.mark.django_db


def overview(client):
    return client.get("/")


def test_bank_details_that_wait_say_when_they_count_and_lead_to_them(people, month):
    account = BankAccount("Payee A", IBANS["A"], ADDRESS)
    details = change_bank_details(
        party=month.parties["A"], account=account, user=month.ann, as_of=timezone.now()
    )
    response = overview(people.ada)
    [wait] = [each for each in response.context["obstacles"] if each.why == "bank_details_wait"]
    assert wait.counts_from == details.counts_from
    assert "New bank details wait: they count from" in text(response)
    assert "no bank account of yours is known" not in text(response)
    assert 'href="/payment-details/"' in response.content.decode()


def test_bank_details_that_count_are_no_obstacle(people, month):
    bank(month, "A")
    page = text(overview(people.ada))
    assert "New bank details wait" not in page
    assert "no bank account of yours is known" not in page


def test_a_vat_number_without_an_agreement_is_an_obstacle_until_there_is_one(people, month):
    party, ann = month.parties["A"], month.ann
    PayeeTax.objects.create(party=party, country="FR", vat_number="FR40303265045", entered_by=ann)
    assert "No VAT yet" in text(overview(people.ada))
    SelfBilling.objects.create(
        party=party,
        country="FR",
        vat_number="FR40303265045",
        vat_ppm=200_000,
        valid_from=timezone.localdate() - timedelta(days=1),
    )
    assert "No VAT yet" not in text(overview(people.ada))


def test_whoever_names_no_vat_number_is_asked_for_no_agreement(people, month):
    PayeeTax.objects.create(party=month.parties["A"], country="FR", entered_by=month.ann)
    assert "No VAT yet" not in text(overview(people.ada))
