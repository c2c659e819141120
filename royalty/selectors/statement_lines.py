"""The lines of one statement: some of them at a time, and the tracks that they come from.

A line's name is its row in the allocation of the statement's run. A statement names its run and a
run never changes, so the name is stable; a row of another party is no line of the statement.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import overload

import numpy as np

from royalty.apportionment import IntArray, LineKind
from royalty.documents import LineSource, StatementLine
from royalty.models import Statement
from royalty.selectors.lines import SOURCES, describe_rows, part, party_rows, track_texts
from royalty.selectors.runs import (
    Books,
    Derivation,
    derivation_of,
    kept_books_of,
    kept_lines,
)

KINDS = {source: kind for kind, source in SOURCES.items()}


class NoLineError(LookupError):
    """The statement has no such line."""


@dataclass(frozen=True)
class NumberedLine:
    """A line and its name."""

    row: int
    line: StatementLine


class LineOrder(StrEnum):
    """How the lines of a statement follow each other; within a name the largest amount first."""

    LARGEST = "largest"
    SMALLEST = "smallest"
    WORK = "work"  # by title
    PIECE = "piece"  # by the platform's id, lines without a piece last


class LineList(Sequence[NumberedLine]):
    """Lines of a statement, the largest amount first; only those that are asked for are described.

    Describing some takes a fixed number of queries. With `rank`, one number a row, the lowest come
    first.
    """

    def __init__(
        self, books: Books, party_ref: str, rows: IntArray, rank: IntArray | None = None
    ) -> None:
        atoms = books.allocation.atoms[rows]
        self.atoms = int(atoms.sum())
        self._rows = rows[np.lexsort((rows, -atoms) if rank is None else (rows, -atoms, rank))]
        self._books, self._party_ref = books, party_ref

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> NumberedLine: ...
    @overload
    def __getitem__(self, at: slice) -> list[NumberedLine]: ...
    def __getitem__(self, at: int | slice) -> NumberedLine | list[NumberedLine]:
        if isinstance(at, int):
            return self._described(self._rows[[at]])[0]
        return self._described(self._rows[at])

    def _described(self, rows: IntArray) -> list[NumberedLine]:
        lines = describe_rows(self._books, self._party_ref, rows)
        return [NumberedLine(row, line) for row, line in zip(rows.tolist(), lines, strict=True)]


@dataclass(frozen=True)
class TrackEarnings:
    """What a track earned for the payee in a statement, in atoms."""

    ref: str
    attributed_atoms: int
    fallback_atoms: int  # earned without a piece: by the fallback, or by a training fee
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


def lines_of(
    statement: Statement,
    *,
    source: LineSource | None = None,
    track_ref: str = "",
    order: LineOrder = LineOrder.LARGEST,
) -> LineList:
    """A statement's lines, of one source or one track if told so, in an order.

    Raises:
        SnapshotError: the run's snapshot is missing or altered.
    """
    books = kept_books_of(statement.run)
    rows = _filtered(books, _rows_of(books, statement), source, track_ref)
    return LineList(books, statement.party.ref, rows, _rank(books, rows, order))


def _rank(books: Books, rows: IntArray, order: LineOrder) -> IntArray | None:
    """The place of each row's name among the names, (n_rows,); none where amounts alone decide."""
    lines, snapshot = books.allocation, books.snapshot
    if order is LineOrder.SMALLEST:
        return lines.atoms[rows]
    if order is LineOrder.WORK:
        tracks, position = np.unique(lines.track[rows], return_inverse=True)
        refs = [snapshot.track_ids[track] if track >= 0 else "" for track in tracks.tolist()]
        texts = track_texts(books.run, {ref for ref in refs if ref})
        names = [(texts[ref].title.casefold() if ref else "", ref) for ref in refs]
        return _places(names)[position]
    if order is LineOrder.PIECE:
        pieces, position = np.unique(lines.generation[rows], return_inverse=True)
        ids = [(at < 0, snapshot.generation_ids[at] if at >= 0 else "") for at in pieces.tolist()]
        return _places(ids)[position]
    return None


def _places(names: Sequence[tuple[object, ...]]) -> IntArray:
    """The place of each name once they are sorted."""
    order = sorted(range(len(names)), key=names.__getitem__)
    places = np.empty(len(names), dtype=np.int64)
    places[order] = np.arange(len(names))
    return places


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
