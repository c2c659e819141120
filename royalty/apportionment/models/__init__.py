"""Allocation models: each decides what one generated piece earned, and nothing else.

A model is one file here: a class with a `name`, `piece_revenue` and `explain_piece`, listed in
MODELS. What a piece's revenue does next (tracks, holders, fallback) is the same for all of them
and lives in `allocation`.
"""

from collections.abc import Mapping

from royalty.apportionment.models.base import AllocationModel, PieceRevenue
from royalty.apportionment.models.per_output import PerOutput
from royalty.apportionment.models.pro_rata import ProRata
from royalty.apportionment.models.user_centric import UserCentric

MODELS: Mapping[str, AllocationModel] = {
    model.name: model for model in (ProRata(), UserCentric(), PerOutput())
}

__all__ = ["MODELS", "AllocationModel", "PerOutput", "PieceRevenue", "ProRata", "UserCentric"]
