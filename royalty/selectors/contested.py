"""Tracks of a run whose owners claim more than the whole: what they claim, and what is held."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from catalog.claims.models import Conflict
from catalog.models import Right, Track
from common.database import tenancy
from common.money import Currency
from royalty.apportionment import Allocation, LineKind, Snapshot, contested_rows
from royalty.apportionment.arrays import sum_at
from royalty.models import AccountKind, Publication
from royalty.selectors.held import Held, held_money
from royalty.selectors.runs import Derivation, current_run, derivation_of, kept_lines

PPM_A_PERCENT = 10_000


@dataclass(frozen=True)
class Contested:
    """A right in a track that is claimed by more than one whole, and what that holds back."""

    track_ref: str
    right: Right
    claims_ppm: tuple[int, ...]  # largest first; whose they are is the catalogue's to say
    held_atoms: int

    def sentence(self, money: Currency) -> str:
        """For the person who reviews."""
        claims = " + ".join(_percent(claim) for claim in self.claims_ppm)
        return (
            f"Track {self.track_ref}: the claims to its {self.right} sum to "
            f"{_percent(sum(self.claims_ppm))} ({claims}); "
            f"{money.format_atoms(self.held_atoms)} {money.code} are held until its owners agree."
        )


def contested_money(
    snapshot: Snapshot, lines: Allocation, rights: Sequence[Right]
) -> list[Contested]:
    """What is contested and earned something, by track and right."""
    disputed, n_rights = lines.kind == LineKind.HELD_DISPUTED, len(rights)
    row = lines.track[disputed] * n_rights + lines.right[disputed]
    held = sum_at(row, lines.atoms[disputed], len(snapshot.track_ids) * n_rights)
    found = np.flatnonzero(contested_rows(snapshot) & (held != 0)).tolist()
    return [
        Contested(
            track_ref=snapshot.track_ids[at // n_rights],
            right=rights[at % n_rights],
            claims_ppm=_claims(snapshot, at),
            held_atoms=int(held[at]),
        )
        for at in found
    ]


def _claims(snapshot: Snapshot, row: int) -> tuple[int, ...]:
    owners = slice(int(snapshot.owner_indptr[row]), int(snapshot.owner_indptr[row + 1]))
    return tuple(sorted(snapshot.owner_ppm[owners].tolist(), reverse=True))


def _percent(ppm: int) -> str:
    return f"{ppm / PPM_A_PERCENT:.10g} %"


@dataclass(frozen=True)
class HeldBack:
    """What one conflict holds back in one currency, of all its sides together."""

    conflict: Conflict
    currency: str
    atoms: int
    since: date  # the day at whose end the first of it was earned


def held_by_conflicts(conflicts: Iterable[Conflict]) -> list[HeldBack]:
    """What each conflict holds back in periods that are published, in the conflicts' order.

    The books of a contract are its operator's. Whoever is shown a conflict may know what hangs on
    it, so whatever conflicts come in are taken for granted.
    """
    conflicts = list(conflicts)
    if not conflicts:
        return []
    with tenancy.acting_as(tenancy.SYSTEM):
        told = set(Publication.objects.values_list("period_id", flat=True))
        by_period = [
            (held, _held_by_right(held))
            for held in held_money()
            if held.account.kind == AccountKind.HELD_DISPUTED and held.period.pk in told
        ]
        return [each for conflict in conflicts for each in _of_conflict(conflict, by_period)]


def _held_by_right(held: Held) -> Mapping[tuple[str, str], int]:
    return _kept_held(derivation_of(current_run(held.period)), tuple(held.period.contract.rights))


@lru_cache(maxsize=32)  # what follows from a sealed snapshot: one number a contested right
def _kept_held(source: Derivation, rights: tuple[Right, ...]) -> Mapping[tuple[str, str], int]:
    """{(track ref, right): atoms}."""
    contested = contested_money(*kept_lines(source), rights)
    return {(each.track_ref, each.right): each.held_atoms for each in contested}


def _of_conflict(
    conflict: Conflict, by_period: Sequence[tuple[Held, Mapping[tuple[str, str], int]]]
) -> list[HeldBack]:
    about = {"work": conflict.work_id} if conflict.work_id else {"pk": conflict.track_id}
    refs = list(Track.objects.filter(**about).values_list("ref", flat=True))
    atoms: Counter[str] = Counter()
    since: dict[str, date] = {}
    for held, by_right in by_period:
        own_atoms = sum(by_right.get((ref, conflict.right), 0) for ref in refs)
        if own_atoms:
            code = held.period.contract.currency
            atoms[code] += own_atoms
            since[code] = min(held.since, since.get(code, held.since))
    return [HeldBack(conflict, code, atoms[code], since[code]) for code in sorted(atoms)]
