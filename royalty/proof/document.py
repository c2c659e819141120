"""The file that proves a statement: JSON, a line of the statement a line of the file.

Layout only; `verify_statement.py` reads it, docs/concepts/proof.md specifies it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from royalty.proof.chain import ChainedRoot
from royalty.proof.period import Disclosure

PROOF_FORMAT = "tantieme statement proof 1"
VERIFIER = Path(__file__).with_name("verify_statement.py")  # handed out beside every proof


def statement_proof(disclosure: Disclosure, roots: Sequence[ChainedRoot]) -> bytes:
    """The proof of a statement.

    Args:
        disclosure: what the payee is shown of the period.
        roots: those of the contract's periods, from its first one to the statement's.
    """
    commitments = [
        {"salt": salt.hex(), "commitment": commitment.hex()}
        for salt, commitment in zip(disclosure.salts, disclosure.commitments, strict=True)
    ]
    head = asdict(disclosure.head) | commitments[0]
    lines = [line | more for line, more in zip(disclosure.lines, commitments[1:], strict=True)]
    proof = {
        "first_leaf": disclosure.first_leaf,
        "leaf_count": disclosure.leaf_count,
        "hashes": [each.hex() for each in disclosure.hashes],
    }
    text = (
        f'{{"format": {_json(PROOF_FORMAT)},\n"statement": {_json(head)},\n'
        f'"lines": {_listed(lines)},\n"proof": {_json(proof)},\n'
        f'"roots": {_listed([asdict(root) for root in roots])}}}\n'
    )
    return text.encode()


def _listed(values: Sequence[Any]) -> str:
    return "[\n" + ",\n".join(map(_json, values)) + "]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
