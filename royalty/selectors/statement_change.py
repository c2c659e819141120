"""How a statement differs from the payee's one before under the same contract, work by work.

What a statement brought is what its lines earned and what was corrected of earlier periods. The
differences of the tracks and of the corrections add up to the difference of both, to the atom.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from royalty.apportionment import IntArray, undisputed_ppm
from royalty.models import Statement
from royalty.selectors.lines import part, party_rows, uses_by_generation
from royalty.selectors.runs import kept_books_of
from royalty.selectors.statement_lines import tracks_earning
from royalty.selectors.statements import statements_of


class Moved(StrEnum):
    """Whether a track came, went, or earned more or less."""

    NEW = "new"
    GONE = "gone"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class TrackFacts:
    """What is known of why a track earned what it did in a period."""

    use_count: int  # of the pieces through which it earned
    owned_ppm: tuple[int, ...]  # the payee's part, right by right


@dataclass(frozen=True)
class TrackChange:
    """A track that earned differently, in atoms; facts are None where it earned nothing."""

    ref: str
    before_atoms: int
    after_atoms: int
    before: TrackFacts | None
    after: TrackFacts | None

    @property
    def atoms(self) -> int:
        return self.after_atoms - self.before_atoms

    @property
    def moved(self) -> Moved:
        if self.before is None:
            return Moved.NEW
        if self.after is None:
            return Moved.GONE
        return Moved.UP if self.atoms > 0 else Moved.DOWN

    @property
    def is_part_changed(self) -> bool:
        return bool(self.before and self.after and self.before.owned_ppm != self.after.owned_ppm)

    @property
    def are_uses_changed(self) -> bool:
        return bool(self.before and self.after and self.before.use_count != self.after.use_count)


@dataclass(frozen=True)
class StatementChange:
    """Both statements, and what differs, the largest difference first."""

    before: Statement
    after: Statement
    tracks: tuple[TrackChange, ...]

    @property
    def atoms(self) -> int:
        return _brought_atoms(self.after) - _brought_atoms(self.before)

    @property
    def adjustment_atoms(self) -> int:
        return self.after.adjustment_atoms - self.before.adjustment_atoms

    @property
    def before_atoms(self) -> int:
        return _brought_atoms(self.before)

    @property
    def after_atoms(self) -> int:
        return _brought_atoms(self.after)


def change_of(statement: Statement) -> StatementChange | None:
    """The change from the statement before; none if it is the first.

    Raises:
        SnapshotError: the snapshot of one of the two runs is missing or altered.
    """
    earlier = statements_of([statement.party]).filter(
        period__contract=statement.period.contract_id,
        period__ends_on__lte=statement.period.starts_on,
        currency=statement.currency,
    )
    before = earlier.first()  # the newest comes first
    if before is None:
        return None
    return StatementChange(before, statement, _tracks(before, statement))


def _tracks(before: Statement, after: Statement) -> tuple[TrackChange, ...]:
    earned = [{each.ref: each.atoms for each in tracks_earning(s)} for s in (before, after)]
    facts = [_facts(each) for each in (before, after)]
    changes = [
        TrackChange(
            ref,
            earned[0].get(ref, 0),
            earned[1].get(ref, 0),
            facts[0].get(ref),
            facts[1].get(ref),
        )
        for ref in earned[0].keys() | earned[1].keys()
    ]
    differing = [each for each in changes if each.atoms]
    return tuple(sorted(differing, key=lambda each: (-abs(each.atoms), each.ref)))


def _facts(statement: Statement) -> Mapping[str, TrackFacts]:
    """{track ref: facts} of all tracks that earned for the payee."""
    books = kept_books_of(statement.run)
    snapshot, lines = books.snapshot, books.allocation
    rows = party_rows(snapshot, lines, statement.party.ref)
    if not len(rows):
        return {}
    party = snapshot.party_ids.index(statement.party.ref)
    uses, pairs = uses_by_generation(snapshot), _pairs(lines.track[rows], lines.generation[rows])
    count = np.zeros(len(snapshot.track_ids), dtype=np.int64)
    np.add.at(count, pairs[:, 0], uses[pairs[:, 1]])
    owned = snapshot.owner_indptr, snapshot.owner_party, undisputed_ppm(snapshot)
    n_rights = snapshot.right_count
    return {
        snapshot.track_ids[track]: TrackFacts(
            int(count[track]),
            tuple(part(owned, track * n_rights + right, party) for right in range(n_rights)),
        )
        for track in np.unique(lines.track[rows]).tolist()
    }


def _pairs(tracks: IntArray, pieces: IntArray) -> IntArray:
    """Each piece once for each track, whichever rights its lines are of.  (n, 2)"""
    return np.unique(np.stack([tracks, pieces], axis=1)[pieces >= 0], axis=0)


def _brought_atoms(statement: Statement) -> int:
    return statement.earned_atoms + statement.adjustment_atoms
