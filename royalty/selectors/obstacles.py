"""What stands between a payee and the next payment, as far as the payee can know and mend it.

Who is paid in the end the batch says (`royalty.selectors.payouts`), which people approve.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices

from catalog.models import Party
from royalty.selectors.payees import bank_details_of, terms_of, withholdings_of
from royalty.selectors.statements import Standing


class Why(TextChoices):
    """Why a payable amount is not paid, or paid with more taken off than need be."""

    NO_TERMS = "no_terms"
    NO_BANK_DETAILS = "no_bank_details"
    BELOW_THRESHOLD = "below_threshold"
    DOCUMENT_LAPSED = "document_lapsed"  # it is paid, with the tax that the law says


@dataclass(frozen=True)
class Obstacle:
    """One reason, of one party and currency. `threshold_atoms` is what has to come together."""

    party: Party
    currency: str
    why: Why
    payable_atoms: int
    threshold_atoms: int = 0
    document: str = ""


def obstacles_of(standings: Collection[Standing], day: date) -> list[Obstacle]:
    """Why what is payable would not be paid on a day, the largest amounts first."""
    payable: dict[tuple[Party, str], int] = {}
    for standing in standings:
        key = (standing.latest.party, standing.latest.currency)
        payable[key] = payable.get(key, 0) + standing.payable_atoms
    parties = {party for party, _ in payable}
    banks, withheld = bank_details_of(parties), withholdings_of(parties, day)
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
            if party.pk not in banks:
                found.append(Obstacle(party, code, Why.NO_BANK_DETAILS, atoms))
            tax = withheld.get(party.pk)
            if tax is not None and tax.has_lapsed(day):
                document = Obstacle(party, code, Why.DOCUMENT_LAPSED, atoms, document=tax.document)
                found.append(document)
    return sorted(found, key=lambda each: (-each.payable_atoms, each.party.pk))
