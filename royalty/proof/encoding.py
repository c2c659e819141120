"""How facts become the bytes that are hashed: one spelling each, and none of two meanings.

A field is a netstring (D. J. Bernstein, https://cr.yp.to/proto/netstrings.txt) of its text in
UTF-8, of a number its decimal digits; a field that is absent is `-,`, which no netstring is. What
a record's fields are and their order is specified in docs/concepts/proof.md; changing either makes
every root that was published unprovable, so it takes a new format.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ABSENT = b"-,"


def field(value: str | int | None) -> bytes:
    """One field: a text, a whole number, or nothing."""
    if value is None:
        return ABSENT
    content = str(value).encode()
    return b"%d:%s," % (len(content), content)


def record(*values: str | int | None) -> bytes:
    """Fields one after the other."""
    return b"".join(map(field, values))


@dataclass(frozen=True)
class StatementHead:
    """What a statement says besides its lines; the leaf before them commits to it.

    `amounts_atoms` are the statement's figures by name. Days are ISO dates, both included.
    """

    payee: str
    contract: str
    first_day: str
    last_day: str
    version: int
    currency: str
    amounts_atoms: Mapping[str, int]

    def encoded(self, line_count: int) -> bytes:
        """The head's record; it also counts the lines that follow, so that none can be left out."""
        amounts = [part for pair in sorted(self.amounts_atoms.items()) for part in pair]
        return record(
            "statement",
            self.payee,
            self.contract,
            self.first_day,
            self.last_day,
            self.version,
            self.currency,
            line_count,
            *amounts,
        )
