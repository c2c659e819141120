"""Blend: one part of the pool pro-rata, the rest user-centric."""

from collections.abc import Mapping

import numpy as np

from royalty.apportionment.largest_remainder import split
from royalty.apportionment.models.axioms import ALWAYS, Axiom
from royalty.apportionment.models.base import AllocationModel, PieceRevenue
from royalty.apportionment.models.parameters import Parameter
from royalty.apportionment.models.pro_rata import ProRata
from royalty.apportionment.models.user_centric import UserCentric
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import WHOLE_PPM, Snapshot
from royalty.apportionment.steps import Step, split_step

_PARTS: tuple[AllocationModel, ...] = (ProRata(), UserCentric())


class Blend(AllocationModel):
    """r_g = α · pro-rata + (1 - α) · user-centric, α in ppm.

    The pool is split once by α, and each part follows its own model to the atom, so a blend of 0
    or 1,000,000 ppm is that model itself. Money that has no use to follow in a part is idle.
    """

    name = "blend"
    parameters = (
        Parameter(
            "alpha_ppm",
            "the part of the pool that is shared pro-rata",
            low=0,
            high=WHOLE_PPM,
            customary=WHOLE_PPM // 2,
        ),
    )
    axioms = ALWAYS | {
        Axiom.ADDITIVITY,
        Axiom.NO_USE_NO_PAY,
        Axiom.MORE_USE,
        Axiom.PIECE_SPLIT,
        Axiom.EQUAL_IS_PRO_RATA,
    }

    def sentence(self, parameters: Mapping[str, int]) -> str:
        """See AllocationModel."""
        percent = f"{parameters['alpha_ppm'] / 10_000:g} %"
        return (
            f"Of {percent} of the pool every use counts the same; the rest of what a subscriber "
            "paid goes to the pieces which that subscriber used."
        )

    def piece_revenue(self, snapshot: Snapshot, pool_atoms: int, rules: Rules) -> PieceRevenue:
        """See AllocationModel."""
        parts = split(pool_atoms, _weights(snapshot)).tolist()
        revenues = [
            model.piece_revenue(snapshot, part, rules)
            for model, part in zip(_PARTS, parts, strict=True)
        ]
        atoms = sum(
            (revenue.atoms for revenue in revenues),
            start=np.zeros(len(snapshot.generation_ids), np.int64),
        )
        return PieceRevenue(atoms, sum(revenue.idle_atoms for revenue in revenues))

    def explain_piece(
        self, snapshot: Snapshot, pool_atoms: int, rules: Rules, generation: int
    ) -> tuple[Step, ...]:
        """See AllocationModel: pool → part, then as that part's model explains it."""
        steps: list[Step] = []
        for index, model in enumerate(_PARTS):
            part = split_step("part", model.name, pool_atoms, _weights(snapshot), index, "ppm")
            if part.to_atoms:
                steps.append(part)
                steps += model.explain_piece(snapshot, part.to_atoms, rules, generation)
        return tuple(steps)


def _weights(snapshot: Snapshot) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    alpha_ppm = dict(snapshot.parameters)["alpha_ppm"]
    return np.array([alpha_ppm, WHOLE_PPM - alpha_ppm], dtype=np.int64)
