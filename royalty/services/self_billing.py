"""Agreeing self-billing with payees, and the invoices that the house writes for them.

An invoice is written when a payout is approved, with the VAT that the draft added, and cancelled by
another document when the payment comes back. Nothing is computed here: amounts are the payout's.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from royalty.models import Payout, SelfBilledInvoice, SelfBilling
from royalty.selectors.payee_vat import self_billing_of
from royalty.selectors.receivables import billing_details
from royalty.services.numbering import next_number
from royalty.vat import VatError, checked_vat_number

Series = SelfBilledInvoice.Series


class SelfBillingError(Exception):
    """What cannot be agreed with a payee; the message says why."""


@transaction.atomic
def agree_self_billing(agreement: SelfBilling) -> SelfBilling:
    """Write an agreement that begins; the one that holds without an end stops that day.

    Raises:
        SelfBillingError: no VAT number of the country, a rate above one, days that others cover.
    """
    try:
        agreement.vat_number = checked_vat_number(agreement.country, agreement.vat_number)
    except VatError as error:
        raise SelfBillingError(f"{agreement.party}: {error}") from error
    if agreement.valid_until is not None and agreement.valid_until <= agreement.valid_from:
        raise SelfBillingError(f"Self-billing with {agreement.party} ends before it begins.")
    before = SelfBilling.objects.filter(party=agreement.party, valid_until__isnull=True).first()
    if before is not None and before.valid_from < agreement.valid_from:
        before.valid_until = agreement.valid_from
        before.save(update_fields=["valid_until"])
    try:
        agreement.full_clean()
    except ValidationError as error:
        said = " ".join(error.messages)
        raise SelfBillingError(f"Self-billing with {agreement.party}: {said}") from error
    agreement.save()
    return agreement


def issue_self_billed(*, payout: Payout, user: User) -> SelfBilledInvoice | None:
    """The invoice for a payout that is being approved; none without an agreement or a payment."""
    day = payout.batch.posted_on
    found = self_billing_of([payout.party], day).get(payout.party_id)
    house = billing_details(None)
    if found is None or house is None or payout.payable_atoms == 0:
        return None
    parts = [part for part in payout.parts.all() if part.payable_atoms]
    tax_atoms = sum(part.vat_atoms for part in parts)
    return SelfBilledInvoice.objects.create(
        series=Series.INVOICE,
        year=day.year,
        number=next_number(SelfBilledInvoice, Series.INVOICE, day.year),
        issued_on=day,
        payout=payout,
        agreement=found.agreement,
        customer=house,
        net_atoms=sum(
            part.payable_atoms - part.vat_atoms + part.withholding_atoms for part in parts
        ),
        vat_ppm=found.vat.rate_ppm,
        vat_atoms=tax_atoms,
        gross_atoms=sum(part.payable_atoms + part.withholding_atoms for part in parts),
        vat_sentence=found.vat.sentence,
        issued_by=user,
    )


def cancel_self_billed(*, payout: Payout, user: User, day: date) -> SelfBilledInvoice | None:
    """Cancel the invoice of a payout that came back, with the same amounts under a new number."""
    invoice = payout.self_billed.filter(series=Series.INVOICE).first()
    if invoice is None:
        return None
    return SelfBilledInvoice.objects.create(
        series=Series.CANCELLATION,
        year=day.year,
        number=next_number(SelfBilledInvoice, Series.CANCELLATION, day.year),
        issued_on=day,
        payout=payout,
        agreement=invoice.agreement,
        customer=invoice.customer,
        cancels=invoice,
        net_atoms=invoice.net_atoms,
        vat_ppm=invoice.vat_ppm,
        vat_atoms=invoice.vat_atoms,
        gross_atoms=invoice.gross_atoms,
        vat_sentence=invoice.vat_sentence,
        issued_by=user,
    )
