"""Proof that a statement's lines are those that a period was closed with. Pure, without Django.

Owns the bytes that are hashed, the Merkle tree over the lines of a period, the range proof of one
statement, the chain of a contract's roots, and the file that a payee gets; docs/concepts/proof.md
specifies all of it to the byte. Must not read a database, a clock or a source of random numbers,
nor decide what anybody is owed. `verify_statement.py` is the other side: it shares no code with
the rest and is handed out as it is.
"""

from common.merkle import Tree
from royalty.proof.chain import ChainedRoot, Root, chained, roots_json
from royalty.proof.document import VERIFIER, statement_proof
from royalty.proof.encoding import StatementHead
from royalty.proof.lines import ProvenLines
from royalty.proof.period import SECRET_BYTES, Disclosure, PeriodTree

__all__ = [
    "SECRET_BYTES",
    "VERIFIER",
    "ChainedRoot",
    "Disclosure",
    "PeriodTree",
    "ProvenLines",
    "Root",
    "StatementHead",
    "Tree",
    "chained",
    "roots_json",
    "statement_proof",
]
