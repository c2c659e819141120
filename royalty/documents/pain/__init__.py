"""Payment files: the order that goes to the bank (pain.001) and what it answers (pain.002)."""

from royalty.documents.pain.bank import (
    Address,
    BankAccount,
    BankDetailsError,
    check_iban,
    compact,
    masked,
)
from royalty.documents.pain.credit_transfer import (
    CreditTransfer,
    PaymentFileError,
    Transfer,
    credit_transfer_xml,
)
from royalty.documents.pain.status_report import (
    Fate,
    PaymentStatus,
    StatusReport,
    StatusReportError,
    read_status_report,
)

__all__ = [
    "Address",
    "BankAccount",
    "BankDetailsError",
    "CreditTransfer",
    "Fate",
    "PaymentFileError",
    "PaymentStatus",
    "StatusReport",
    "StatusReportError",
    "Transfer",
    "check_iban",
    "compact",
    "credit_transfer_xml",
    "masked",
    "read_status_report",
]
