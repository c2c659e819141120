"""Tax forms: sent by payees, read by the operator's accountants alone, taken or refused once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEvent, Membership, Organisation
from accounts.notices.models import Notice
from accounts.roles import Role
from royalty.models import TaxForm
from royalty.services.tax_forms import MOST_WAITING
from tests.portal.people import text
from tests.royalty.payees import leave_tax_form

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 residence certified"
FORMS = "/payouts/tax-forms/"


def address(month, name: str = "A") -> str:
    return f"/payment-details/{month.parties[name].pk}/tax-form/"


def send(people, month, content: bytes = PDF, name: str = "residence.pdf"):
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return people.ada.post(address(month), {"file": file})


def test_a_form_is_sent_read_by_an_accountant_and_taken(people, month):
    assert "none sent yet" in text(people.ada.get("/payment-details/"))
    assert send(people, month).url == "/payment-details/"
    form = TaxForm.objects.get()
    assert (form.party, form.media_type, form.size_bytes) == (
        month.parties["A"],
        "application/pdf",
        len(PDF),
    )
    page = text(people.ada.get("/payment-details/"))
    assert "residence.pdf" in page
    assert "waits to be looked at" in page
    assert "residence.pdf" in text(people.oda.get(FORMS))
    assert "1 tax form waits to be looked at." in text(people.oda.get("/exceptions/"))
    answer = people.oda.get(f"{FORMS}{form.pk}/file/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    people.oda.post(f"{FORMS}{form.pk}/take/")
    assert "tax form waits" not in text(people.oda.get("/exceptions/"))
    assert "taken" in text(people.ada.get("/payment-details/"))
    acts = AuditEvent.objects.filter(act__startswith="tax_form.").order_by("pk")
    assert list(acts.values_list("act", flat=True)) == [
        "tax_form.sent",
        "tax_form.read",
        "tax_form.take",
    ]


def test_a_refused_form_says_why_to_its_payee_and_is_decided_once(people, month):
    send(people, month)
    path = f"{FORMS}{TaxForm.objects.get().pk}/"
    asked = people.oda.get(f"{path}refuse/").content.decode()
    assert asked.count(f'href="{FORMS}"') == 2, "the way back, and where one is"
    assert people.oda.post(f"{path}refuse/", {"reason": ""}).status_code == 200
    assert TaxForm.objects.get().is_waiting
    people.oda.post(f"{path}refuse/", {"reason": "The stamp is missing."})
    assert "The stamp is missing." in text(people.ada.get("/payment-details/"))
    told = Notice.objects.filter(user__email="ada@example.org", link="/payment-details/")
    assert told.filter(sentence__contains="was not taken").count() == 1
    again = people.oda.post(f"{path}take/", follow=True)
    assert "was decided before" in text(again)
    assert TaxForm.objects.get().refused_why == "The stamp is missing."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>", "The file is no PDF, PNG or JPEG"),
        (b"", "The submitted file is empty"),
        (b"%PDF-" + b"0" * 10_000_000, "larger than 10 MB"),
    ],
)
def test_what_is_no_scan_or_too_long_is_refused(people, month, content, said):
    assert said in text(send(people, month, content))
    assert not TaxForm.objects.exists()


def test_no_party_heaps_up_forms(people, month):
    for _each in range(MOST_WAITING):
        leave_tax_form(month, "A")
    assert "forms wait to be looked at" in text(send(people, month))
    assert TaxForm.objects.count() == MOST_WAITING


def test_no_payee_reads_a_form_and_no_other_sends_one(people, month):
    send(people, month)
    path = f"{FORMS}{TaxForm.objects.get().pk}/"
    for person in (people.ada, people.bea, people.pia):
        for page in (FORMS, f"{path}file/", f"{path}take/"):
            assert person.get(page).status_code in {403, 404}
    for person in (people.bea, people.pia):
        assert person.get(address(month)).status_code in {403, 404}


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
def test_of_the_operator_only_owners_and_accountants_read_them(people, month, role):
    send(people, month)
    path = f"{FORMS}{TaxForm.objects.get().pk}/"
    Membership.objects.filter(organisation__kind=Organisation.Kind.OPERATOR).update(role=role)
    for page in (FORMS, f"{path}file/", f"{path}take/"):
        assert people.oda.get(page).status_code == 403
    assert people.oda.post(f"{path}take/").status_code == 403
    assert TaxForm.objects.get().is_waiting


def test_an_old_proof_is_asked_for_again(people, month):
    form = leave_tax_form(month, "A")
    for person, path in ((people.ada, address(month)), (people.oda, f"{FORMS}{form.pk}/file/")):
        session = person.session
        session.pop("account_authentication_methods", None)
        session.save()
        answer = person.get(path)
        assert answer.status_code == 302
        assert "payment-details" in answer.url or "tax-forms" in answer.url


@pytest.mark.parametrize(
    "attack",
    ["UPDATE royalty_taxform SET sha256 = ''", "DELETE FROM royalty_taxform"],
)
def test_the_database_keeps_what_was_sent(month, attack):
    leave_tax_form(month, "A")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
