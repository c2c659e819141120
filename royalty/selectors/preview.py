"""A computed period beside the contract's last one, before anything of it is final.

Both are derived from their runs, so the totals are theirs to the atom. What a closed period earned
is shown as the last run says it: with what was restated since.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from catalog.models import Party
from royalty.apportionment import Allocation, LineKind, Snapshot
from royalty.documents.preview import Change, Figures, Preview
from royalty.models import AccountKind, AllocationRun, Entry, JournalKind, Period, Side
from royalty.selectors.runs import Derivation, current_run, derivation_of, kept_lines

ADJUSTING = (JournalKind.RESTATEMENT, JournalKind.RELEASE)


def preview_of(period: Period) -> Preview:
    """What each party gets, got, and why it changed; the largest changes first.

    Raises:
        NoRunError: the period is not computed.
        SnapshotError: a snapshot is missing or altered.
    """
    now = _figures(current_run(period))
    previous = previous_period(period)
    before = {} if previous is None else _figures(current_run(previous))
    adjusted = _adjustments(period)
    refs = now.keys() | before.keys() | adjusted.keys()
    names = dict(Party.objects.filter(ref__in=refs).values_list("ref", "name"))
    changes = [
        Change(ref, names[ref], before.get(ref, Figures()), now.get(ref, Figures()), atoms)
        for ref in refs
        for atoms in [adjusted.get(ref, 0)]
    ]
    return Preview(
        title=str(period),
        previous_title=str(previous or ""),
        money=period.contract.money,
        changes=tuple(
            sorted(changes, key=lambda each: (-abs(each.difference_atoms), each.party_ref))
        ),
    )


def previous_period(period: Period) -> Period | None:
    """The contract's last computed period before this one."""
    earlier = Period.objects.filter(contract=period.contract_id, ends_on__lte=period.starts_on)
    computed = earlier.exclude(status=Period.Status.OPEN).select_related("contract__platform")
    return computed.order_by("-starts_on").first()


def _figures(run: AllocationRun) -> Mapping[str, Figures]:
    """{party ref: figures} of all who earned something; each knows the pool of all."""
    return _kept_figures(derivation_of(run), run.pool_atoms + run.guarantee_atoms)


@lru_cache(maxsize=32)  # what follows from a sealed snapshot: one row a party
def _kept_figures(source: Derivation, pool_atoms: int) -> Mapping[str, Figures]:
    snapshot, lines = kept_lines(source)
    refs, named = snapshot.party_ids, lines.party >= 0
    size = len(refs)
    earned = np.zeros(size, dtype=np.int64)
    attributed = np.zeros(size, dtype=np.int64)
    np.add.at(earned, lines.party[named], lines.atoms[named])
    direct = named & (lines.kind == LineKind.ATTRIBUTED)
    np.add.at(attributed, lines.party[direct], lines.atoms[direct])
    uses = _uses(snapshot, lines, direct)
    return {
        refs[at]: Figures(
            attributed_atoms=int(attributed[at]),
            other_atoms=int(earned[at] - attributed[at]),
            uses=int(uses[at]),
            pool_atoms=pool_atoms,
        )
        for at in np.flatnonzero(earned).tolist()
    }


def _uses(snapshot: Snapshot, lines: Allocation, direct: np.ndarray) -> np.ndarray:
    """Uses of the pieces that each party's music shaped, a piece counted once a party.  (P,)"""
    pieces = len(snapshot.generation_ids)
    of_piece = np.zeros(pieces, dtype=np.int64)
    np.add.at(of_piece, snapshot.usage_generation, snapshot.usage_count)
    # One number a pair: far faster to tell apart than rows of two.
    pairs = np.unique(lines.party[direct].astype(np.int64) * pieces + lines.generation[direct])
    found = np.zeros(len(snapshot.party_ids), dtype=np.int64)
    np.add.at(found, pairs // pieces, of_piece[pairs % pieces])
    return found


def earned_by_track(run: AllocationRun) -> Mapping[str, int]:
    """{track ref: atoms} of what parties earned through each track; "" is through none.

    Raises as `preview_of`.
    """
    return _kept_by_track(derivation_of(run))


@lru_cache(maxsize=32)  # as `_kept_figures`: one number a track
def _kept_by_track(source: Derivation) -> Mapping[str, int]:
    snapshot, lines = kept_lines(source)
    refs = snapshot.track_ids
    sums = np.zeros(len(refs) + 1, dtype=np.int64)  # the last: no track, which is position -1
    owned = lines.party >= 0
    np.add.at(sums, lines.track[owned], lines.atoms[owned])
    return {name: atoms for name, atoms in zip((*refs, ""), sums.tolist(), strict=True) if atoms}


def _adjustments(period: Period) -> dict[str, int]:
    """What corrections and releases posted in the period moved on parties' accounts, by ref."""
    entries = Entry.objects.filter(
        journal__period=period,
        journal__kind__in=ADJUSTING,
        account__kind=AccountKind.PARTY_PAYABLE,
    ).values_list("account__party__ref", "side", "amount_atoms")
    found: dict[str, int] = {}
    for ref, side, atoms in entries:
        found[ref] = found.get(ref, 0) + (atoms if side == Side.CREDIT else -atoms)
    return {ref: atoms for ref, atoms in found.items() if atoms}
