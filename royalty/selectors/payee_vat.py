"""The VAT that payees with a self-billing agreement charge on what they are paid.

Its base is the payment before tax is withheld. An advance was paid, and taxed, when it was granted;
what recoups it bears no VAT again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from catalog.models import Party
from royalty.apportionment.payout_waterfall import Settlement
from royalty.models import SelfBilling
from royalty.selectors.payees import holds_on
from royalty.selectors.receivables import billing_details
from royalty.vat import Business, Vat, VatError, vat_atoms, vat_between


@dataclass(frozen=True)
class VatLine:
    """VAT on a part of a payout, in atoms."""

    base_atoms: int
    rate_ppm: int
    atoms: int


@dataclass(frozen=True)
class PayeeVat:
    """A payee's agreement and its VAT; `refusal` says why the two cannot be used."""

    agreement: SelfBilling
    vat: Vat
    refusal: str = ""


def self_billing_of(parties: Collection[Party], day: date) -> Mapping[int, PayeeVat]:
    """The VAT of each party that has an agreement on a day.  {party pk: its VAT}"""
    rows = SelfBilling.objects.filter(holds_on(day), party__in=parties)
    return {row.party_id: _vat(row) for row in rows.select_related("party")}


def vat_line(settlement: Settlement, found: PayeeVat | None, unit_atoms: int) -> VatLine | None:
    """What is added to a part of a payout; none without an agreement or a payment."""
    if found is None or settlement.payable_atoms == 0:
        return None
    base_atoms = settlement.payable_atoms + settlement.total_atoms("withholding")
    rate_ppm = found.vat.rate_ppm
    return VatLine(base_atoms, rate_ppm, vat_atoms(base_atoms, rate_ppm, unit_atoms))


def _vat(agreement: SelfBilling) -> PayeeVat:
    house = billing_details(None)
    if house is None:
        why = "writes invoices by self-billing, and the house has no billing details; enter them."
        return PayeeVat(agreement, Vat(0), f"{agreement.party} {why}")
    supplier = Business(agreement.country, agreement.vat_number)
    try:
        vat = vat_between(supplier, Business(house.country, house.vat_number), agreement.vat_ppm)
    except VatError as error:
        return PayeeVat(agreement, Vat(0), f"{agreement.party}: {error}")
    return PayeeVat(agreement, vat)
