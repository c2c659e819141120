"""Contracts, what platforms report, periods and their results, and the ledger."""

from royalty.models.contracts import Contract, FallbackRule, IdleSubscribers
from royalty.models.events import EventKind, IntakeFile, RevenueEvent, RevenueKind, UsageEvent
from royalty.models.ledger import (
    Account,
    AccountKind,
    Entry,
    Journal,
    JournalKind,
    JournalSeal,
    Leg,
    Side,
)
from royalty.models.payees import BankDetails, PayeeTerms, PayingAccount, Withholding
from royalty.models.payouts import Payout, PayoutBatch, PayoutPart
from royalty.models.periods import AllocationRun, Period, Statement
from royalty.models.proofs import PeriodRoot, PeriodSecret
from royalty.models.releases import HeldRelease, ReleaseTo
from royalty.models.restatements import Restatement, RestatementKind

__all__ = [
    "Account",
    "AccountKind",
    "AllocationRun",
    "BankDetails",
    "Contract",
    "Entry",
    "EventKind",
    "FallbackRule",
    "HeldRelease",
    "IdleSubscribers",
    "IntakeFile",
    "Journal",
    "JournalKind",
    "JournalSeal",
    "Leg",
    "PayeeTerms",
    "PayingAccount",
    "Payout",
    "PayoutBatch",
    "PayoutPart",
    "Period",
    "PeriodRoot",
    "PeriodSecret",
    "ReleaseTo",
    "Restatement",
    "RestatementKind",
    "RevenueEvent",
    "RevenueKind",
    "Side",
    "Statement",
    "UsageEvent",
    "Withholding",
]
