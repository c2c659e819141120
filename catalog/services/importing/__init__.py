"""Comparing rows with the catalogue, and writing what they say. `catalog.deliveries` drives it.

`reading the state → planning row by row → writing by COPY`, some thousand rows at a time. What a
row says is compared with what is there, so that importing twice changes nothing:

- the columns that a delivery has are followed; of those that it has not nothing is changed;
- a changed file replaces the track's file, unless a model was trained on the old one;
- changed shares close the old ones and open new ones on the row's `shares_from`, or on the day of
  the import where the row names none; shares that begin on that day or later are history and stay:
  such a row is refused. A row that names nobody for a right leaves that right as it is, so that an
  omission never takes a share away. A new track's shares hold from `shares_from`, else from
  `consent_from`, else from 1900-01-01. Shares in other countries stay beside the row's;
- whoever is named in a role is credited in it, with a share or without;
- a consent is added and never changed nor withdrawn here;
- the first row about a work speaks for it; the others say the same or nothing;
- a track that names no work but its ISWC is one of the work that has it, whose title, language and
  collection it leaves as they are;
- what another sender delivered is not changed.

Parties are never renamed, except that one known by its name alone takes an id as soon as a manifest
states it. Files are stored under the hash of their content before the rows are written; those of an
import that then fails lie unused and are found by the next one. A stored file that is missing or
damaged is mended by importing its manifest again.
"""

from catalog.manifest.outcomes import Outcome
from catalog.services.importing.files import FileRefused, Inspector, MusicFile, store_files
from catalog.services.importing.planning import RowPlan, Terms, plan_row, with_work
from catalog.services.importing.state import CatalogueState, known_parties, read_state
from catalog.services.importing.writing import write_parties, write_plans

__all__ = [
    "CatalogueState",
    "FileRefused",
    "Inspector",
    "MusicFile",
    "Outcome",
    "RowPlan",
    "Terms",
    "known_parties",
    "plan_row",
    "read_state",
    "store_files",
    "with_work",
    "write_parties",
    "write_plans",
]
