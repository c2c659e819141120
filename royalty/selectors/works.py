"""What works earned for their payees over all statements, and through which generated pieces."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from catalog.models import Track
from royalty.models import Statement
from royalty.selectors.statement_lines import PieceLine, pieces_of, tracks_earning


@dataclass(frozen=True)
class Earned:
    """What a work earned in one currency, in atoms, through how many attributed lines."""

    attributed_atoms: int = 0
    fallback_atoms: int = 0
    line_count: int = 0

    @property
    def atoms(self) -> int:
        return self.attributed_atoms + self.fallback_atoms


Earnings = Mapping[str, Earned]  # by currency


def earnings_by_work(statements: Iterable[Statement]) -> dict[int, Earnings]:
    """{work: {currency: earned}} over the statements.

    Each statement's lines are derived once in a process; what its tracks earned stays known.

    Raises:
        SnapshotError: a run's snapshot is missing or altered.
    """
    rows = [(each.currency, track) for each in statements for track in tracks_earning(each)]
    refs = {track.ref for _, track in rows}
    work_of = dict(Track.objects.filter(ref__in=refs).values_list("ref", "work_id"))
    earned: dict[int, dict[str, Earned]] = {}
    for code, track in rows:
        if track.ref not in work_of:
            continue  # a work whose shares are no longer theirs
        of_work = earned.setdefault(work_of[track.ref], {})
        before = of_work.get(code, Earned())
        of_work[code] = Earned(
            before.attributed_atoms + track.attributed_atoms,
            before.fallback_atoms + track.fallback_atoms,
            before.line_count + track.piece_count,
        )
    return dict(earned)


def pieces_through(
    statements: Iterable[Statement], tracks: Collection[Track], *, limit: int
) -> tuple[list[PieceLine], int]:
    """Attributed lines of some tracks, the newest period first, and how many there are.

    Raises:
        SnapshotError: a run's snapshot is missing or altered.
    """
    refs = {track.ref for track in tracks}
    pieces = [
        piece
        for statement in statements
        if any(track.ref in refs and track.piece_count for track in tracks_earning(statement))
        for piece in pieces_of(statement, refs)
    ]
    return pieces[:limit], len(pieces)
