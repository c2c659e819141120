"""Where the money goes: changed after a wait, told to everybody, taken back by anybody."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent, Membership, Organisation
from accounts.notices.models import Notice
from accounts.roles import Role
from royalty.models import BankDetails, PayeeTax
from royalty.selectors.payees import bank_details_of, waiting_bank_details_of
from royalty.services.payee_details import DetailsError, change_bank_details, take_back
from tests.portal.people import text, user
from tests.royalty.payees import IBANS, bank

pytestmark = pytest.mark.django_db
FORM = {"name": "Ada", "iban": "GB29 NWBK 6016 1331 9268 19", "town": "Leeds", "country": "gb"}


def address(month, kind: str, name: str = "A") -> str:
    return f"/payment-details/{month.parties[name].pk}/{kind}/"


def test_new_details_wait_and_everybody_is_told(people, month):
    eve = user("eve@example.org", Organisation.objects.get(name="Ada's"))
    before, party = bank(month, "A"), month.parties["A"]
    response = people.ada.post(address(month, "bank"), FORM)
    assert response.url == "/payment-details/"
    assert bank_details_of([party])[party.pk] == before
    waiting = waiting_bank_details_of([party])[party.pk]
    told = Notice.objects.filter(kind="details").values_list("user__email", "mail")
    assert {("ada@example.org", "waiting"), (eve.email, "waiting")} <= set(told)
    assert AuditEvent.objects.filter(act="bank_details.entered").count() == 1
    page = people.ada.get("/payment-details/")
    assert "New bank details wait" in text(page)
    for row in (before, waiting):
        assert row.iban not in page.content.decode()
        assert row.masked_iban in page.content.decode()
    assert not [sent for sent in mail.outbox if waiting.iban in sent.body]


def test_they_count_after_the_wait_unless_somebody_took_them_back(people, month):
    before, party = bank(month, "A"), month.parties["A"]
    ago = timezone.now() - timedelta(days=3, seconds=1)
    made = change_bank_details(party=party, account=before.account, user=month.ann, as_of=ago)
    assert bank_details_of([party])[party.pk] == made
    with pytest.raises(DetailsError, match="count already"):
        take_back(details=made, user=month.ann, as_of=timezone.now())
    people.ada.post(address(month, "bank"), FORM)
    waiting = waiting_bank_details_of([party])[party.pk]
    path = f"/payment-details/{waiting.pk}/take-back/"
    assert people.bea.post(path).status_code == 404
    people.ada.post(path)
    assert waiting_bank_details_of([party]) == {}
    assert "were taken back before" in text(people.ada.post(path, follow=True))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("iban", "DE89370400440532013001", "wrong check digits"),
        ("iban", "ZZ00", "begins with no country"),
        ("name", "\u202e\u202e", "name is missing"),
        ("country", "<b>", "Enter a valid value"),
        ("bic", "x", "BIC"),
    ],
)
def test_what_no_bank_would_take_is_refused_and_stays_filled_in(people, month, field, value, said):
    page = people.ada.post(address(month, "bank"), FORM | {field: value})
    assert said in text(page)
    assert "Leeds" in page.content.decode()
    assert not BankDetails.objects.filter(party=month.parties["A"]).exists()


def test_tax_details_are_kept_and_shown_by_their_last_letters(people, month):
    said = {"country": "DE", "vat_number": "DE 136 695 976", "tax_number": "12/345/67890"}
    people.ada.post(address(month, "tax"), said)
    page = text(people.ada.get("/payment-details/"))
    assert "DE136695976" in page
    assert "12/345/67890" not in page
    assert "… 7890" in page
    refused = people.ada.post(address(month, "tax"), said | {"vat_number": "DE1"})
    assert "is none of DE" in text(refused)
    assert PayeeTax.objects.count() == 1


def test_who_is_no_owner_or_accountant_reads_and_changes_nothing(people, month):
    Membership.objects.filter(user__email="ada@example.org").update(role=Role.MANAGER)
    assert people.ada.get("/payment-details/").status_code == 200
    assert people.ada.post(address(month, "bank"), FORM).status_code == 403
    assert not BankDetails.objects.exists()


@pytest.mark.parametrize("kind", ["bank", "tax"])
def test_another_partys_form_is_nothing(people, month, kind):
    for ask in (people.bea.get, people.bea.post, people.pia.get):
        assert ask(address(month, kind)).status_code == 404


def test_an_old_proof_is_asked_for_again(people, month):
    session = people.ada.session
    session.pop("account_authentication_methods", None)
    session.save()
    for path in ("/payment-details/", address(month, "bank")):
        answer = people.ada.get(path)
        assert answer.status_code == 302
        assert path.strip("/").split("/")[0] in answer.url


def test_the_database_keeps_what_was_entered(month):
    change_bank_details(
        party=month.parties["A"],
        account=bank(month, "A", IBANS["A"]).account,
        user=month.ann,
        as_of=timezone.now(),
    )
    for attack in (
        "UPDATE royalty_bankdetails SET counts_from = NULL",
        "DELETE FROM royalty_takenback",
        "UPDATE royalty_payeetax SET country = 'FR'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
