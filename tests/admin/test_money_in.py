"""Money in, in the admin: receipts are matched by action, invoices are taken along as PDF."""

import pytest

from royalty.models import BillingDetails, Invoice, Match, Receipt, SelfBilledInvoice, SelfBilling
from royalty.selectors.receivables import credit_atoms, open_atoms, rest_atoms
from royalty.services import receivables
from tests.admin.conftest import address
from tests.royalty.cast import EURO
from tests.royalty.money_in import by

DETAILS = {
    **{"platform": "", "name": "Catalogue Ltd", "street": "", "building": "", "postcode": ""},
    **{"town": "Köln", "country": "DE", "vat_number": "de 136 695 976", "iban": ""},
}


@pytest.fixture
def unmatched(world) -> Receipt:
    """What paid the invoice, and was found to be wrong."""
    receipt = Receipt.objects.get()
    receivables.undo_match(match=receipt.matches.get(), by=by(world))
    return receipt


def act(operator, receipt: Receipt, action: str, about: str = "") -> str:
    form = {"action": action, "_selected_action": [receipt.pk], "about": about}
    return operator.post(address(Receipt, "changelist"), form, follow=True).content.decode()


def test_a_receipt_is_matched_with_the_invoice_that_is_named(operator, unmatched):
    invoice = Invoice.objects.get()
    assert "There is no invoice &#x27;INV-1&#x27;" in act(operator, unmatched, "match", "INV-1")
    assert "pays an invoice" in act(operator, unmatched, "match", " inv-2026-0001 ")
    assert open_atoms(invoice) == EURO
    assert "cannot be matched" in act(operator, unmatched, "match", "INV-2026-0001")


def test_a_receipt_is_kept_as_a_credit_which_pays_what_is_open(operator, unmatched, world):
    assert "There is no contract" in act(operator, unmatched, "keep_as_credit", "nothing")
    act(operator, unmatched, "keep_as_credit", "studio-2026")
    assert rest_atoms(unmatched) == credit_atoms(world.contract) == 0
    assert open_atoms(Invoice.objects.get()) == EURO


def test_a_match_is_undone(operator, world):
    match = Match.objects.get()
    form = {"action": "undo", "_selected_action": [match.pk]}
    page = operator.post(address(Match, "changelist"), form, follow=True).content.decode()
    assert "undone." in page
    assert open_atoms(Invoice.objects.get()) == 28 * EURO


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
