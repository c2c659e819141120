"""Payouts, from what payees are owed to what their banks say.

    draft_batch → approve_batch (a second person; the books are posted) → export_batch
    → mark_sent → settle_batch, apply_report (pain.002) or return_payout

Owns batches, payouts and their journals, which it hands to `royalty.services.ledger`. What is
payable and why is decided by `royalty.selectors.payouts`; no clock is read, callers pass `as_of`.
"""

from royalty.services.payouts.approval import approve_batch, discard_batch
from royalty.services.payouts.bank import (
    apply_report,
    export_batch,
    mark_sent,
    return_payout,
    settle_batch,
)
from royalty.services.payouts.drafting import draft_batch
from royalty.services.payouts.errors import PayoutError

__all__ = [
    "PayoutError",
    "apply_report",
    "approve_batch",
    "discard_batch",
    "draft_batch",
    "export_batch",
    "mark_sent",
    "return_payout",
    "settle_batch",
]
