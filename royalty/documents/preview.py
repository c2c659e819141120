"""A period beside the one before it, party by party, and as CSV. Pure: no database, no clock."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, fields

from common.money import Currency
from royalty.documents.csv.cells import defused

PPM = 1_000_000


@dataclass(frozen=True)
class Figures:
    """What a party got from one period, in atoms, and what it came from.

    `uses` counts the uses of pieces in which the party's music had a share; `pool_atoms` is what
    all parties and accounts shared.
    """

    attributed_atoms: int = 0
    other_atoms: int = 0  # fallback, training fee, guarantee
    uses: int = 0
    pool_atoms: int = 0

    @property
    def earned_atoms(self) -> int:
        return self.attributed_atoms + self.other_atoms

    @property
    def part_ppm(self) -> int:
        """Its part of the pool, rounded down."""
        return self.earned_atoms * PPM // self.pool_atoms if self.pool_atoms else 0


@dataclass(frozen=True)
class Change:
    """A party in the last period and in this one."""

    party_ref: str
    party_name: str
    before: Figures
    now: Figures
    adjustment_atoms: int  # of earlier periods, posted in this one

    @property
    def difference_atoms(self) -> int:
        return self.now.earned_atoms - self.before.earned_atoms

    @property
    def is_new(self) -> bool:
        return self.before.earned_atoms == 0

    @property
    def has_vanished(self) -> bool:
        return self.now.earned_atoms == 0

    @property
    def pool_effect_atoms(self) -> int:
        """How the difference would be if only the pool had changed; rounded down."""
        if not self.before.pool_atoms:
            return 0
        grown = self.before.earned_atoms * self.now.pool_atoms // self.before.pool_atoms
        return grown - self.before.earned_atoms

    @property
    def part_effect_atoms(self) -> int:
        """The rest of the difference: its part of the pool changed."""
        return self.difference_atoms - self.pool_effect_atoms

    def reasons(self, money: Currency) -> list[str]:
        """Why it changed, as far as the figures say."""
        if self.is_new or self.has_vanished:
            told = ["earned nothing in the last period" if self.is_new else "earned nothing now"]
        else:
            told = list(self._effects(money))
        if self.before.uses != self.now.uses:
            told.append(f"{self.now.uses:,} uses of its music, not {self.before.uses:,}")
        if self.before.other_atoms != self.now.other_atoms:
            told.append(
                f"without a piece (fallback, fee, guarantee) {_money(self.now.other_atoms, money)},"
                f" not {_money(self.before.other_atoms, money)}"
            )
        if self.adjustment_atoms:
            told.append(
                f"corrections of earlier periods {_money(self.adjustment_atoms, money)} on top"
            )
        return told

    def _effects(self, money: Currency) -> Iterator[str]:
        if self.pool_effect_atoms:
            yield f"the pool changed: {_signed(self.pool_effect_atoms, money)}"
        if self.part_effect_atoms:
            yield (
                f"its part of the pool is {_percent(self.now.part_ppm)}, not "
                f"{_percent(self.before.part_ppm)}: {_signed(self.part_effect_atoms, money)}"
            )


@dataclass(frozen=True)
class Preview:
    """All parties of a period beside those of the one before, largest changes first."""

    title: str
    previous_title: str  # empty for a contract's first period
    money: Currency
    changes: tuple[Change, ...]

    def why(self, change: Change) -> str:
        """Why a party's amount changed; empty where there was no period before."""
        return "; ".join(change.reasons(self.money) or ["the same"]) if self.previous_title else ""

    @property
    def before_atoms(self) -> int:
        return sum(change.before.earned_atoms for change in self.changes)

    @property
    def now_atoms(self) -> int:
        return sum(change.now.earned_atoms for change in self.changes)

    @property
    def adjustment_atoms(self) -> int:
        return sum(change.adjustment_atoms for change in self.changes)


FIGURES = [field.name for field in fields(Figures)]
COLUMNS = (
    *("party_ref", "party", "currency"),
    *("earned_before", "earned_now", "difference", "adjustments", "why"),
    *(f"{name}_before" for name in FIGURES),
    *(f"{name}_now" for name in FIGURES),
    *("difference_atoms", "adjustment_atoms"),
)


def preview_csv(preview: Preview) -> bytes:
    """A row a party and a last one with the totals; RFC 4180, UTF-8, amounts to the atom."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_row(change, preview) for change in preview.changes)
    total = [preview.before_atoms, preview.now_atoms, preview.now_atoms - preview.before_atoms]
    amounts = [_money(atoms, preview.money) for atoms in (*total, preview.adjustment_atoms)]
    blank = [""] * (1 + 2 * len(FIGURES))
    writer.writerow(
        ["", "total", preview.money.code, *amounts, *blank, total[2], preview.adjustment_atoms]
    )
    return text.getvalue().encode()


def _row(change: Change, preview: Preview) -> list[object]:
    before, now, money = change.before, change.now, preview.money
    amounts = (before.earned_atoms, now.earned_atoms, change.difference_atoms)
    return [
        defused(change.party_ref),
        defused(change.party_name),
        money.code,
        *(_money(atoms, money) for atoms in (*amounts, change.adjustment_atoms)),
        defused(preview.why(change)),
        *(getattr(before, name) for name in FIGURES),
        *(getattr(now, name) for name in FIGURES),
        change.difference_atoms,
        change.adjustment_atoms,
    ]


def _money(atoms: int, money: Currency) -> str:
    return money.format_atoms(atoms, money.atom_decimals)


def _signed(atoms: int, money: Currency) -> str:
    return f"{'+' if atoms > 0 else ''}{_money(atoms, money)}"


def _percent(ppm: int) -> str:
    return f"{ppm // 10_000}.{ppm % 10_000 // 100:02d} %"
