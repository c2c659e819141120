"""The lines of one statement: a page of them, filtered, and the tracks that they come from.

A line's name is its row in the allocation of the statement's run. A statement names its run and a
run never changes, so the name is stable; a row of another party is no line of the statement.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from royalty.apportionment import IntArray, LineKind
from royalty.documents import LineSource, StatementLine
from royalty.models import Statement
from royalty.selectors.lines import describe_rows, part, party_rows
from royalty.selectors.runs import (
    Books,
    Derivation,
    derivation_of,
    kept_books_of,
    kept_lines,
)

KINDS = {
    LineSource.ATTRIBUTED: LineKind.ATTRIBUTED,
    LineSource.FALLBACK: LineKind.FALLBACK_EQUAL,
}


class NoLineError(LookupError):
    """The statement has no such line."""


@dataclass(frozen=True)
class NumberedLine:
    """A line and its name."""

    row: int
    line: StatementLine


@dataclass(frozen=True)
class LinePage:
    """Some of the lines that a filter lets through; count and sum are those of all of them."""

    lines: tuple[NumberedLine, ...]
    count: int
    atoms: int


@dataclass(frozen=True)
class TrackEarnings:
    """What a track earned for the payee in a statement, in atoms."""

    ref: str
    attributed_atoms: int
    fallback_atoms: int
    piece_count: int

    @property
    def atoms(self) -> int:
        return self.attributed_atoms + self.fallback_atoms


@dataclass(frozen=True)
class PieceLine:
    """A generated piece that a track was found to have shaped, and what came of it."""

    statement: Statement
    row: int
    generation_id: str
    track_ref: str
    share_ppb: int
    atoms: int


def line_page(
    statement: Statement,
    *,
    source: LineSource | None = None,
    track_ref: str = "",
    start: int,
    size: int,
) -> LinePage:
    """The lines from `start` on, largest amount first, of one source or one track if told so.

    Raises:
        SnapshotError: the run's snapshot is missing or altered.
    """
    books = kept_books_of(statement.run)
    rows = _filtered(books, _rows_of(books, statement), source, track_ref)
    atoms = books.allocation.atoms[rows]
    rows = rows[np.lexsort((rows, -atoms))]
    shown = rows[start : start + size]
    lines = describe_rows(books, statement.party.ref, shown)
    numbered = tuple(map(NumberedLine, shown.tolist(), lines))
    return LinePage(numbered, len(rows), int(atoms.sum()))


def line_at(statement: Statement, row: int) -> StatementLine:
    """The line of that name.

    Raises:
        NoLineError: there is none, or it is another party's.
        SnapshotError: the run's snapshot is missing or altered.
    """
    books = kept_books_of(statement.run)
    if row not in _rows_of(books, statement):
        raise NoLineError(f"{statement} has no line {row}.")
    return describe_rows(books, statement.party.ref, np.array([row]))[0]


def tracks_earning(statement: Statement) -> tuple[TrackEarnings, ...]:
    """What each track earned for the payee, most first, ties by ref.

    Raises:
        SnapshotError: the run's snapshot is missing or altered.
    """
    return _tracks_earning(derivation_of(statement.run), statement.party.ref)


@lru_cache(maxsize=2_000)
def _tracks_earning(source: Derivation, party_ref: str) -> tuple[TrackEarnings, ...]:
    """Small beside the lines, so kept for many more statements than those are."""
    snapshot, lines = kept_lines(source)
    rows = party_rows(snapshot, lines, party_ref)
    tracks, position = np.unique(lines.track[rows], return_inverse=True)
    sums = np.zeros((3, len(tracks)), dtype=np.int64)  # attributed, fallback, pieces
    attributed = lines.kind[rows] == LineKind.ATTRIBUTED
    np.add.at(sums[0], position[attributed], lines.atoms[rows][attributed])
    np.add.at(sums[1], position[~attributed], lines.atoms[rows][~attributed])
    np.add.at(sums[2], position[attributed], 1)
    earnings = [
        TrackEarnings(snapshot.track_ids[track], *column)
        for track, column in zip(tracks.tolist(), sums.T.tolist(), strict=True)
    ]
    return tuple(sorted(earnings, key=lambda each: (-each.atoms, each.ref)))


def pieces_of(statement: Statement, track_refs: Collection[str]) -> list[PieceLine]:
    """The attributed lines of some tracks, largest amount first; without asking the database.

    Raises:
        SnapshotError: the run's snapshot is missing or altered.
    """
    books = kept_books_of(statement.run)
    snapshot, lines = books.snapshot, books.allocation
    tracks = [at for at, ref in enumerate(snapshot.track_ids) if ref in track_refs]
    rows = _filtered(books, _rows_of(books, statement), LineSource.ATTRIBUTED)
    rows = rows[np.isin(lines.track[rows], tracks)]
    shares = snapshot.share_indptr, snapshot.share_track, snapshot.share_ppb
    found = [
        PieceLine(
            statement=statement,
            row=row,
            generation_id=snapshot.generation_ids[piece],
            track_ref=snapshot.track_ids[track],
            share_ppb=part(shares, piece, track),
            atoms=atoms,
        )
        for row, piece, track, atoms in zip(
            rows.tolist(),
            lines.generation[rows].tolist(),
            lines.track[rows].tolist(),
            lines.atoms[rows].tolist(),
            strict=True,
        )
    ]
    return sorted(found, key=lambda each: (-each.atoms, each.row))


def _rows_of(books: Books, statement: Statement) -> IntArray:
    return party_rows(books.snapshot, books.allocation, statement.party.ref)


def _filtered(
    books: Books, rows: IntArray, source: LineSource | None, track_ref: str = ""
) -> IntArray:
    if source is not None:
        rows = rows[books.allocation.kind[rows] == KINDS[source]]
    if track_ref:
        refs = books.snapshot.track_ids
        track = refs.index(track_ref) if track_ref in refs else -1
        rows = rows[books.allocation.track[rows] == track]
    return rows
