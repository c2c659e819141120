"""The general ledger for beancount, a double-entry program that knows nothing of this one.

Every account is opened on the day of its first entry; every journal is a transaction with a link
of its own, which a reversal or correction carries too, and with its key and hash as metadata. At
the end each account's balance is asserted without tolerance, so that `bean-check` on the file adds
up all entries and compares them with the balances that Tantieme told by itself.

Debits are positive. Syntax: https://beancount.github.io/docs/beancount_language_syntax.html.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby, islice

from royalty.documents.amounts import exact_amount
from royalty.documents.ledger.records import (
    GeneralLedger,
    LedgerAccount,
    LedgerEntry,
    LedgerJournal,
)

_LINES_A_CHUNK = 2_000
_BREAKS = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "\\": "\\\\", '"': '\\"'})


def ledger_beancount(ledger: GeneralLedger) -> Iterator[bytes]:
    """The file, in chunks of bytes.

    Raises:
        LedgerError: after the last entry, if the accounts do not come to their balances; discard
            what was written.
    """
    lines = _lines(ledger)
    while chunk := list(islice(lines, _LINES_A_CHUNK)):
        yield "".join(f"{line}\n" for line in chunk).encode()


def _lines(ledger: GeneralLedger) -> Iterator[str]:
    yield f'option "title" "General ledger until {ledger.until}"'
    for currency in sorted({account.scale.currency for account in ledger.accounts}):
        yield f'option "operating_currency" "{currency}"'
    yield ""
    for account in ledger.accounts:
        yield from _opening(account)
    for journal, entries in groupby(ledger.added_up(), key=lambda entry: entry.journal):
        yield ""
        yield from _head(journal)
        yield from map(_posting, entries)
    yield ""
    for account in ledger.accounts:
        yield _assertion(account, ledger.until)


def _opening(account: LedgerAccount) -> Iterator[str]:
    yield f"{account.opened_on} open {account.name} {account.scale.currency}"
    yield f'  account: "{account.number}"'
    yield f"  contract: {_quoted(account.contract)}"
    if account.party_ref:
        yield f"  party: {_quoted(account.party_ref)}"
        yield f"  party-name: {_quoted(account.party_name)}"


def _head(journal: LedgerJournal) -> Iterator[str]:
    """A transaction up to its postings."""
    earlier = {"reverses": journal.reverses, "corrects": journal.corrects}
    links = [journal.id, *filter(None, earlier.values())]
    marks = " ".join([f"#{journal.kind}", *(f"^journal-{link}" for link in links)])
    yield f"{journal.posted_on} * {_quoted(journal.memo)} {marks}"
    facts = {
        "idempotency-key": journal.key,
        "sha256": journal.sha256,
        "period": journal.period,
        **earlier,
        "posted-by": journal.posted_by,
    }
    yield from (f"  {name}: {_quoted(fact)}" for name, fact in facts.items() if fact)


def _posting(entry: LedgerEntry) -> str:
    scale = entry.account.scale
    return f"  {entry.account.name}  {exact_amount(entry.signed_atoms, scale)} {scale.currency}"


def _assertion(account: LedgerAccount, until: date) -> str:
    """Beancount asserts balances at the beginning of a day."""
    amount = exact_amount(account.balance_atoms, account.scale)
    day = until + timedelta(days=1)
    return f"{day} balance {account.name}  {amount} ~ 0 {account.scale.currency}"


def _quoted(text: str) -> str:
    return f'"{text.translate(_BREAKS)}"'
