"""Who would be paid what on a day, by the books and the terms: proposed here, decided by people.

A proposal is a pure function of what the database holds; drafting writes it down, and approving
computes it again and refuses a draft that is not what comes out any more.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from catalog.models import Party
from common.money import Currency, currency
from royalty.apportionment.payout_waterfall import (
    PayeeBalance,
    PayoutTerms,
    Settlement,
    settle_payee,
)
from royalty.models import BankDetails, Contract, PayeeTerms, Period, Withholding
from royalty.selectors.collected import covered
from royalty.selectors.payable import payable_now, periods_on, reserves_due, unrecouped
from royalty.selectors.payee_vat import PayeeVat, self_billing_of
from royalty.selectors.payees import bank_details_of, terms_of, withholdings_of

Key = tuple[int, int]  # (party, contract), by primary key
Balances = Mapping[int, list[tuple[int, PayeeBalance]]]  # of each party, by contract


@dataclass(frozen=True)
class Proposal:
    """What a party would get. `refusal` says why it gets nothing now; `notes` go beside it."""

    party: Party
    settlements: tuple[Settlement, ...] = ()  # those that are not empty; contracts by their code
    terms: PayeeTerms | None = None
    bank_details: BankDetails | None = None
    withholding_document: str = ""
    vat: PayeeVat | None = None
    refusal: str = ""
    notes: tuple[str, ...] = ()

    @property
    def payable_atoms(self) -> int:
        """What is paid, without the VAT that comes on top."""
        return sum(settlement.payable_atoms for settlement in self.settlements)


@dataclass(frozen=True)
class _Facts:
    """Everything that a proposal for a day follows from."""

    day: date
    money: Currency
    contracts: Mapping[int, Contract]
    periods: Mapping[int, Period]
    terms: Mapping[int, PayeeTerms]
    withholdings: Mapping[int, Withholding]
    bank_details: Mapping[int, BankDetails]
    vat: Mapping[int, PayeeVat]
    balances: Balances
    owed: Mapping[Key, int]
    covered: Mapping[Key, int]  # of what is owed, where collected money does not suffice for it


def propose(code: str, day: date, parties: Collection[int] | None = None) -> list[Proposal]:
    """What each party (or each of some) would get in a currency on a day, by the party's ref.

    Parties for whom nothing was ever booked are left out.
    """
    money, owed = currency(code), payable_now(code)
    limited = covered(owed, code, money.atoms_per_minor)
    balances = _balances({**owed, **limited}, code, day)
    wanted = set(balances) if parties is None else set(parties) & set(balances)
    found = list(Party.objects.filter(pk__in=wanted).order_by("ref"))
    contracts = Contract.objects.filter(currency=code)
    facts = _Facts(
        day=day,
        money=money,
        contracts={contract.pk: contract for contract in contracts},
        periods=periods_on(code, day),
        terms=terms_of(found, code, day),
        withholdings=withholdings_of(found, day),
        bank_details=bank_details_of(found),
        vat=self_billing_of(found, day),
        balances=balances,
        owed=owed,
        covered=limited,
    )
    proposals = [_propose(party, facts) for party in found]
    return [each for each in proposals if each.settlements or each.refusal or each.notes]


def _balances(gross: Mapping[Key, int], code: str, day: date) -> Balances:
    """The accounts of each party, in the order of their contracts' codes."""
    advances, reserves = unrecouped(code), reserves_due(code, day)
    codes = dict(Contract.objects.filter(currency=code).values_list("pk", "code"))
    keys = sorted(gross.keys() | advances.keys(), key=lambda key: (key[0], codes[key[1]]))
    found: dict[int, list[tuple[int, PayeeBalance]]] = {}
    for key in keys:
        party, contract = key
        balance = PayeeBalance(
            contract=codes[contract],
            gross_atoms=gross.get(key, 0),
            released_atoms=max(0, reserves.get(key, 0)),
            unrecouped_atoms=max(0, advances.get(key, 0)),
        )
        found.setdefault(party, []).append((contract, balance))
    return found


def _propose(party: Party, facts: _Facts) -> Proposal:
    notes, balances = _with_open_period(party, facts)
    terms = facts.terms.get(party.pk)
    total_atoms = sum(each.gross_atoms + each.released_atoms for each in balances)
    if terms is None and total_atoms >= facts.money.atoms_per_minor:
        why = f"has {_amount(total_atoms, facts)} and no terms on {facts.day}; agree them first."
        return Proposal(party, refusal=f"{party} {why}", notes=notes)
    if terms is None:
        return Proposal(party, notes=notes)
    withholding = facts.withholdings.get(party.pk)
    settled = settle_payee(balances, _waterfall(terms, withholding, facts))
    proposal = Proposal(
        party=party,
        settlements=tuple(each for each in settled if not each.is_empty),
        terms=terms,
        bank_details=facts.bank_details.get(party.pk),
        withholding_document=_document(withholding, facts.day),
        vat=facts.vat.get(party.pk),
        notes=(*notes, *_remarks(party, settled, withholding, facts)),
    )
    return _refused(proposal, _why_not(proposal, facts))


def _with_open_period(party: Party, facts: _Facts) -> tuple[tuple[str, ...], list[PayeeBalance]]:
    """The balances that can be settled on the day, and a sentence about those that cannot."""
    notes, balances = [], []
    for contract, balance in facts.balances[party.pk]:
        if contract in facts.periods:
            balances.append(balance)
            notes.extend(_uncovered(party, contract, facts))
        elif balance.gross_atoms >= facts.money.atoms_per_minor:
            notes.append(
                f"{party} has {_amount(balance.gross_atoms, facts)} under {balance.contract}, "
                f"which has no open period on {facts.day} to post in; open one."
            )
    return tuple(notes), balances


def _uncovered(party: Party, contract: int, facts: _Facts) -> list[str]:
    """A sentence where the platform has not paid for all that a party is owed."""
    part = facts.covered.get((party.pk, contract))
    if part is None:
        return []
    owed, code = _amount(facts.owed[party.pk, contract], facts), facts.contracts[contract].code
    return [
        f"{party} is owed {owed} under {code}; what the platform has paid covers "
        f"{_amount(part, facts)}, and the rest stays owed."
    ]


def _waterfall(terms: PayeeTerms, withholding: Withholding | None, facts: _Facts) -> PayoutTerms:
    return PayoutTerms(
        unit_atoms=facts.money.atoms_per_minor,
        fee_ppm=terms.admin_fee_ppm,
        reserve_ppm=terms.reserve_ppm,
        withholding_ppm=0 if withholding is None else withholding.rate_ppm(facts.day),
        crosses_contracts=terms.crosses_contracts,
        order=tuple(terms.order),
    )


def _document(withholding: Withholding | None, day: date) -> str:
    """The document by which a reduced rate was withheld."""
    if withholding is None or withholding.has_lapsed(day):
        return ""
    return withholding.document


def _remarks(
    party: Party,
    settled: Collection[Settlement],
    withholding: Withholding | None,
    facts: _Facts,
) -> list[str]:
    """What the approver should know about who is paid, or owes."""
    remarks = [
        f"{party} owes {_amount(-each.left_atoms, facts)} under {each.contract} after corrections; "
        "that is set off against what it earns there next."
        for each in settled
        if each.left_atoms < 0
    ]
    withheld = any(each.total_atoms("withholding") for each in settled)
    if withheld and withholding is not None and withholding.has_lapsed(facts.day):
        remarks.append(
            f"{party}: {withholding.document} lapsed on {withholding.document_expires_on}, so "
            f"{withholding.statutory_ppm / 10_000:g} % is withheld by law; enter a new document."
        )
    return remarks


def _why_not(proposal: Proposal, facts: _Facts) -> str:
    """Why a party with something to settle gets nothing now; empty if it is paid."""
    payable_atoms, terms = proposal.payable_atoms, proposal.terms
    if payable_atoms == 0 or terms is None:
        return ""
    if proposal.vat is not None and proposal.vat.refusal:
        return proposal.vat.refusal
    threshold_atoms = terms.threshold_minor * facts.money.atoms_per_minor
    if payable_atoms < threshold_atoms:
        return (
            f"{proposal.party}: {_amount(payable_atoms, facts)} is below the threshold of "
            f"{_amount(threshold_atoms, facts)}; carried forward."
        )
    if proposal.bank_details is None:
        return (
            f"{proposal.party} has {_amount(payable_atoms, facts)} to be paid and no bank details; "
            "enter them and draft again."
        )
    return ""


def _refused(proposal: Proposal, refusal: str) -> Proposal:
    if not refusal:
        return proposal
    return Proposal(proposal.party, refusal=refusal, notes=proposal.notes)


def _amount(atoms: int, facts: _Facts) -> str:
    return f"{facts.money.format_atoms(atoms)} {facts.money.code}"
