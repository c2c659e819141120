"""The lines of one party, derived from a run: which piece, which track, how much, and why."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from attribution.models import Attribution, Generation
from catalog.models import Right, Role, Share, Track
from royalty.apportionment import Allocation, IntArray, LineKind, Snapshot, undisputed_ppm
from royalty.documents import LineSource, StatementLine
from royalty.models import AllocationRun
from royalty.selectors.runs import Books

MAKERS = {Right.COMPOSITION: Role.COMPOSER, Right.RECORDING: Role.PERFORMER}
SOURCES = {
    LineKind.ATTRIBUTED: LineSource.ATTRIBUTED,
    LineKind.FALLBACK_EQUAL: LineSource.FALLBACK,
    LineKind.TRAINING_FEE: LineSource.TRAINING,
    LineKind.GUARANTEE: LineSource.GUARANTEE,
}
Interval = tuple[int | None, int | None]  # ppb, lowest and highest over the ensemble


@dataclass(frozen=True)
class TrackText:
    """What a statement prints about a track."""

    title: str
    artist: str
    isrc: str


def party_lines(books: Books, party_ref: str) -> list[StatementLine]:
    """What a party earned in a run, line by line, in the allocation's order."""
    rows = party_rows(books.snapshot, books.allocation, party_ref)
    return describe_rows(books, party_ref, rows)


def party_rows(snapshot: Snapshot, lines: Allocation, party_ref: str) -> IntArray:
    """Which rows of the allocation are a party's: the names of its lines.  (n_lines,)"""
    if party_ref not in snapshot.party_ids:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(lines.party == snapshot.party_ids.index(party_ref))


def describe_rows(books: Books, party_ref: str, rows: IntArray) -> list[StatementLine]:
    """Rows of a party in words; a fixed number of queries, however many rows."""
    if not len(rows):
        return []
    describe = _Describer(books, books.snapshot.party_ids.index(party_ref), rows)
    return [describe.line(int(row)) for row in rows]


@lru_cache(maxsize=4)
def uses_by_generation(snapshot: Snapshot) -> IntArray:
    """Uses of each generation by all subscribers.  (G,)"""
    uses = np.zeros(len(snapshot.generation_ids), dtype=np.int64)
    np.add.at(uses, snapshot.usage_generation, snapshot.usage_count)
    uses.setflags(write=False)
    return uses


class _Describer:
    """Looks up, once for all lines of a party, what a line does not carry itself."""

    def __init__(self, books: Books, party: int, rows: IntArray) -> None:
        self._snapshot, self._lines, self._party = books.snapshot, books.allocation, party
        self._rights = books.run.period.contract.rights
        self._uses = uses_by_generation(self._snapshot)
        self._owned_ppm = undisputed_ppm(self._snapshot)
        tracks = {self._snapshot.track_ids[track] for track in self._lines.track[rows]}
        self._texts = track_texts(books.run, tracks)
        pieces = np.unique(self._lines.generation[rows])
        names = {self._snapshot.generation_ids[piece] for piece in pieces if piece >= 0}
        self._intervals = share_intervals(books.run, names, set(self._snapshot.track_ids))
        self._models = models_of(books.run, names)

    def line(self, row: int) -> StatementLine:
        snapshot, lines = self._snapshot, self._lines
        piece, track = int(lines.generation[row]), int(lines.track[row])
        ref, has_piece = snapshot.track_ids[track], piece >= 0
        name = snapshot.generation_ids[piece] if has_piece else None
        low_ppb, high_ppb = self._intervals.get((name, ref), (None, None))
        right = int(lines.right[row])
        return StatementLine(
            source=SOURCES[LineKind(int(lines.kind[row]))],
            track_id=ref,
            isrc=self._texts[ref].isrc,
            title=self._texts[ref].title,
            artist=self._texts[ref].artist,
            right_type=self._rights[right],
            ownership_ppm=part(
                (snapshot.owner_indptr, snapshot.owner_party, self._owned_ppm),
                track * snapshot.right_count + right,
                self._party,
            ),
            atoms=int(lines.atoms[row]),
            generation_id=name,
            model=self._models.get(name, ""),
            n_uses=int(self._uses[piece]) if has_piece else None,
            piece_revenue_atoms=int(lines.piece_revenue_atoms[piece]) if has_piece else None,
            share_ppb=part(
                (snapshot.share_indptr, snapshot.share_track, snapshot.share_ppb), piece, track
            )
            if has_piece
            else None,
            share_low_ppb=low_ppb,
            share_high_ppb=high_ppb,
        )


def part(table: tuple[IntArray, IntArray, IntArray], row: int, column: int) -> int:
    """The value at (row, column) of a CSR table whose columns ascend; 0 where there is none."""
    indptr, columns, values = table
    start, end = int(indptr[row]), int(indptr[row + 1])
    at = start + int(np.searchsorted(columns[start:end], column))
    return int(values[at]) if at < end and columns[at] == column else 0


def track_texts(run: AllocationRun, refs: Collection[str]) -> dict[str, TrackText]:
    """Titles of tracks, and who made what the contract pays: the composition, the recording."""
    makers: dict[str, list[str]] = {}
    for right in run.period.contract.rights:
        track_path = "work__tracks" if right == Right.COMPOSITION else "track"
        shares = Share.objects.filter(
            **{f"{track_path}__ref__in": refs}, right=right, role=MAKERS[right]
        ).order_by("party__ref", "pk")
        for ref, name in shares.values_list(f"{track_path}__ref", "party__name"):
            makers.setdefault(ref, []).append(name)
    titles = Track.objects.filter(ref__in=refs).values_list("ref", "title", "isrc")
    return {
        ref: TrackText(title, ", ".join(dict.fromkeys(makers.get(ref, []))), isrc)
        for ref, title, isrc in titles
    }


def models_of(run: AllocationRun, generations: Collection[str]) -> dict[str | None, str]:
    """Which model made each piece, by its name and version, as far as whoever asks sees them."""
    pieces = Generation.objects.filter(
        platform=run.period.contract.platform_id, external_id__in=generations
    )
    rows = pieces.values_list("external_id", "model_version__name", "model_version__version")
    words: dict[tuple[str, str], str] = {}  # one text a model, however many pieces
    return {
        name: words.setdefault((model, version), f"{model} {version}")
        for name, model, version in rows
    }


def share_intervals(
    run: AllocationRun, generations: Collection[str], refs: Collection[str]
) -> dict[tuple[str | None, str], Interval]:
    """How surely each share is known: {(generation, track): (low, high)}, where it was measured.

    `refs` are the tracks of the run's snapshot. Tracks that it has as one have the sums of their
    bounds, which is not narrower than the truth.

    A piece may also pay tracks that whoever asks does not see; those are left out.
    """
    attributions = (
        Attribution.objects.filter(
            run__in=run.attribution_runs,
            generation__platform=run.period.contract.platform_id,
            generation__external_id__in=generations,
            has_model_interval=True,
        )
        .order_by("run__finished_at", "run_id")  # the last one counts, as in the snapshot
        .select_related("generation")
    )
    by_piece = {attribution.generation.external_id: attribution for attribution in attributions}
    names = _names_in({track for found in by_piece.values() for track in found.track_ids}, refs)
    intervals: dict[tuple[str | None, str], tuple[int, int]] = {}
    for piece, found in by_piece.items():
        for track, low, high in zip(found.track_ids, found.low_ppb, found.high_ppb, strict=True):
            if track in names:
                low_before, high_before = intervals.get((piece, names[track]), (0, 0))
                intervals[piece, names[track]] = (low_before + low, high_before + high)
    return dict(intervals)


def _names_in(track_ids: Collection[int], refs: Collection[str]) -> dict[int, str]:
    """By what a snapshot names each track: its own ref, or that of the one it is merged into.

    A snapshot that was taken before the merge names the track itself.
    """
    rows = Track.objects.filter(pk__in=track_ids).values_list("pk", "ref", "merged_into__ref")
    return {
        pk: ref if merged_ref is None or ref in refs else merged_ref for pk, ref, merged_ref in rows
    }
