"""Tracks of a run whose owners claim more than the whole: what they claim, and what is held."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from catalog.models import Right
from common.money import Currency
from royalty.apportionment import Allocation, LineKind, Snapshot, contested_rows
from royalty.apportionment.arrays import sum_at

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
