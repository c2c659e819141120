"""Money in: from what a platform owes to what its bank sent.

    issue_invoice → preview_bank_file, take_bank_file (receipts, matched where that is certain)
    → match_receipt, keep_as_credit, send_back, take_back, undo_match (by hand)

Owns billing details, invoices, bank files, receipts and matches, and their journals, which it hands
to `royalty.services.ledger`. What is due, open or unmatched is computed by
`royalty.selectors.receivables`; no clock is read, callers pass days.
"""

from royalty.services.receivables.billing import enter_billing_details
from royalty.services.receivables.errors import ReceivableError
from royalty.services.receivables.invoices import creditor_reference, issue_invoice
from royalty.services.receivables.matches import (
    By,
    keep_as_credit,
    match_receipt,
    send_back,
    take_back,
    undo_match,
    use_credit,
)
from royalty.services.receivables.previewing import Fate, Preview, PreviewLine, preview_bank_file
from royalty.services.receivables.receipts import Taken, take_bank_file

__all__ = [
    "By",
    "Fate",
    "Preview",
    "PreviewLine",
    "ReceivableError",
    "Taken",
    "creditor_reference",
    "enter_billing_details",
    "issue_invoice",
    "keep_as_credit",
    "match_receipt",
    "preview_bank_file",
    "send_back",
    "take_back",
    "take_bank_file",
    "undo_match",
    "use_credit",
]
