"""The tree over a closed period: which leaf is what, and what one payee is shown of it.

Leaves: for each payee, by id, its statement's head and then its lines; last the lines that are
nobody's. So one range of leaves is one statement. A leaf is a salted commitment: its data are 32
bytes of salt and the record. Without the salt nobody can find a record by trying likely ones;
the salt is HMAC-SHA256 of the leaf's number under the period's secret, so a payee's salts tell
nothing of another's, and the secret alone brings all of them back.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from common.merkle import Tree
from royalty.proof.encoding import StatementHead
from royalty.proof.lines import DisclosedLine, ProvenLines

SECRET_BYTES = 32
_NUMBER_BYTES = 8  # of a leaf's number, big-endian


@dataclass(frozen=True)
class Disclosure:
    """Everything of a period that one payee is shown.

    `salts` and `commitments` (leaf hashes) are those of the head and of each line, in order;
    `hashes` lead from them to the root.
    """

    head: StatementHead
    lines: tuple[DisclosedLine, ...]
    salts: tuple[bytes, ...]
    commitments: tuple[bytes, ...]
    first_leaf: int
    leaf_count: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True)
class _Place:
    """Where a payee's leaves begin, with a head if it has a statement, and its lines."""

    first_leaf: int
    head: StatementHead | None
    lines: tuple[int, int]

    @property
    def line_count(self) -> int:
        return self.lines[1] - self.lines[0]

    @property
    def end(self) -> int:
        return self.first_leaf + (self.head is not None) + self.line_count


class PeriodTree:
    """The tree of a period with what its leaves say."""

    def __init__(
        self, lines: ProvenLines, heads: Sequence[StatementHead], *, secret: bytes
    ) -> None:
        """Raises ValueError for two heads of one payee, or a secret of another length."""
        if len(secret) != SECRET_BYTES:
            raise ValueError(f"A period's secret has {SECRET_BYTES} bytes, not {len(secret)}.")
        self._lines, self._salt = lines, _salts(secret)
        self._places = _places(lines, heads)
        self._tree = Tree(
            sha256(b"\x00" + self._salt(number) + content).digest()
            for number, content in enumerate(self._records())
        )

    @property
    def leaf_count(self) -> int:
        return self._tree.leaf_count

    @property
    def root_sha256(self) -> str:
        return self._tree.root.hex()

    def disclosure(self, payee: str) -> Disclosure:
        """A payee's statement, lines and proof. Raises LookupError for who has no statement."""
        place = self._places.get(payee)
        if place is None or place.head is None:
            raise LookupError(f"{payee!r} has no statement among the leaves of this period.")
        start, end = place.first_leaf, place.end
        return Disclosure(
            head=place.head,
            lines=tuple(self._lines.disclosed(*place.lines)),
            salts=tuple(map(self._salt, range(start, end))),
            commitments=tuple(self._tree.leaf_hashes(start, end)),
            first_leaf=start,
            leaf_count=self.leaf_count,
            hashes=self._tree.range_proof(start, end),
        )

    def _records(self) -> Iterator[bytes]:
        lines = self._lines.encoded()
        for place in self._places.values():
            if place.head is not None:
                yield place.head.encoded(place.line_count)
            yield from islice(lines, place.line_count)


def _salts(secret: bytes) -> Callable[[int], bytes]:
    keyed = hmac.new(secret, digestmod="sha256")

    def salt(number: int) -> bytes:
        mac = keyed.copy()  # half the time of keying it anew
        mac.update(number.to_bytes(_NUMBER_BYTES, "big"))
        return mac.digest()

    return salt


def _places(lines: ProvenLines, heads: Sequence[StatementHead]) -> Mapping[str | None, _Place]:
    by_payee = {head.payee: head for head in heads}
    if len(by_payee) < len(heads):
        raise ValueError("A payee has two statements of one period; a tree holds one of each.")
    spans = lines.spans()
    payees = sorted(by_payee.keys() | {payee for payee in spans if payee is not None})
    places: dict[str | None, _Place] = {}
    leaf = line = 0
    for payee in (*payees, None):
        span = spans.get(payee, (line, line))
        head = None if payee is None else by_payee.get(payee)
        places[payee] = _Place(leaf, head, span)
        leaf, line = places[payee].end, span[1]
    return places
