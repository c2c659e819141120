"""The general ledger for other people's accounting: one folder, two formats, the same entries.

`ledger_csv` is for spreadsheets and imports, `ledger_beancount` for whoever wants another program
to add everything up again. Both stream: memory grows with the accounts and not with the entries.
"""

from royalty.documents.ledger.beancount import ledger_beancount
from royalty.documents.ledger.csv import ledger_csv
from royalty.documents.ledger.records import (
    GeneralLedger,
    LedgerAccount,
    LedgerEntry,
    LedgerError,
    LedgerJournal,
)

__all__ = [
    "GeneralLedger",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerError",
    "LedgerJournal",
    "ledger_beancount",
    "ledger_csv",
]
