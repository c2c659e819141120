"""What came of a period, as its platform may know it: how much, and by which kinds of lines.

Nothing here says what a rights holder gets: that is theirs to know.
"""

from dataclasses import dataclass

from common.money import PPB, Currency
from royalty.apportionment import LineKind
from royalty.models import AllocationRun, Period

PARTS = [kind.name.lower() for kind in LineKind]


@dataclass(frozen=True)
class PeriodResult:
    """The run that counts for a period; amounts in atoms."""

    run: AllocationRun
    period: Period

    @property
    def money(self) -> Currency:
        return self.period.contract.money

    @property
    def is_final(self) -> bool:
        return self.period.status == Period.Status.CLOSED

    @property
    def returned_atoms(self) -> int:
        """What goes back to the platform by contract."""
        return int(self.run.totals_atoms.get("to_platform", 0))

    @property
    def due_atoms(self) -> int:
        """What the platform owes for the period, before VAT."""
        return self.run.pool_atoms + self.run.guarantee_atoms - self.returned_atoms

    @property
    def attributed_ppb(self) -> int:
        """Of pool and guarantee, what follows from attributions."""
        shared = self.run.pool_atoms + self.run.guarantee_atoms
        attributed = int(self.run.totals_atoms.get("attributed", 0))
        return attributed * PPB // shared if shared else 0

    @property
    def parts_atoms(self) -> list[tuple[str, int]]:
        """The parts of pool and guarantee that are not nothing, by why they go where they go."""
        totals = self.run.totals_atoms
        return [(kind, totals[kind]) for kind in PARTS if totals.get(kind)]
