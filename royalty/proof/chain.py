"""Roots in a chain: each names the one before it, so that none can be exchanged or left out.

A contract's periods form one chain, in the order of their days. They are closed in that order, by
people who work on that contract, so that two contracts that close at once need not wait for each
other; and whoever has a statement can follow the whole chain without learning when other platforms
close their books. What a chain cannot show, that its last root is missing, a published list does.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256

from royalty.proof.encoding import record

ROOTS_FORMAT = "tantieme roots 1"


@dataclass(frozen=True)
class Root:
    """The root of a period's tree. Days are ISO dates, both included; hashes are hexadecimal."""

    contract: str
    first_day: str
    last_day: str
    leaf_count: int
    root_sha256: str


@dataclass(frozen=True)
class ChainedRoot(Root):
    """A root with the hash that ties it to all roots before it."""

    chain_sha256: str


def chained(root: Root, previous_sha256: str | None) -> ChainedRoot:
    """Tie a root to the `chain_sha256` before it; None for a contract's first period."""
    content = record(
        "root",
        root.contract,
        root.first_day,
        root.last_day,
        root.leaf_count,
        root.root_sha256,
        previous_sha256,
    )
    fields = {name: getattr(root, name) for name in Root.__dataclass_fields__}
    return ChainedRoot(**fields, chain_sha256=sha256(content).hexdigest())


def roots_json(roots: Iterable[ChainedRoot]) -> str:
    """A list of roots as it is published: JSON, one root a line."""
    lines = ",\n".join(json.dumps(asdict(root)) for root in roots)
    return f'{{"format": "{ROOTS_FORMAT}", "roots": [\n{lines}\n]}}\n'
