"""A run's lines as records, in the order of the leaves.

Order: by payee's id, inside a payee as allocated (generation, track), what is nobody's last. The
records carry what explains the amount beside it: uses and revenue of the piece, the shares.
A share is `share_parts` of `share_whole`: parts per billion, unless the contract's model weighs
tracks, when it is the weights by which the piece was split. Where a contract pays two rights, both
are multiplied by the right's part, in ppm, and the whole, so that it is the share of that right.
Records are formed by the column, because a period may have millions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from royalty.apportionment import (
    WHOLE_PPM,
    Allocation,
    IntArray,
    LineKind,
    Snapshot,
    undisputed_ppm,
)
from royalty.apportionment.allocation import attribution_weights, model_named
from royalty.apportionment.arrays import group_sums, row_groups, sum_at
from royalty.apportionment.ownership import NONE
from royalty.proof.encoding import field, record

_CHUNK = 65_536


class DisclosedLine(TypedDict):
    """A line as its payee reads it; the statement names payee and currency for all of them."""

    kind: str
    generation: str | None
    uses: int | None
    piece_revenue_atoms: int | None
    track: str | None
    share_parts: int | None
    share_whole: int | None
    right: str | None
    ownership_ppm: int | None
    atoms: int


@dataclass(frozen=True, eq=False)
class _Columns:
    """Parallel arrays (n_lines,) in the order of the leaves; -1 where there is nothing."""

    kind: IntArray
    generation: IntArray
    track: IntArray
    right: IntArray
    party: IntArray
    share_parts: IntArray
    share_whole: IntArray
    ownership_ppm: IntArray
    atoms: IntArray


class ProvenLines:
    """The lines of a run, and which of them are whose."""

    def __init__(
        self,
        snapshot: Snapshot,
        lines: Allocation,
        *,
        model: str,
        rights: Sequence[str],
        currency: str,
    ) -> None:
        """Of a contract that pays these rights, in the snapshot's order."""
        self._snapshot, self._currency = snapshot, currency
        # -1 finds the last: where one right is paid, also what has no track is under that right.
        self._rights: list[str | None] = [*rights, *((None,) if len(rights) > 1 else ())]
        self._columns = _columns(snapshot, lines, model)
        self._uses = sum_at(
            snapshot.usage_generation, snapshot.usage_count, len(snapshot.generation_ids)
        ).tolist()
        self._revenue_atoms = lines.piece_revenue_atoms.tolist()

    def __len__(self) -> int:
        return len(self._columns.atoms)

    def spans(self) -> dict[str | None, tuple[int, int]]:
        """From which line until before which one a payee's lie, by its id; None's are nobody's."""
        party = self._columns.party
        starts = np.flatnonzero(np.diff(party, prepend=-2)).tolist()
        ends = [*starts, len(party)][1:]
        return {
            None if party[start] == NONE else self._snapshot.party_ids[party[start]]: (start, end)
            for start, end in zip(starts, ends, strict=True)
        }

    def disclosed(self, start: int, end: int) -> Iterator[DisclosedLine]:
        """Lines in words and figures."""
        snapshot = self._snapshot
        for kind, piece, track, right, _, parts, whole, owned, atoms in self._rows(start, end):
            has_piece = piece != NONE
            yield DisclosedLine(
                kind=LineKind(kind).name.lower(),
                generation=snapshot.generation_ids[piece] if has_piece else None,
                uses=self._uses[piece] if has_piece else None,
                piece_revenue_atoms=self._revenue_atoms[piece] if has_piece else None,
                track=snapshot.track_ids[track] if track != NONE else None,
                share_parts=parts if has_piece else None,
                share_whole=whole if has_piece else None,
                right=self._rights[right],
                ownership_ppm=owned if owned != NONE else None,
                atoms=atoms,
            )

    def encoded(self) -> Iterator[bytes]:
        """The record of every line.

        What is the same for many lines is encoded once; -1 finds the last entry of each list,
        which is an absent field.
        """
        snapshot, currency = self._snapshot, field(self._currency)
        rights = [*map(field, self._rights)]
        kinds = {int(kind): record("line", kind.name.lower()) for kind in LineKind}
        facts = zip(snapshot.generation_ids, self._uses, self._revenue_atoms, strict=True)
        pieces = [*(record(*fact) for fact in facts), record(None, None, None)]
        tracks = [*map(field, snapshot.track_ids), field(None)]
        parties = [*map(field, snapshot.party_ids), field(None)]
        for start in range(0, len(self), _CHUNK):
            yield from [
                kinds[kind]
                + pieces[piece]
                + tracks[track]
                + _part(parts)
                + _part(whole)
                + rights[right]
                + parties[party]
                + _part(owned)
                + field(atoms)
                + currency
                for kind, piece, track, right, party, parts, whole, owned, atoms in self._rows(
                    start, start + _CHUNK
                )
            ]

    def _rows(self, start: int, end: int) -> Iterator[tuple[int, ...]]:
        columns = self._columns
        chosen = (
            *(columns.kind, columns.generation, columns.track, columns.right, columns.party),
            *(columns.share_parts, columns.share_whole, columns.ownership_ppm, columns.atoms),
        )
        return zip(*(column[start:end].tolist() for column in chosen), strict=True)


def _part(value: int) -> bytes:
    return field(value if value != NONE else None)


def _columns(snapshot: Snapshot, lines: Allocation, model: str) -> _Columns:
    n_tracks, n_parties = len(snapshot.track_ids), len(snapshot.party_ids)
    order = np.argsort(np.where(lines.party == NONE, n_parties, lines.party), kind="stable")
    chosen = (lines.generation, lines.track, lines.right, lines.party)
    piece, track, right, party = (column[order] for column in chosen)
    weights = attribution_weights(snapshot, model_named(model).track_factor(snapshot))
    # Among the weights, what is left of a piece stands after the last track.
    weighed = np.where(track == NONE, n_tracks, track)
    parts = _look_up(weights, piece, weighed, n_tracks + 1)
    whole = np.append(group_sums(weights[2], weights[0]), NONE)[piece]
    part_ppm, whole_ppm = _of_rights(snapshot, right)
    of_piece = piece != NONE
    owners = (snapshot.owner_indptr, snapshot.owner_party, undisputed_ppm(snapshot))
    owned_row = np.where(track == NONE, NONE, track * snapshot.right_count + right)
    return _Columns(
        kind=lines.kind[order],
        generation=piece,
        track=track,
        right=right,
        party=party,
        share_parts=np.where(of_piece, parts * part_ppm, NONE),
        share_whole=np.where(of_piece, whole * whole_ppm, NONE),
        ownership_ppm=_look_up(owners, owned_row, party, n_parties),
        atoms=lines.atoms[order],
    )


def _of_rights(snapshot: Snapshot, right: IntArray) -> tuple[IntArray, IntArray]:
    """By what a piece's share is multiplied to be that of a right: (part, whole) of each line."""
    if snapshot.right_count == 1:
        one = np.ones_like(right)
        return one, one
    whole = np.where(right == NONE, 1, WHOLE_PPM)
    return np.append(snapshot.right_ppm, 1)[right], whole


def _look_up(
    table: tuple[IntArray, IntArray, IntArray], row: IntArray, column: IntArray, n_columns: int
) -> IntArray:
    """The values at (row, column) of a CSR table, columns ascending; -1 where there is none."""
    indptr, columns, values = table
    known = row_groups(indptr) * n_columns + columns
    wanted = np.where((row == NONE) | (column == NONE), NONE, row * n_columns + column)
    at = np.searchsorted(known, wanted)
    found = (wanted != NONE) & (np.append(known, NONE)[at] == wanted)
    return np.where(found, np.append(values, NONE)[at], NONE)
