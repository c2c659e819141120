"""What accounts are called in exports: legible, the same every time, never the same for two.

A name is the account's root, contract, kind, party and currency, with colons between, as beancount
wants it (https://beancount.github.io/docs/beancount_language_syntax.html, *Accounts*):

    Liabilities:Studio-2026:Party-Payable:Ipi-00014107338:EUR

A part that does not survive being written so (other letters, spaces, capitals) ends with eight
digits of its sha256. Nothing but what the account itself says goes into its name, so that it stays
the same whatever other accounts are opened.
"""

import re
from hashlib import sha256

_SHOWN_LENGTH = 60
_STRANGE = re.compile(r"[^A-Za-z0-9]+")
_SURVIVES = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EARNED = frozenset({"admin_fee"})  # the operator's own, neither held for others nor owed to them


def account_name(*, kind: str, is_debit: bool, contract: str, party_ref: str, currency: str) -> str:
    """The name of an account that grows on the debit side (`is_debit`) or on the credit side."""
    root = "Income" if kind in _EARNED else "Assets" if is_debit else "Liabilities"
    words = "-".join(word.capitalize() for word in kind.split("_"))
    parts = [root, _part(contract), words, *([_part(party_ref)] if party_ref else []), currency]
    return ":".join(parts)


def _part(text: str) -> str:
    shown = _STRANGE.sub("-", text).strip("-")[:_SHOWN_LENGTH]
    capital = shown[:1].upper() + shown[1:]
    if _SURVIVES.fullmatch(text) and len(text) <= _SHOWN_LENGTH:
        return capital
    digits = sha256(text.encode()).hexdigest()[:8]
    return f"{capital or 'X'}-{digits}"
