"""Payees who charge VAT: what comes on top, which invoice is written, how it is undone."""

from datetime import date
from io import BytesIO, StringIO

import pypdf
import pytest
from django.core.management import call_command

from royalty.documents.invoice import invoice_pdf
from royalty.models import AccountKind, SelfBilledInvoice, SelfBilling
from royalty.selectors.invoice_document import self_billed_document
from royalty.selectors.ledger import trial_balance
from royalty.selectors.remittance import advice_of, summaries_of
from royalty.selectors.verification import verify_ledger
from royalty.services import payouts
from royalty.services.payouts import PayoutError
from royalty.services.self_billing import SelfBillingError
from tests.royalty.cast import CENT
from tests.royalty.money_in import (
    FRENCH_VAT,
    agree_self_billing,
    cents_on,
    enter_billing_details,
)
from tests.royalty.payees import (
    EARNED,
    PAYDAY,
    agree,
    approved,
    cents,
    draft,
    payout_of,
    sent,
    withhold,
)

pytestmark = pytest.mark.django_db
RECLAIMABLE = AccountKind.VAT_RECLAIMABLE


@pytest.fixture
def business(ready):
    """A writes no invoices itself: the house does, with 7 % VAT."""
    enter_billing_details(ready)
    agree_self_billing(ready, "A")
    return ready


def test_vat_comes_on_top_of_the_payout_and_is_to_be_reclaimed(business):
    batch = approved(business)
    assert cents(batch) == EARNED | {"A": 1255 + 88}  # 87.85 is rounded half-up
    assert cents_on(business, RECLAIMABLE) == 88
    assert cents_on(business, AccountKind.PAYOUT_CLEARING) == sum(EARNED.values()) + 88
    assert trial_balance().is_balanced
    assert verify_ledger() == []


def test_the_house_writes_the_payees_invoice_with_a_number_of_its_own_series(business):
    batch = approved(business)
    invoice = SelfBilledInvoice.objects.get()
    assert (invoice.label, invoice.payout) == ("SB-2026-0001", payout_of(batch, "A"))
    assert [atoms // CENT for atoms in (invoice.net_atoms, invoice.vat_atoms)] == [1255, 88]
    text = pypdf.PdfReader(_stream(invoice)).pages[0].extract_text()
    for said in (
        "Self-billing invoice SB-2026-0001",
        "Party A",
        "DE811569869",
        "13.43",
        "Article 224",
    ):
        assert said in text, said


def _stream(invoice) -> BytesIO:
    return BytesIO(invoice_pdf(self_billed_document(invoice)))


def test_the_base_is_what_is_paid_before_tax_is_withheld(business):
    agree(business, "A", valid_from=PAYDAY.date(), admin_fee_ppm=100_000)
    withhold(business, "A")
    part = payout_of(approved(business), "A").parts.get()
    # 12.55 less a fee of 1.26 is 11.29; 30 % of it is withheld, and 7 % of all of it is VAT.
    assert [atoms // CENT for atoms in (part.withholding_atoms, part.vat_atoms)] == [339, 79]
    assert part.payable_atoms // CENT == 1129 - 339 + 79


def test_across_a_border_of_the_union_the_house_owes_the_tax_itself(ready):
    enter_billing_details(ready)
    agree_self_billing(ready, "A", country="FR", vat_number=FRENCH_VAT, vat_ppm=200_000)
    assert cents(approved(ready)) == EARNED
    invoice = SelfBilledInvoice.objects.get()
    assert (invoice.vat_ppm, invoice.vat_atoms) == (0, 0)
    assert invoice.vat_sentence.startswith("Reverse charge")


def test_without_an_agreement_on_the_day_there_is_no_vat(ready):
    enter_billing_details(ready)
    agree_self_billing(ready, "A", valid_until=PAYDAY.date())
    assert cents(approved(ready)) == EARNED
    assert not SelfBilledInvoice.objects.exists()


def test_a_payment_that_comes_back_cancels_its_invoice_and_the_next_has_a_new_one(business):
    batch = sent(business)
    payout = payout_of(batch, "A")
    payouts.return_payout(payout=payout, reason="closed", user=business.ann, day=PAYDAY.date())
    assert cents_on(business, RECLAIMABLE) == 0
    assert [str(each) for each in SelfBilledInvoice.objects.order_by("pk")] == [
        "SB-2026-0001",
        "SBC-2026-0001",
    ]
    assert verify_ledger() == []
    approved(business)
    assert SelfBilledInvoice.objects.latest("pk").label == "SB-2026-0002"
    assert verify_ledger() == []


def test_the_payee_is_told_of_the_vat(business):
    payout = payout_of(approved(business), "A")
    advice = advice_of(payout)
    assert [(line.rule, line.atoms // CENT) for line in advice.lines] == [
        ("gross", 1255),
        ("vat", 88),
    ]
    payouts.export_batch(batch=payout.batch)
    payouts.mark_sent(batch=payout.batch, user=business.ann, as_of=PAYDAY)
    payouts.settle_batch(batch=payout.batch, user=business.ann, day=PAYDAY.date())
    (year,) = (each for each in summaries_of(2026) if each.payee_ref == "A")
    assert (year.vat_atoms // CENT, year.paid_atoms // CENT) == (88, 1343)


def test_an_agreement_that_is_made_after_the_draft_makes_it_stale(ready):
    enter_billing_details(ready)
    batch = draft(ready)
    agree_self_billing(ready, "A")
    with pytest.raises(PayoutError, match="is not what the books"):
        payouts.approve_batch(batch=batch, user=ready.ben, as_of=PAYDAY)


def test_without_billing_details_of_the_house_the_payee_waits(ready):
    agree_self_billing(ready, "A")
    batch = draft(ready)
    assert "A" not in cents(batch)
    assert any("the house has no billing details; enter them" in note for note in batch.notes)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"vat_number": "DE811569868"}, "is none of DE"),
        ({"vat_number": ""}, "This field cannot be blank"),
        ({"vat_ppm": 1_000_001}, "at most 100 %"),
        ({"valid_until": date(2025, 1, 1)}, "ends before it begins"),
    ],
    ids=["wrong number", "no number", "rate", "days"],
)
def test_what_cannot_be_agreed_is_said(ready, changes, why):
    with pytest.raises(SelfBillingError, match=why):
        agree_self_billing(ready, "A", **changes)
    assert not SelfBilling.objects.exists()


def test_a_new_agreement_ends_the_last(ready):
    first = agree_self_billing(ready, "A")
    agree_self_billing(ready, "A", valid_from=date(2026, 6, 1), vat_ppm=190_000)
    first.refresh_from_db()
    assert first.valid_until == date(2026, 6, 1)


def test_the_command_lists_them_and_writes_their_pdfs(business, tmp_path):
    approved(business)
    out = StringIO()
    call_command("invoices", "self", "--to", str(tmp_path / "own"), stdout=out)
    assert "13.43 EUR  SB-2026-0001" in out.getvalue()
    assert [path.name for path in (tmp_path / "own").iterdir()] == ["SB-2026-0001.pdf"]
