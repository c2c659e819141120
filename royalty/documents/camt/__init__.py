"""What the bank says came in and went out: camt.053 statements and camt.054 notifications."""

from royalty.documents.camt.entries import BankEntry, BankFile, BankFileError, Transaction
from royalty.documents.camt.reader import read_bank_file

__all__ = ["BankEntry", "BankFile", "BankFileError", "Transaction", "read_bank_file"]
