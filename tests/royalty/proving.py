"""Proofs of small periods without a database, and what the verifier says of them."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from royalty.apportionment import RIGHTS, Allocation, LineKind, Rules, Snapshot, allocate
from royalty.proof import (
    SECRET_BYTES,
    PeriodTree,
    ProvenLines,
    Root,
    StatementHead,
    chained,
    statement_proof,
)
from royalty.proof.verify_statement import checks

Proof = dict[str, Any]
SECRET = bytes(range(SECRET_BYTES))
PERIODS = [("2026-09-01", "2026-09-30"), ("2026-10-01", "2026-10-31")]


def heads(snapshot: Snapshot, lines: Allocation, extra: Mapping[str, int]) -> list[StatementHead]:
    """A statement for each party that earned something, or that `extra` atoms were corrected to."""
    earned: dict[str, list[int]] = {}
    for party, kind, atoms in zip(lines.party, lines.kind, lines.atoms, strict=True):
        if party >= 0:
            own = earned.setdefault(snapshot.party_ids[party], [0, 0])
            own[int(kind != LineKind.ATTRIBUTED)] += int(atoms)
    for ref in extra:
        earned.setdefault(ref, [0, 0])
    return [
        StatementHead(
            payee=ref,
            contract="studio-2026",
            first_day=PERIODS[-1][0],
            last_day=PERIODS[-1][1],
            version=1,
            currency="EUR",
            amounts_atoms={
                "opening": 7,
                "attributed": attributed,
                "fallback": fallback,
                "adjustment": extra.get(ref, 0),
                "closing": 7 + attributed + fallback + extra.get(ref, 0),
            },
        )
        for ref, (attributed, fallback) in earned.items()
    ]


def period_tree(
    snapshot: Snapshot,
    *,
    model: str = "pro_rata",
    pool_atoms: int = 10**9,
    rules: Rules | None = None,
    extra: Mapping[str, int] | None = None,
    secret: bytes = SECRET,
) -> PeriodTree:
    lines = allocate(snapshot, model, pool_atoms, rules or Rules())
    stated = heads(snapshot, lines, extra or {})
    return PeriodTree(proven_lines(snapshot, lines, model), stated, secret=secret)


def proven_lines(snapshot: Snapshot, lines: Allocation, model: str = "pro_rata") -> ProvenLines:
    rights = RIGHTS[: snapshot.right_count]
    return ProvenLines(snapshot, lines, model=model, rights=rights, currency="EUR")


def proof_of(tree: PeriodTree, payee: str) -> Proof:
    """The proof of a payee's statement, in the second period of a contract."""
    before = chained(Root("studio-2026", *PERIODS[0], 5, "ab" * 32), None)
    root = Root("studio-2026", *PERIODS[1], tree.leaf_count, tree.root_sha256)
    roots = [before, chained(root, before.chain_sha256)]
    return json.loads(statement_proof(tree.disclosure(payee), roots))


def faults(proof: Proof, others: Mapping[str, Proof] | None = None) -> list[str]:
    """All that the verifier finds wrong with a proof."""
    return [fault for _, found in checks(proof, dict(others or {})) for fault in found]


def altered(proof: Proof, *changes: Callable[[Proof], object]) -> Proof:
    copy = json.loads(json.dumps(proof))
    for change in changes:
        change(copy)
    return copy


def commitments(proof: Proof) -> Iterable[str]:
    return [each["commitment"] for each in (proof["statement"], *proof["lines"])]
