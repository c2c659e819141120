"""Whether what is agreed as most favoured is: nobody else has a better term on the same day.

A most favoured *contract* has no worse terms than any other of the same platform:

- commission: no other has a lower one;
- guarantee: no other in the same currency, for periods of the same length, has a higher one;
- composition's part: no other gives compositions more, where both contracts pay both rights. It is
  compared in this direction because the clause is a custom of music publishers, who agree to a
  split on the condition that nobody else's compositions get a larger part.

Most favoured *terms* of a payee are no worse than those of any other payee in the currency: nobody
has a lower fee, reserve or threshold.

What cannot be compared (another currency, an allocation model) breaks nothing. Each broken term is
one sentence, which names the best of the others. Nothing is changed by it: people agree anew.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from catalog.models import Platform
from common.money import currency
from royalty.models import Contract, PayeeTerms

PPM_A_PERCENT = 10_000
Agreement = Contract | PayeeTerms


@dataclass(frozen=True)
class Term:
    """Something that is agreed as a number, and in which direction it is better."""

    name: str
    field: str
    shown: Callable[[Agreement, int], str]
    is_better_higher: bool = False
    same: tuple[str, ...] = ()  # fields in which agreements must be alike to be compared

    def advantage(self, theirs: Agreement, mine: Agreement) -> int:
        """By how much the other's is better; 0 or less where it is not, or cannot be compared."""
        if any(getattr(theirs, field) != getattr(mine, field) for field in self.same):
            return 0
        difference = int(getattr(theirs, self.field)) - int(getattr(mine, self.field))
        return difference if self.is_better_higher else -difference

    def sentence(self, theirs: Agreement, mine: Agreement) -> str:
        better, own = (self.shown(row, getattr(row, self.field)) for row in (theirs, mine))
        return f"{mine} is most favoured, but {theirs} has {self.name} of {better}, not {own}."


def _percent(_row: Agreement, ppm: int) -> str:
    return f"{ppm / PPM_A_PERCENT:.10g} %"


def _amount(row: Agreement, minor: int) -> str:
    money = currency(row.currency)
    return f"{money.format_atoms(minor * money.atoms_per_minor)} {money.code}"


CONTRACT_TERMS = (
    Term("a commission", "commission_ppm", _percent),
    Term(
        "a guarantee",
        "guarantee_minor",
        _amount,
        is_better_higher=True,
        same=("currency", "period_months"),
    ),
    Term(
        "a part for the composition",
        "composition_ppm",
        _percent,
        is_better_higher=True,
        same=("rights",),
    ),
)
PAYEE_TERMS = (
    Term("a fee", "admin_fee_ppm", _percent),
    Term("a reserve", "reserve_ppm", _percent),
    Term("a threshold", "threshold_minor", _amount),
)


def contract_breaches(contract: Contract, day: date) -> list[str]:
    """Terms in which another contract of the platform is better on a day, a sentence each."""
    if not contract.most_favoured or not _holds(contract, day):
        return []
    others = Contract.objects.filter(_on(day), platform=contract.platform_id).order_by("code")
    return list(_worse(contract, list(others.exclude(pk=contract.pk)), CONTRACT_TERMS))


def payee_breaches(terms: PayeeTerms, day: date) -> list[str]:
    """Terms in which another payee in the currency is better off on a day, a sentence each."""
    if not terms.most_favoured or not _holds(terms, day):
        return []
    others = PayeeTerms.objects.filter(_on(day), currency=terms.currency).order_by("party__ref")
    rows = others.exclude(party=terms.party_id).select_related("party")
    return list(_worse(terms, list(rows), PAYEE_TERMS))


def platform_breaches(platform: Platform, day: date) -> list[str]:
    """What is broken in all most favoured contracts of a platform."""
    promised = Contract.objects.filter(_on(day), platform=platform, most_favoured=True)
    return [
        sentence
        for contract in promised.order_by("code")
        for sentence in contract_breaches(contract, day)
    ]


def currency_breaches(code: str, day: date) -> list[str]:
    """What is broken in all most favoured payees' terms in a currency."""
    promised = PayeeTerms.objects.filter(_on(day), currency=code, most_favoured=True)
    return [
        sentence
        for terms in promised.select_related("party").order_by("party__ref")
        for sentence in payee_breaches(terms, day)
    ]


def _worse(mine: Agreement, others: Sequence[Agreement], terms: Sequence[Term]) -> Iterator[str]:
    """A sentence for each term that another agreement has better: the best, ties to the first."""
    for term in terms:
        best = max(others, key=lambda other: term.advantage(other, mine), default=None)
        if best is not None and term.advantage(best, mine) > 0:
            yield term.sentence(best, mine)


def _holds(row: Agreement, day: date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or day < row.valid_until)


def _on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gt=day))
