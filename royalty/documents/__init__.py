"""Documents that leave the house: a dataclass in, bytes out, one folder for each format.

Owns layout, wording and number formatting. Must not import Django, read a clock, query anything
or compute what anyone is owed: a document that does not add up is refused, not mended.
"""

from royalty.documents.amounts import Scale, exact_amount, format_amount
from royalty.documents.csv import statement_csv, statement_tsv
from royalty.documents.json import statement_json
from royalty.documents.pdf import statement_pdf
from royalty.documents.rdr import statement_rdr
from royalty.documents.statement import (
    Adjustment,
    Attribution,
    Change,
    Difference,
    LineSource,
    Period,
    StatementDocument,
    StatementError,
    StatementLine,
    TopWork,
)
from royalty.documents.xlsx import statement_xlsx

__all__ = [
    "Adjustment",
    "Attribution",
    "Change",
    "Difference",
    "LineSource",
    "Period",
    "Scale",
    "StatementDocument",
    "StatementError",
    "StatementLine",
    "TopWork",
    "exact_amount",
    "format_amount",
    "statement_csv",
    "statement_json",
    "statement_pdf",
    "statement_rdr",
    "statement_tsv",
    "statement_xlsx",
]
