"""Money in, in the admin: what came in is read there, invoices are taken along as PDF."""

import pytest

from royalty.models import BillingDetails, Invoice, Match, Receipt, SelfBilledInvoice, SelfBilling
from royalty.selectors.receivables import open_atoms
from tests.admin.conftest import address

DETAILS = {
    **{"platform": "", "name": "Catalogue Ltd", "street": "", "building": "", "postcode": ""},
    **{"town": "Köln", "country": "DE", "vat_number": "de 136 695 976", "iban": ""},
}


@pytest.mark.parametrize("action", ["match", "keep_as_credit", "send_back", "undo"])
def test_what_is_done_with_receipts_is_done_in_the_portal(operator, world, action):
    before = open_atoms(Invoice.objects.get())
    for model in (Receipt, Match):
        form = {"action": action, "_selected_action": [model.objects.get().pk]}
        operator.post(address(model, "changelist"), form, follow=True)
    assert Match.objects.count() == 1
    assert open_atoms(Invoice.objects.get()) == before


@pytest.mark.parametrize("kind", [Invoice, SelfBilledInvoice], ids=["to a platform", "of a payee"])
def test_an_invoice_is_taken_along_as_pdf(operator, world, kind):
    row = kind.objects.get()
    page = address(kind, "change", row.pk).removesuffix("change/")
    response = operator.get(f"{page}pdf/")
    assert response.headers["Content-Disposition"] == f'attachment; filename="{row}.pdf"'
    assert response.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"vat_number": "DE136695975"}, "is none of DE"),
        ({"iban": "DE88370400440532013000"}, "wrong check digits"),
    ],
    ids=["vat", "iban"],
)
def test_billing_details_that_cannot_be_right_are_refused(operator, world, changes, why):
    before = BillingDetails.objects.count()
    page = operator.post(address(BillingDetails, "add"), DETAILS | changes).content.decode()
    assert why in page
    assert BillingDetails.objects.count() == before


def test_billing_details_are_added_in_one_form(operator, world, olga):
    operator.post(address(BillingDetails, "add"), DETAILS)
    newest = BillingDetails.objects.latest("pk")
    assert (newest.vat_number, newest.entered_by) == ("DE136695976", olga)


def test_self_billing_needs_a_vat_number_of_the_country(operator, world):
    form = {"party": world.parties["B"].pk, "country": "FR", "vat_number": "DE811569869"}
    form |= {"vat_ppm": 55_000, "valid_from": "2026-01-01"}
    page = operator.post(address(SelfBilling, "add"), form).content.decode()
    assert "does not begin with FR" in page
    operator.post(address(SelfBilling, "add"), form | {"vat_number": "FR 40 303 265 045"})
    assert SelfBilling.objects.get(country="FR").vat_number == "FR40303265045"
