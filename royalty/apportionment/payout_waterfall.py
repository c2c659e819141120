"""From what a payee's accounts hold to what is paid: the payout waterfall, in whole units.

Owns the arithmetic and the order of deductions; knows no account, no journal and no bank. (What a
statement draws as a waterfall is another thing: `royalty.documents.waterfall`.)

The waterfall starts from the whole units (cents, say) of a balance; what is below a unit stays on
the payee's account and is not lost. Each step takes from what the steps before it left over, so the
contractual order is data: fee, reserve, recoupment of advances, withholding of tax. Rates round
half-up to the unit. Because every step maps a larger rest to a rest that is not smaller, whoever
is owed more is never paid less; that is why the balance is cut to whole units first and not last.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from royalty.apportionment.snapshot import WHOLE_PPM

Rule = Literal["fee", "reserve", "release", "recoupment", "withholding"]
RULES: tuple[Rule, ...] = get_args(Rule)


@dataclass(frozen=True)
class PayoutTerms:
    """What was agreed with a payee about deductions.

    order: each of the rules once; "release" is where reserves that are due come back, after the
    fee and the reserve by default, since both were taken of them before. crosses_contracts: an
    advance under one contract is also recouped from what others earned. unit_atoms: what amounts
    are rounded to. Raises ValueError for rates outside 0 .. 1e6 ppm, another order or no unit.
    """

    unit_atoms: int
    fee_ppm: int = 0
    reserve_ppm: int = 0
    withholding_ppm: int = 0
    crosses_contracts: bool = False
    order: Sequence[str] = RULES

    def __post_init__(self) -> None:
        for name in ("fee_ppm", "reserve_ppm", "withholding_ppm"):
            if not 0 <= getattr(self, name) <= WHOLE_PPM:
                raise ValueError(f"{name} is {getattr(self, name)}; it lies in 0 .. {WHOLE_PPM}.")
        if sorted(self.order) != sorted(RULES):
            raise ValueError(
                f"The order {', '.join(self.order) or 'is empty'}; name each of "
                f"{', '.join(RULES)} once."
            )
        if self.unit_atoms < 1:
            raise ValueError(f"The unit is {self.unit_atoms} atoms; it is at least 1.")


@dataclass(frozen=True)
class PayeeBalance:
    """What a payee's accounts under one contract hold, in atoms.

    gross_atoms may be negative after corrections; released_atoms are reserves that are due, and
    unrecouped_atoms is what is left of advances. Raises ValueError if one of these is negative.
    """

    contract: str
    gross_atoms: int
    released_atoms: int = 0
    unrecouped_atoms: int = 0

    def __post_init__(self) -> None:
        if self.released_atoms < 0 or self.unrecouped_atoms < 0:
            raise ValueError(f"{self.contract}: reserves due and advances are not negative.")


@dataclass(frozen=True)
class Deduction:
    """A line of the waterfall: `rule` took `atoms` of `base_atoms`; "release" gave them.

    rate_ppm is None where no rate decides. contract names whose advance a recoupment paid back.
    """

    rule: Rule
    base_atoms: int
    rate_ppm: int | None
    atoms: int
    contract: str


@dataclass(frozen=True)
class Settlement:
    """What becomes of a balance: gross + released = deductions + payable, left stays behind."""

    contract: str
    gross_atoms: int  # taken off the payee's account: whole units
    deductions: tuple[Deduction, ...]
    payable_atoms: int
    left_atoms: int  # stays on the account: below one unit, or all of a negative balance

    def total_atoms(self, rule: Rule) -> int:
        """What one rule took (or, for "release", gave)."""
        return sum(each.atoms for each in self.deductions if each.rule == rule)

    @property
    def is_empty(self) -> bool:
        """Nothing was there to settle."""
        return self.gross_atoms == 0 and not self.deductions


@dataclass
class _Course:
    """The waterfall on its way down: what is left, and the lines so far."""

    terms: PayoutTerms
    contract: str
    rest_atoms: int
    lines: list[Deduction] = field(default_factory=list)

    def take_rate(self, rule: Rule, rate_ppm: int) -> None:
        divisor, unit = WHOLE_PPM * self.terms.unit_atoms, self.terms.unit_atoms
        atoms = (2 * self.rest_atoms * rate_ppm + divisor) // (2 * divisor) * unit
        self._take(rule, rate_ppm, atoms, self.contract)

    def recoup(self, advances: Sequence[tuple[str, int]]) -> None:
        for contract, unrecouped_atoms in advances:
            whole_atoms = unrecouped_atoms - unrecouped_atoms % self.terms.unit_atoms
            self._take("recoupment", None, min(whole_atoms, self.rest_atoms), contract)

    def release(self, atoms: int) -> None:
        if atoms:
            self.lines.append(Deduction("release", self.rest_atoms, None, atoms, self.contract))
            self.rest_atoms += atoms

    def _take(self, rule: Rule, rate_ppm: int | None, atoms: int, contract: str) -> None:
        if atoms:
            self.lines.append(Deduction(rule, self.rest_atoms, rate_ppm, atoms, contract))
            self.rest_atoms -= atoms


def settle_payee(balances: Sequence[PayeeBalance], terms: PayoutTerms) -> tuple[Settlement, ...]:
    """The waterfall of each of a payee's balances, in their order.

    Every contract's own advance comes first. Where the terms cross contracts, what is left of the
    advances of the others is recouped from what a contract still has, in the order given.
    """
    own = [(balance.contract, balance.unrecouped_atoms) for balance in balances]
    settled = [_settle(each, terms, [own[n]]) for n, each in enumerate(balances)]
    if not terms.crosses_contracts:
        return tuple(settled)
    open_atoms = {
        contract: atoms - settled[n].total_atoms("recoupment")
        for n, (contract, atoms) in enumerate(own)
    }
    crossed = []
    for n, balance in enumerate(balances):
        others = [each for each in open_atoms.items() if each[0] != balance.contract]
        settlement = _settle(balance, terms, [own[n], *others])
        for line in settlement.deductions:
            if line.rule == "recoupment" and line.contract != balance.contract:
                open_atoms[line.contract] -= line.atoms
        crossed.append(settlement)
    return tuple(crossed)


def _settle(
    balance: PayeeBalance, terms: PayoutTerms, advances: Sequence[tuple[str, int]]
) -> Settlement:
    """One balance through the waterfall. A negative one is left as it is, reserves included."""
    if balance.gross_atoms < 0:
        return Settlement(balance.contract, 0, (), 0, balance.gross_atoms)
    left_atoms = balance.gross_atoms % terms.unit_atoms
    course = _Course(terms, balance.contract, balance.gross_atoms - left_atoms)
    for rule in sorted(RULES, key=terms.order.index):
        if rule == "release":
            course.release(balance.released_atoms)
        elif rule == "recoupment":
            course.recoup(advances)
        else:
            course.take_rate(rule, getattr(terms, f"{rule}_ppm"))
    return Settlement(
        contract=balance.contract,
        gross_atoms=balance.gross_atoms - left_atoms,
        deductions=tuple(course.lines),
        payable_atoms=course.rest_atoms,
        left_atoms=left_atoms,
    )
