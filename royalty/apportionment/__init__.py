"""The pure core that turns a pool of money into lines: integers in, integers out.

Owns rounding, allocation models and the order of the splits. Must not import Django, touch a
database, read a clock or hold a float amount. This module is its public face.
"""

from royalty.apportionment.allocation import allocate, model_named
from royalty.apportionment.arrays import BoolArray, IntArray
from royalty.apportionment.comparison import Candidate, Outcome, applicable, compare, customary
from royalty.apportionment.explain import Explanation, explain_line
from royalty.apportionment.largest_remainder import SplitError, split, split_groups
from royalty.apportionment.lines import Allocation, LineKind, Place
from royalty.apportionment.models import (
    MODELS,
    AllocationModel,
    Axiom,
    Parameter,
    PieceRevenue,
)
from royalty.apportionment.ownership import contested_rows, undisputed_ppm
from royalty.apportionment.rounding import commission_atoms, to_minor_units
from royalty.apportionment.rules import Fallback, IdleRule, Rules
from royalty.apportionment.snapshot import (
    RIGHTS,
    WHOLE_PPB,
    WHOLE_PPM,
    Snapshot,
    SnapshotError,
)
from royalty.apportionment.steps import Step, Weighed
from royalty.apportionment.triples import csr_from_triples, sort_triples

__all__ = [
    "MODELS",
    "RIGHTS",
    "WHOLE_PPB",
    "WHOLE_PPM",
    "Allocation",
    "AllocationModel",
    "Axiom",
    "BoolArray",
    "Candidate",
    "Explanation",
    "Fallback",
    "IdleRule",
    "IntArray",
    "LineKind",
    "Outcome",
    "Parameter",
    "PieceRevenue",
    "Place",
    "Rules",
    "Snapshot",
    "SnapshotError",
    "SplitError",
    "Step",
    "Weighed",
    "allocate",
    "applicable",
    "commission_atoms",
    "compare",
    "contested_rows",
    "csr_from_triples",
    "customary",
    "explain_line",
    "model_named",
    "sort_triples",
    "split",
    "split_groups",
    "to_minor_units",
    "undisputed_ppm",
]
