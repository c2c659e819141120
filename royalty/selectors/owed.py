"""Who is owed what for a period, and why; before the close as a preview, after it as posted."""

from dataclasses import dataclass

from catalog.models import Party
from royalty.apportionment import LineKind, to_minor_units
from royalty.models import Period
from royalty.selectors.lines import party_rows
from royalty.selectors.runs import Books, books_of, current_run
from royalty.selectors.statement_lines import LineList, NumberedLine

# Kinds of line, as a run stores them.
TO_PARTIES = ("attributed", "fallback_equal", "training_fee", "guarantee")


@dataclass(frozen=True)
class Owed:
    """What a party earned in a period.

    `minor` rounds the period as if it were settled alone: largest remainder at the payee.
    """

    party_ref: str
    party_name: str
    atoms: int
    minor: int
    attributed_atoms: int

    @property
    def fallback_atoms(self) -> int:
        return self.atoms - self.attributed_atoms


@dataclass(frozen=True)
class PlatformStatement:
    """What a platform's revenue of a period became, in atoms.

    `by_kind` sums to the pool and what the platform owes on top to reach its guarantee.
    """

    period: Period
    use_count: int
    gross_atoms: int
    commission_atoms: int
    pool_atoms: int
    guarantee_atoms: int
    by_kind: dict[str, int]
    exceptions: tuple[str, ...]

    @property
    def to_parties_atoms(self) -> int:
        return sum(self.by_kind.get(kind, 0) for kind in TO_PARTIES)

    @property
    def held_atoms(self) -> dict[str, int]:
        """Held money by reason."""
        return {kind: atoms for kind, atoms in self.by_kind.items() if kind.startswith("held_")}


def owed_by_party(period: Period) -> list[Owed]:
    """What each party earned, most first, ties by ref.

    Raises:
        NoRunError: the period is not computed.
        SnapshotError: its snapshot is missing or altered.
    """
    books = books_of(current_run(period))
    atoms = books.allocation.by_party()
    minor = to_minor_units(atoms, period.contract.money.atoms_per_minor).tolist()
    attributed = books.party_sums(LineKind.ATTRIBUTED)
    names = dict(Party.objects.filter(ref__in=books.snapshot.party_ids).values_list("ref", "name"))
    rows = zip(books.snapshot.party_ids, atoms.tolist(), minor, strict=True)
    owed = [
        Owed(ref, names[ref], earned, cents, attributed[ref])
        for ref, earned, cents in rows
        if earned
    ]
    return sorted(owed, key=lambda row: (-row.atoms, row.party_ref))


def why(books: Books, party_ref: str, limit: int = 10) -> list[NumberedLine]:
    """The lines through which a party earned most: piece, track, shares and amount."""
    rows = party_rows(books.snapshot, books.allocation, party_ref)
    return LineList(books, party_ref, rows)[:limit]


def platform_statement(period: Period) -> PlatformStatement:
    """What the period's revenue became.

    Raises:
        NoRunError: the period is not computed.
    """
    run = current_run(period)
    return PlatformStatement(
        period=period,
        use_count=run.use_count,
        gross_atoms=run.gross_atoms,
        commission_atoms=run.commission_atoms,
        pool_atoms=run.pool_atoms,
        guarantee_atoms=run.guarantee_atoms,
        by_kind=dict(run.totals_atoms),
        exceptions=tuple(run.exceptions),
    )
