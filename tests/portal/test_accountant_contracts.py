"""Contracts in sentences, new terms that end the old, and the models side by side."""

import pytest

from royalty.models import Contract
from tests.portal.people import text
from tests.portal.test_effort import reads
from tests.royalty.cast import CENT

pytestmark = pytest.mark.django_db
TERMS = {
    **{"code": "studio-2027", "name": "Studio 2027", "service": "studio", "currency": "EUR"},
    **{"valid_from": "2027-01-01", "allocation_model": "user_centric", "commission": "25.5"},
    **{"composition": "100", "fallback": "held", "idle_subscribers": "pool"},
    **{"unverified_features": "hold", "guarantee": "0", "holding_months": "36"},
    **{"period_months": "1", "reporting_days": "14", "payment_days": "30", "vat": "0"},
}


def agree(client, contract, **changes: str):
    return client.post(f"/contracts/{contract.pk}/next/", TERMS | changes)


def test_a_contract_is_said_in_sentences(people, month):
    shown = text(people.oda.get(f"/contracts/{month.contract.pk}/"))
    assert "The platform keeps 30 % of what comes in" in shown
    assert "What no track accounts for is equally to every track" in shown


def test_new_terms_are_said_first_and_then_end_the_old(people, month):
    asked = agree(people.oda, month.contract)
    assert "The platform keeps 25.5 %" in text(asked)
    assert Contract.objects.count() == 1, "saying it agrees nothing"
    for _ in range(2):
        agree(people.oda, month.contract, confirmed="yes")
    old, new = Contract.objects.order_by("valid_from")
    assert (str(old.valid_until), new.commission_ppm) == ("2027-01-01", 255_000)
    assert new.platform == old.platform


def test_what_cannot_be_agreed_is_said_and_changes_nothing(people, month):
    for changes, why in (
        ({"valid_from": "2026-10-15"}, "begin the new terms on 2026-11-01"),
        ({"code": "studio-2026"}, "Terms do not change"),
        ({"commission": "101"}, "less than or equal to 100"),
        ({"currency": "XXQ"}, "XXQ"),
        ({"allocation_model": "nonsense"}, "nonsense"),
    ):
        answer = agree(people.oda, month.contract, confirmed="yes", **changes)
        assert answer.status_code == 422, changes
        assert why in text(answer)
    month.contract.refresh_from_db()
    assert month.contract.valid_until is None
    assert Contract.objects.count() == 1


def test_every_model_shares_the_same_pool(people, month):
    shown = people.oda.get(f"/contracts/{month.contract.pk}/comparison/")
    columns = shown.context["columns"]
    assert [each.name for each in columns] == ["pro rata", "user centric"]
    assert {each.total_atoms for each in columns} == {2800 * CENT}
    own = sum(row[1] for row in shown.context["rows"])
    other = sum(row[2][0][0] for row in shown.context["rows"])
    assert (own, other) == tuple(each.to_parties_atoms for each in columns)
    assert sum(row[2][0][1] for row in shown.context["rows"]) == other - own
    assert "per output" in text(shown)
    assert shown.context["rows"][0][2][0][2] == columns[1].name, "a phone names each cell's model"


def test_the_pages_are_the_operators_and_ask_a_few_times(people, month):
    pk = month.contract.pk
    for address in ("/contracts/", f"/contracts/{pk}/", f"/contracts/{pk}/comparison/"):
        assert reads(people.oda, address) <= 9, address
        assert people.ada.get(address).status_code in {403, 404}
        assert people.pia.get(address).status_code in {403, 404}
