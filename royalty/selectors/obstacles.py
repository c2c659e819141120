"""What stands between a payee and the next payment, as far as the payee can know and mend it.

Who is paid in the end the batch says (`royalty.selectors.payouts`), which people approve.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices

from catalog.models import Party
from royalty.models import SelfBilling
from royalty.selectors.payees import (
    bank_details_of,
    holds_on,
    tax_details_of,
    terms_of,
    waiting_bank_details_of,
    withholdings_of,
)
from royalty.selectors.statements import Standing


class Why(TextChoices):
    """Why a payable amount is not paid, or paid with more taken off than need be."""

    NO_TERMS = "no_terms"
    NO_BANK_DETAILS = "no_bank_details"
    BANK_DETAILS_WAIT = "bank_details_wait"  # until they count, nothing is paid to them
    BELOW_THRESHOLD = "below_threshold"
    DOCUMENT_LAPSED = "document_lapsed"  # it is paid, with the tax that the law says
    NO_SELF_BILLING = "no_self_billing"  # it has a VAT number, and is paid without VAT


@dataclass(frozen=True)
class Obstacle:
    """One reason, of one party and currency. `threshold_atoms` is what has to come together.

    The amount is what would be payable otherwise.
    """

    party: Party
    currency: str
    why: Why
    payable_atoms: int
    threshold_atoms: int = 0
    document: str = ""
    counts_from: datetime | None = None  # of bank details that wait


def obstacles_of(standings: Collection[Standing], day: date) -> list[Obstacle]:
    """Why what is payable would not be paid on a day, the largest amounts first."""
    payable: dict[tuple[Party, str], int] = {}
    for standing in standings:
        key = (standing.latest.party, standing.latest.currency)
        payable[key] = payable.get(key, 0) + standing.payable_atoms
    parties = {party for party, _ in payable}
    banks, withheld = bank_details_of(parties), withholdings_of(parties, day)
    waiting, unbilled = waiting_bank_details_of(parties), _without_self_billing(parties, day)
    found: list[Obstacle] = []
    for code in sorted({code for _, code in payable}):
        terms = terms_of(parties, code, day)
        for (party, currency), atoms in payable.items():
            if currency != code or atoms <= 0:
                continue
            agreed = terms.get(party.pk)
            if agreed is None:
                found.append(Obstacle(party, code, Why.NO_TERMS, atoms))
            elif atoms < agreed.threshold_minor * agreed.money.atoms_per_minor:
                least = agreed.threshold_minor * agreed.money.atoms_per_minor
                found.append(Obstacle(party, code, Why.BELOW_THRESHOLD, atoms, least))
            waits = waiting.get(party.pk)
            if waits is not None:
                since = waits.counts_from
                wait = Obstacle(party, code, Why.BANK_DETAILS_WAIT, atoms, counts_from=since)
                found.append(wait)
            elif party.pk not in banks:
                found.append(Obstacle(party, code, Why.NO_BANK_DETAILS, atoms))
            if party.pk in unbilled:
                found.append(Obstacle(party, code, Why.NO_SELF_BILLING, atoms))
            tax = withheld.get(party.pk)
            if tax is not None and tax.has_lapsed(day):
                document = Obstacle(party, code, Why.DOCUMENT_LAPSED, atoms, document=tax.document)
                found.append(document)
    return sorted(found, key=lambda each: (-each.payable_atoms, each.party.pk))


def _without_self_billing(parties: Collection[Party], day: date) -> set[int]:
    """Parties that named a VAT number, with whom no self-billing is agreed on the day."""
    agreements = SelfBilling.objects.filter(holds_on(day), party__in=parties)
    agreed = set(agreements.values_list("party_id", flat=True))
    said = tax_details_of(parties)
    return {party for party, tax in said.items() if tax.vat_number and party not in agreed}
