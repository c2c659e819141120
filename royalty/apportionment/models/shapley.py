"""Shapley index: a subscriber's money goes in equal parts to the distinct pieces used."""

from collections.abc import Mapping

import numpy as np

from royalty.apportionment.arrays import IntArray
from royalty.apportionment.models.axioms import Axiom
from royalty.apportionment.models.user_centric import UserCentric
from royalty.apportionment.snapshot import Snapshot
from royalty.apportionment.steps import Weighed


class ShapleyIndex(UserCentric):
    """r_g = Σ_{u used g} pool_u / d_u, d_u the number of distinct pieces that u used.

    pool_u and idle subscribers as in the user-centric model, of which this is the variant in which
    each piece counts once. It is the Shapley value of the game in which a set of artists is worth
    the fees of the subscribers who used nobody else; here pieces stand for artists. The price of
    its fairness to the rarely used: a piece released as two earns more.

    Source: G. Bergantiños and J. D. Moreno-Ternero, *The Shapley index for music streaming
    platforms*, Information Economics and Policy 71, 2025 (arXiv:2411.07166), with one fee for all;
    weighing subscribers by fee is ours.
    """

    name = "shapley_index"
    axioms = UserCentric.axioms - {Axiom.PIECE_SPLIT, Axiom.EQUAL_IS_PRO_RATA}
    weighed: Weighed = "pieces"

    def sentence(self, parameters: Mapping[str, int]) -> str:
        """See AllocationModel."""
        return (
            "What a subscriber paid goes in equal parts to the pieces which that subscriber used, "
            "however often."
        )

    def pair_weights(self, snapshot: Snapshot) -> IntArray:
        """Every piece used counts once.  (n_pairs,)"""
        return np.ones_like(snapshot.usage_count)
