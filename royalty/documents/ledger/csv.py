"""The general ledger as CSV: one line an entry, journals in the order in which they were booked.

RFC 4180 with CRLF, UTF-8 without a byte-order mark. Amounts are exact: `debit` and `credit` are
decimals of the currency's major unit down to the atom, `amount_atoms` the same as a whole number.
Text is defused, so that no spreadsheet runs it. The columns are described in
docs/operations/month-end.md.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

from royalty.documents.amounts import exact_amount
from royalty.documents.csv.cells import defused
from royalty.documents.ledger.records import GeneralLedger, LedgerEntry

COLUMNS = (
    *("posted_on", "journal_id", "journal_key", "kind", "contract", "period", "memo", "reverses"),
    *("corrects", "posted_by", "recorded_at", "journal_sha256", "entry_id", "account_id"),
    *("account", "account_kind", "party_ref", "party", "debit", "credit", "currency"),
    "amount_atoms",
)
_ENTRIES_A_CHUNK = 1_000


def ledger_csv(ledger: GeneralLedger) -> Iterator[bytes]:
    """The header and every entry, in chunks of bytes.

    Raises:
        LedgerError: after the last entry, if the accounts do not come to their balances; discard
            what was written.
    """
    yield _encode([COLUMNS])
    entries = ledger.added_up()
    while chunk := list(islice(entries, _ENTRIES_A_CHUNK)):
        yield _encode(map(_row, chunk))


def _row(entry: LedgerEntry) -> tuple[str, ...]:
    """An entry in the order of COLUMNS."""
    journal, account = entry.journal, entry.account
    amount = exact_amount(entry.amount_atoms, account.scale)
    return (
        journal.posted_on.isoformat(),
        journal.id,
        defused(journal.key),
        journal.kind,
        defused(account.contract),
        defused(journal.period),
        defused(journal.memo),
        journal.reverses,
        journal.corrects,
        defused(journal.posted_by),
        journal.recorded_at.isoformat(),
        journal.sha256,
        str(entry.number),
        str(account.number),
        account.name,
        account.kind,
        defused(account.party_ref),
        defused(account.party_name),
        amount if entry.is_debit else "",
        "" if entry.is_debit else amount,
        account.scale.currency,
        str(entry.amount_atoms),
    )


def _encode(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
