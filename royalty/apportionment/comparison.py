"""The same period under several models: who would gain, who would lose, how concentrated it gets.

For people who are about to agree a contract. Everything is allocated exactly as it would be paid;
nothing here decides or posts. Ratios are parts per million, cut, of whole atoms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from royalty.apportionment.allocation import allocate, model_named
from royalty.apportionment.arrays import IntArray
from royalty.apportionment.guarantee import shortfall_atoms
from royalty.apportionment.models import MODELS
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import WHOLE_PPM, Snapshot

TOP = 10


@dataclass(frozen=True)
class Candidate:
    """A model with the parameters that a contract would state for it."""

    model: str
    parameters: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        stated = (f"{name}={value}" for name, value in sorted(self.parameters.items()))
        return " ".join((self.model, *stated))


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a candidate would pay; changes are against the first candidate, the baseline."""

    candidate: Candidate
    atoms: IntArray  # (P,) of each party
    change_atoms: IntArray  # (P,)
    to_nobody_atoms: int  # held or returned
    gini_ppm: int
    top_ppm: int  # what the ten that earn most have of what all parties earn
    small_atoms: int  # what the smaller half of the baseline's holders earns
    gain_count: int
    lose_count: int


def customary(model: str) -> Candidate:
    """The model with the figures of its published rule. Raises KeyError's sentence if unknown."""
    wanted = model_named(model).parameters
    return Candidate(model, {parameter.name: parameter.customary for parameter in wanted})


def applicable(snapshot: Snapshot) -> list[str]:
    """The models whose kind of money the snapshot has, in the order of MODELS."""
    there = {
        "subscription": bool(snapshot.subscriber_fee_atoms.any()),
        "output": bool(snapshot.generation_fee_atoms.any()),
        "training": bool(len(snapshot.track_work)),
    }
    return [name for name, model in MODELS.items() if there[model.revenue]]


def compare(
    snapshot: Snapshot,
    candidates: Sequence[Candidate],
    pool_atoms: int,
    rules: Rules,
    notice_atoms: int = 1,
) -> list[Outcome]:
    """Allocate one snapshot by each candidate; the first is the baseline.

    A party counts as gaining or losing from a change of `notice_atoms` on. Raises SnapshotError
    for a snapshot or parameters that no money may be apportioned from.
    """
    earned: list[IntArray] = []
    for candidate in candidates:
        under = replace(snapshot, parameters=tuple(candidate.parameters.items()))
        earned.append(allocate(under, candidate.model, pool_atoms, rules).by_party())
    owed_atoms = pool_atoms + shortfall_atoms(pool_atoms, rules)
    base = earned[0]
    small = np.argsort(base, kind="stable")[: len(base) // 2]
    return [
        Outcome(
            candidate=candidate,
            atoms=atoms,
            change_atoms=atoms - base,
            to_nobody_atoms=owed_atoms - int(atoms.sum()),
            gini_ppm=gini_ppm(atoms),
            top_ppm=top_ppm(atoms),
            small_atoms=int(atoms[small].sum()),
            gain_count=int((atoms - base >= notice_atoms).sum()),
            lose_count=int((base - atoms >= notice_atoms).sum()),
        )
        for candidate, atoms in zip(candidates, earned, strict=True)
    ]


def gini_ppm(atoms: IntArray) -> int:
    """The Gini coefficient: 0 if all have the same, near 1,000,000 if one has everything.

    G = 2·Σ i·x_i / (n·Σ x) − (n + 1) / n over the amounts in ascending order, i from 1 (C. Gini,
    1912, in the form of A. Sen, *On Economic Inequality*, 1973). Who earned nothing counts; 0 if
    nobody earned anything. In Python's integers, since the products pass 63 bits.
    """
    values: list[int] = sorted(abs(atoms).tolist())
    total, n = sum(values), len(values)
    if total == 0:
        return 0
    ranked = sum(rank * value for rank, value in enumerate(values, start=1))
    return WHOLE_PPM * (2 * ranked - (n + 1) * total) // (n * total)


def top_ppm(atoms: IntArray) -> int:
    """What the ten largest amounts are of all; 0 if nobody earned anything."""
    values: list[int] = sorted(abs(atoms).tolist(), reverse=True)
    total = sum(values)
    return WHOLE_PPM * sum(values[:TOP]) // total if total else 0
