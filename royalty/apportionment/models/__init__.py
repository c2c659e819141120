"""Allocation models: each decides what a generated piece (or a track) earned, and nothing else.

A model is one file here: a class with a name, the kind of revenue that it shares, the parameters
that a contract must state for it, the axioms that it claims, and the splits; listed in MODELS. What
the money does next (tracks, holders, fallback) is the same for all of them and lives in
`allocation`.
"""

from collections.abc import Mapping

from royalty.apportionment.models.advertising import Advertising
from royalty.apportionment.models.artist_centric import ArtistCentric
from royalty.apportionment.models.axioms import Axiom
from royalty.apportionment.models.base import AllocationModel, PieceRevenue
from royalty.apportionment.models.blend import Blend
from royalty.apportionment.models.parameters import Parameter
from royalty.apportionment.models.per_output import PerOutput
from royalty.apportionment.models.pro_rata import ProRata
from royalty.apportionment.models.scaled_user_prop import ScaledUserProp
from royalty.apportionment.models.shapley import ShapleyIndex
from royalty.apportionment.models.training_fee import TrainingFeeBySeconds, TrainingFeePerWork
from royalty.apportionment.models.user_centric import UserCentric

MODELS: Mapping[str, AllocationModel] = {
    model.name: model
    for model in (
        ProRata(),
        UserCentric(),
        PerOutput(),
        Blend(),
        ShapleyIndex(),
        ScaledUserProp(),
        ArtistCentric(),
        Advertising(),
        TrainingFeePerWork(),
        TrainingFeeBySeconds(),
    )
}

__all__ = ["MODELS", "AllocationModel", "Axiom", "Parameter", "PieceRevenue"]
