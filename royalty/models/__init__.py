"""Contracts, what platforms report, periods and their results, and the ledger."""

from royalty.models.contracts import (
    Contract,
    FallbackRule,
    IdleSubscribers,
    UnverifiedFeatures,
)
from royalty.models.documents import DocumentKind, StatementFile
from royalty.models.events import EventKind, IntakeFile, RevenueEvent, RevenueKind, UsageEvent
from royalty.models.holds import HoldDecision, HoldRule, UsageHold
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
from royalty.models.payees import (
    BankDetails,
    PayeeTax,
    PayeeTerms,
    PayingAccount,
    TakenBack,
    Withholding,
)
from royalty.models.payouts import Payout, PayoutBatch, PayoutPart
from royalty.models.periods import AllocationRun, Period, Statement
from royalty.models.proofs import PeriodRoot, PeriodSecret
from royalty.models.publishing import Notice, Publication
from royalty.models.rates import ExchangeRate
from royalty.models.receivables import BankFile, BillingDetails, Invoice, Match, Receipt
from royalty.models.releases import HeldRelease, ReleaseTo
from royalty.models.restatements import Restatement, RestatementKind
from royalty.models.self_billing import SelfBilledInvoice, SelfBilling
from royalty.models.sending import FaultyLines, FileFormat, ResultLines, SentFile
from royalty.models.tax_forms import TaxForm

__all__ = [
    "Account",
    "AccountKind",
    "AllocationRun",
    "BankDetails",
    "BankFile",
    "BillingDetails",
    "Contract",
    "DocumentKind",
    "Entry",
    "EventKind",
    "ExchangeRate",
    "FallbackRule",
    "FaultyLines",
    "FileFormat",
    "HeldRelease",
    "HoldDecision",
    "HoldRule",
    "IdleSubscribers",
    "IntakeFile",
    "Invoice",
    "Journal",
    "JournalKind",
    "JournalSeal",
    "Leg",
    "Match",
    "Notice",
    "PayeeTax",
    "PayeeTerms",
    "PayingAccount",
    "Payout",
    "PayoutBatch",
    "PayoutPart",
    "Period",
    "PeriodRoot",
    "PeriodSecret",
    "Publication",
    "Receipt",
    "ReleaseTo",
    "Restatement",
    "RestatementKind",
    "ResultLines",
    "RevenueEvent",
    "RevenueKind",
    "SelfBilledInvoice",
    "SelfBilling",
    "SentFile",
    "Side",
    "Statement",
    "StatementFile",
    "TakenBack",
    "TaxForm",
    "UnverifiedFeatures",
    "UsageEvent",
    "UsageHold",
    "Withholding",
]
