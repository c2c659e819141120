"""The manifest: a table that says which music there is, who owns it and who agreed.

Owns its columns, the reading of its cells and the recognition of parties by name. It collects every
fault with its row and column instead of stopping at the first, and it knows neither Django, nor the
files that the manifest names, nor the formats it comes in (`catalog.formats`).
"""

from catalog.manifest.faults import RowError, RowWarning
from catalog.manifest.holders import Holder
from catalog.manifest.outcomes import Outcome
from catalog.manifest.parties import KnownParty, Mention, PartyPlan, plan_parties
from catalog.manifest.rows import ManifestRow, parse_row

__all__ = [
    "Holder",
    "KnownParty",
    "ManifestRow",
    "Mention",
    "Outcome",
    "PartyPlan",
    "RowError",
    "RowWarning",
    "parse_row",
    "plan_parties",
]
