"""From a pool of money to the lines that say who earned what through which music.

pool → pieces (the model) → tracks (attribution, ppb) → rights (ppm) → holders (ownership, ppm)

A model may also pay tracks without a piece (a training fee), and may multiply the shares of a track
in every piece before they are split (artist-centric). Where a contract guarantees more than the
pool, what is missing comes on top (`guarantee`).

Every arrow is an exact largest-remainder split, so the lines sum to the pool to the atom.
Wherever the data is silent the money stays visible on a line of its own kind instead of being
shared out: the unattributed part of a piece follows the contract's fallback, the unclaimed part of
a track is held and so is what its owners contest (`ownership`), money with no use to follow is held
or returned. All that a piece earns whose shares nobody could verify is held, whatever the fallback:
else whoever owes the money would gain by shares that cannot be believed.

Two tricks keep this vectorised. What is left of a share row is one more weight in it; and the
unattributed part of a piece is treated as a track after the last one, whose only "owner" is
nobody, so that all entries pass the ownership split together.

Order of lines: generation, track, right, party ascending, -1 (none) after all others; inside a
generation, a right's holders come before its held part, and the unattributed part last. The
equal fallback is one split of all unattributed money of the run, so its lines name no generation;
nor do those of a training fee. The lines of a guarantee come after all others, in the same order.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from royalty.apportionment.arrays import IntArray, offsets, row_groups, with_rest
from royalty.apportionment.guarantee import (
    earned_by_track,
    guaranteed_to_tracks,
    shortfall_atoms,
)
from royalty.apportionment.largest_remainder import split, split_groups
from royalty.apportionment.lines import Allocation, LineKind, Lines
from royalty.apportionment.models import MODELS, AllocationModel, PieceRevenue
from royalty.apportionment.ownership import NONE, Holders, by_right, holders
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import WHOLE_PPB, WHOLE_PPM, Snapshot, SnapshotError


def allocate(snapshot: Snapshot, model: str, pool_atoms: int, rules: Rules) -> Allocation:
    """Apportion a pool (gross less commission, in atoms; negative for a refund) to lines.

    Raises SnapshotError for a bad snapshot, for parameters that are not the model's, or if the
    equal fallback or the guarantee has no track to go to; KeyError's sentence names the models if
    `model` is unknown.
    """
    chosen = model_named(model)
    snapshot.validate()
    chosen.require_parameters(snapshot)
    revenue = chosen.piece_revenue(snapshot, pool_atoms, rules)
    pieces = _piece_lines(snapshot, revenue, rules)
    parts = [pieces]
    if rules.fallback == "equal_training_set":
        pieces, unattributed_atoms = _without_unattributed(pieces)
        parts = [pieces, _equal_lines(snapshot, unattributed_atoms)]
    by_track = revenue.track_atoms
    if by_track is not None:
        every = np.arange(len(by_track))
        parts.append(_track_lines(snapshot, every, by_track, LineKind.TRAINING_FEE))
    parts.append(_idle_line(revenue.idle_atoms, rules))
    missing_atoms = shortfall_atoms(pool_atoms, rules)
    guaranteed = _guarantee_lines(snapshot, parts, missing_atoms)
    lines = {
        name: np.concatenate([getattr(part, name) for part in (*parts, guaranteed)])
        for name in ("generation", "track", "right", "party", "kind", "atoms")
    }
    allocation = Allocation(
        **lines,
        pool_atoms=pool_atoms,
        guarantee_atoms=missing_atoms,
        guarantee_lines=len(guaranteed.atoms),
        idle_atoms=revenue.idle_atoms,
        without_piece_atoms=0 if by_track is None else int(by_track.sum()),
        piece_revenue_atoms=revenue.atoms,
        n_parties=len(snapshot.party_ids),
        n_rights=snapshot.right_count,
    )
    _assert_conserved(allocation)
    return allocation


def model_named(name: str) -> AllocationModel:
    """The registered model; raises KeyError with a sentence."""
    if name not in MODELS:
        raise KeyError(f"There is no allocation model {name!r}; known are {', '.join(MODELS)}.")
    return MODELS[name]


def attribution_weights(
    snapshot: Snapshot, track_factor: IntArray | None = None
) -> tuple[IntArray, IntArray, IntArray]:
    """(indptr (G + 1,), track, ppb): each row of shares with its unattributed rest at the end.

    The rest is given to the position after the last track. With a factor for each track its ppb
    are multiplied by it, those of the rest are not.
    """
    indptr, track, ppb = with_rest(
        snapshot.share_indptr,
        snapshot.share_track,
        snapshot.share_ppb,
        whole=WHOLE_PPB,
        rest_column=len(snapshot.track_ids),
    )
    return indptr, track, ppb if track_factor is None else ppb * np.append(track_factor, 1)[track]


def _piece_lines(snapshot: Snapshot, revenue: PieceRevenue, rules: Rules) -> Lines:
    """Lines of all pieces that earned something, unattributed parts included."""
    indptr, track, ppb = attribution_weights(snapshot, revenue.track_factor)
    earned = np.flatnonzero(revenue.atoms != 0)
    rows, row_indptr = _take_groups(indptr, earned)
    entry_atoms = split_groups(revenue.atoms[earned], ppb[rows], row_indptr)
    generation = earned[row_groups(row_indptr)]
    lines = _holder_lines(snapshot, generation, track[rows], entry_atoms, rules)
    return _holding_unverified(snapshot, lines)


def _holding_unverified(snapshot: Snapshot, lines: Lines) -> Lines:
    """Lines of pieces, with those of unverified ones held."""
    if not len(snapshot.unverified_generation):
        return lines
    held = snapshot.unverified_generation[lines.generation]
    return replace(lines, kind=np.where(held, int(LineKind.HELD_UNVERIFIED), lines.kind))


def _holder_lines(
    snapshot: Snapshot, generation: IntArray, track: IntArray, atoms: IntArray, rules: Rules
) -> Lines:
    """Split entries (generation, track or "unattributed", atoms) over rights, then over holders."""
    held = holders(snapshot)
    generation, owned, atoms = by_right(snapshot, generation, track, atoms)
    # One more row with one nameless owner carries the unattributed parts through the split.
    indptr = np.append(held.indptr, held.indptr[-1] + 1)
    party, ppm = np.append(held.party, NONE), np.append(held.ppm, WHOLE_PPM)
    paid = np.flatnonzero(atoms != 0)
    rows, row_indptr = _take_groups(indptr, owned[paid])
    line_atoms = split_groups(atoms[paid], ppm[rows], row_indptr)
    entry = paid[row_groups(row_indptr)]
    kept = np.flatnonzero(line_atoms != 0)
    entry, line_party = entry[kept], party[rows[kept]]
    track_of, right_of, kind_of_rest = _facts_of_rows(snapshot, held, rules)
    line_row = owned[entry]
    return Lines(
        generation=generation[entry],
        track=track_of[line_row],
        right=right_of[line_row],
        party=line_party,
        kind=np.where(line_party == NONE, kind_of_rest[line_row], int(LineKind.ATTRIBUTED)),
        atoms=line_atoms[kept],
    )


def _facts_of_rows(
    snapshot: Snapshot, held: Holders, rules: Rules
) -> tuple[IntArray, IntArray, IntArray]:
    """(track, right, kind of what is left) of each row of owners, then of what no track has."""
    n_tracks, n_rights = len(snapshot.track_ids), snapshot.right_count
    silent = LineKind.TO_PLATFORM if rules.fallback == "platform" else LineKind.HELD_UNATTRIBUTED
    rest = np.where(held.contested, LineKind.HELD_DISPUTED, LineKind.HELD_UNCLAIMED)
    return (
        np.append(np.repeat(np.arange(n_tracks), n_rights), NONE),
        np.append(np.tile(np.arange(n_rights), n_tracks), NONE),
        np.append(rest, silent).astype(np.int64),
    )


def _without_unattributed(lines: Lines) -> tuple[Lines, int]:
    """Take the unattributed parts out of the lines, not those that are held; also their sum."""
    known = (lines.track != NONE) | (lines.kind == LineKind.HELD_UNVERIFIED)
    rest = Lines(
        generation=lines.generation[known],
        track=lines.track[known],
        right=lines.right[known],
        party=lines.party[known],
        kind=lines.kind[known],
        atoms=lines.atoms[known],
    )
    return rest, int(lines.atoms[~known].sum())


def _equal_lines(snapshot: Snapshot, atoms: int) -> Lines:
    """One equal split of all unattributed money over the training set, then over holders."""
    training = np.flatnonzero(snapshot.training_track)
    if atoms and not len(training):
        raise SnapshotError(
            f"{atoms} atoms are unattributed and the contract splits them equally over the"
            " training set, but the snapshot marks no track as trained on."
        )
    by_track = split(atoms, np.ones_like(training))
    return _track_lines(snapshot, training, by_track, LineKind.FALLBACK_EQUAL)


def _track_lines(snapshot: Snapshot, track: IntArray, atoms: IntArray, kind: LineKind) -> Lines:
    """What tracks earned without a piece, over their holders; what is nobody's is held."""
    nowhere = np.full_like(track, NONE)
    lines = _holder_lines(snapshot, nowhere, track, atoms, Rules())
    kinds = np.where(lines.kind == LineKind.ATTRIBUTED, int(kind), lines.kind)
    return replace(lines, kind=kinds)


def _guarantee_lines(snapshot: Snapshot, earned: Sequence[Lines], atoms: int) -> Lines:
    """What comes on top of the pool, over tracks by what they earned, then over holders."""
    by_track = np.zeros(len(snapshot.track_ids), dtype=np.int64)
    for lines in earned if atoms else ():
        by_track += earned_by_track(snapshot, lines.track, lines.atoms)
    parts = guaranteed_to_tracks(snapshot, by_track, atoms)
    return _track_lines(snapshot, np.arange(len(parts)), parts, LineKind.GUARANTEE)


def _idle_line(atoms: int, rules: Rules) -> Lines:
    nothing = np.full(1 if atoms else 0, NONE, dtype=np.int64)
    returned = rules.idle_subscribers == "platform"
    kind = LineKind.TO_PLATFORM if returned else LineKind.HELD_NO_USE
    return Lines(
        generation=nothing,
        track=nothing,
        right=nothing,
        party=nothing,
        kind=np.full_like(nothing, kind),
        atoms=np.full_like(nothing, atoms),
    )


def _take_groups(indptr: IntArray, groups: IntArray) -> tuple[IntArray, IntArray]:
    """Row numbers of the chosen CSR groups, one after the other, and their own offsets."""
    sizes = indptr[groups + 1] - indptr[groups]
    chosen = offsets(sizes)
    rows = np.arange(chosen[-1]) + np.repeat(indptr[groups] - chosen[:-1], sizes)
    return rows, chosen


def _assert_conserved(allocation: Allocation) -> None:
    total = int(allocation.atoms.sum())
    pieces = int(allocation.piece_revenue_atoms.sum()) + allocation.idle_atoms
    pieces += allocation.without_piece_atoms
    owed = allocation.pool_atoms + allocation.guarantee_atoms
    if total != owed or pieces != allocation.pool_atoms:
        raise ArithmeticError(
            f"The lines sum to {total} and the pieces to {pieces} atoms, but the pool holds"
            f" {allocation.pool_atoms} and {allocation.guarantee_atoms} come on top: nothing may be"
            " posted from this run."
        )
