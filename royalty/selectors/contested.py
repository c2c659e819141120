"""Tracks of a run whose owners claim more than the whole: what they claim, and what is held."""

from dataclasses import dataclass

import numpy as np

from catalog.models import Right
from common.money import Currency
from royalty.apportionment import Allocation, LineKind, Snapshot, contested_tracks
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


def contested_money(snapshot: Snapshot, lines: Allocation, right: Right) -> list[Contested]:
    """What is contested and earned something, by track."""
    disputed = lines.kind == LineKind.HELD_DISPUTED
    held = sum_at(lines.track[disputed], lines.atoms[disputed], len(snapshot.track_ids))
    found = np.flatnonzero(contested_tracks(snapshot) & (held != 0)).tolist()
    return [
        Contested(snapshot.track_ids[at], right, _claims(snapshot, at), int(held[at]))
        for at in found
    ]


def _claims(snapshot: Snapshot, track: int) -> tuple[int, ...]:
    row = slice(int(snapshot.owner_indptr[track]), int(snapshot.owner_indptr[track + 1]))
    return tuple(sorted(snapshot.owner_ppm[row].tolist(), reverse=True))


def _percent(ppm: int) -> str:
    return f"{ppm / PPM_A_PERCENT:.10g} %"
