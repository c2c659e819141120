"""Taking in a manifest and its files: all of it or nothing.

`reading files → planning against the catalogue → writing`, in this order and in one transaction.
What a row says is compared with what is there, so that importing twice changes nothing:

- title, collection, genre, licence and address follow the manifest;
- a changed file replaces the track's file, unless a model was trained on the old one;
- changed shares close the old ones and open new ones on the row's `shares_from`, or on the day of
  the import where the row names none; shares that begin on that day or later are history and stay:
  such a row is refused. A row that names nobody for a right leaves that right as it is, so that an
  omission never takes a share away. A new track's shares hold from `shares_from`, else from
  `consent_from`, else from 1900-01-01;
- a consent is added and never changed nor withdrawn here.

Parties are never renamed by an import, except that one known by its name alone takes a Wikidata id
as soon as a manifest states it. Files are stored under the hash of their content before the rows
are written; those of an import that then fails lie unused and are found by the next one. A stored
file that is missing or damaged is mended by importing its manifest again.
"""

from catalog.services.importing.report import ImportReport, Outcome, RowOutcome
from catalog.services.importing.run import import_manifest

__all__ = ["ImportReport", "Outcome", "RowOutcome", "import_manifest"]
