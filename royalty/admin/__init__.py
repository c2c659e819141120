"""Contracts and periods, what platforms reported, the books: pages for the operator's people."""

from royalty.admin import (
    agreements,
    books,
    events,
    held,
    payouts,
    periods,
    proofs,
    publishing,
    receivables,
    usage_holds,
)

__all__ = [
    "agreements",
    "books",
    "events",
    "held",
    "payouts",
    "periods",
    "proofs",
    "publishing",
    "receivables",
    "usage_holds",
]
