"""What payees agreed and where they want their money: what banks refuse is refused."""

import pytest

from royalty.models import BankDetails, PayeeTerms
from tests.admin.conftest import address

PAYEE = {
    **{"name": "Ada", "town": "Köln", "country": "DE", "iban": "de89 3704 0044 0532 0130 00"},
    **{"street": "", "building": "", "postcode": "", "bic": ""},
}


def test_bank_details_are_added_and_never_changed(operator, world, olga):
    form = {"party": world.parties["B"].pk, **PAYEE}
    operator.post(address(BankDetails, "add"), form)
    newest = BankDetails.objects.latest("pk")
    assert (newest.iban, newest.entered_by) == ("DE89370400440532013000", olga)
    shown = operator.get(address(BankDetails, "changelist")).content.decode()
    assert newest.masked_iban in shown
    assert newest.iban not in shown
    page = address(BankDetails, "change", newest.pk)
    assert operator.post(page, form | {"town": "Bonn"}).status_code == 403


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"iban": "DE88 3704 0044 0532 0130 00"}, "wrong check digits"),
        ({"country": "D1"}, "not a country"),
        ({"bic": "GENO"}, "8 or 11"),
        ({"town": "東京"}, "no letter that a bank can read"),
    ],
    ids=["iban", "country", "bic", "town"],
)
def test_what_a_bank_would_refuse_is_refused_in_the_form(operator, world, changes, why):
    before = BankDetails.objects.count()
    form = {"party": world.parties["B"].pk, **PAYEE} | changes
    response = operator.post(address(BankDetails, "add"), form)
    assert why in response.content.decode()
    assert BankDetails.objects.count() == before


def test_terms_name_each_step_of_the_waterfall_once(operator, world):
    terms = {
        **{"party": world.parties["B"].pk, "currency": "USD", "admin_fee_ppm": 0},
        **{"reserve_ppm": 0, "reserve_months": 12, "threshold_minor": 0},
        **{"valid_from": "2026-01-01", "order": "fee,reserve", "language": "en-GB"},
    }
    response = operator.post(address(PayeeTerms, "add"), terms)
    assert "name each of" in response.content.decode()
    whole = "withholding,fee,reserve,release,recoupment"
    operator.post(address(PayeeTerms, "add"), terms | {"order": whole})
    assert PayeeTerms.objects.get(currency="USD").order == whole.split(",")
