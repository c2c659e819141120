"""Both ends of a line's way: how the pool came about, and how atoms become what can be paid.

Every figure is one of the run's or the statement's; nothing is worked out but what those leave out.
"""

from dataclasses import dataclass
from fractions import Fraction

from royalty.models import Statement
from royalty.selectors.statement_document import Movement, movement_of

_WHOLE_PPM = 1_000_000


@dataclass(frozen=True)
class Origin:
    """The gross, the commission off it, and the pool, in atoms; a guarantee comes on top."""

    gross_atoms: int
    commission_ppm: int
    exact_commission_atoms: Fraction  # before it is rounded to the smallest coin
    commission_atoms: int
    pool_atoms: int
    use_count: int

    @property
    def is_rounded(self) -> bool:
        return self.exact_commission_atoms != self.commission_atoms


@dataclass(frozen=True)
class Ending:
    """From a line to the statement that it is on: what else moved the balance, and its coins.

    line + other lines + other changes + opening = `balance_atoms` = payable + carried.
    """

    line_atoms: int
    other_lines_atoms: int
    opening_atoms: int  # what earlier statements carried forward or called payable
    adjustment_atoms: int
    settled_atoms: int  # negative: paid out or kept back
    balance_atoms: int
    payable_atoms: int  # whole coins; what is below them is cut, not rounded
    carried_atoms: int  # goes on to the next statement; negative: earned next goes against it


def origin_of(statement: Statement) -> Origin:
    """What the platform took in, and what was taken off before anything was shared."""
    run, commission_ppm = statement.run, statement.period.contract.commission_ppm
    return Origin(
        gross_atoms=run.gross_atoms,
        commission_ppm=commission_ppm,
        exact_commission_atoms=Fraction(run.gross_atoms * commission_ppm, _WHOLE_PPM),
        commission_atoms=run.commission_atoms,
        pool_atoms=run.pool_atoms,
        use_count=run.use_count,
    )


def ending_of(statement: Statement, line_atoms: int) -> Ending:
    """Where a line's atoms are on its statement."""
    movement: Movement = movement_of(statement)
    return Ending(
        line_atoms=line_atoms,
        other_lines_atoms=statement.earned_atoms - line_atoms,
        opening_atoms=statement.opening_atoms,
        adjustment_atoms=statement.adjustment_atoms,
        settled_atoms=statement.settled_atoms,
        balance_atoms=statement.closing_atoms,
        payable_atoms=movement.payable_atoms,
        carried_atoms=movement.carried_atoms,
    )
