"""`python -m benchmarks.proof`: how fast a period gets its root, and a statement its proof.

A synthetic period of 100,000 pieces with ten tracks each, closed under a pro-rata contract: a
million lines of 500 payees. Measured: salting, hashing and the tree; then one statement's proof.
"""

import time

import numpy as np

from royalty.apportionment import Allocation, Rules, Snapshot, allocate, csr_from_triples
from royalty.proof import SECRET_BYTES, PeriodTree, ProvenLines, StatementHead, statement_proof

PIECES, TRACKS, PARTIES, SUBSCRIBERS, PAIRS, TRACKS_A_PIECE = (
    100_000,
    2_000,
    500,
    1_000,
    300_000,
    10,
)


def main() -> None:
    snapshot = _period()
    lines = allocate(snapshot, "pro_rata", 10**13, Rules())
    heads = _heads(snapshot, lines)
    begun = time.perf_counter()
    proven = ProvenLines(snapshot, lines, model="pro_rata", rights=("composition",), currency="EUR")
    tree = PeriodTree(proven, heads, secret=bytes(SECRET_BYTES))
    seconds = time.perf_counter() - begun
    print(
        f"{tree.leaf_count:,} leaves of {len(heads)} payees: root in {seconds:.1f} s,"
        f" {tree.leaf_count / seconds:,.0f} leaves/s"
    )
    begun = time.perf_counter()
    disclosure = tree.disclosure(heads[0].payee)
    size_bytes = len(statement_proof(disclosure, []))
    seconds = time.perf_counter() - begun
    print(
        f"a statement of {len(disclosure.lines):,} lines: proof of {size_bytes:,} bytes, of them"
        f" {len(disclosure.hashes)} hashes of other leaves, in {1_000 * seconds:.0f} ms"
    )


def _period() -> Snapshot:
    """Shares of a tenth for ten tracks drawn from ten parts of the catalogue, one owner a track."""
    random = np.random.default_rng(1)
    part = TRACKS // TRACKS_A_PIECE
    tracks = np.arange(0, TRACKS, part) + random.integers(0, part, (PIECES, TRACKS_A_PIECE))
    pairs = np.sort(random.choice(SUBSCRIBERS * PIECES, PAIRS, replace=False))
    return Snapshot(
        tuple(f"piece-{number:08d}" for number in range(PIECES)),
        tuple(f"track-{number:06d}" for number in range(TRACKS)),
        tuple(f"party-{number:05d}" for number in range(PARTIES)),
        np.ones(TRACKS, dtype=np.bool_),
        np.full(SUBSCRIBERS, 10**9),
        *(pairs // PIECES, pairs % PIECES, np.ones_like(pairs)),
        np.zeros(PIECES, dtype=np.int64),
        *csr_from_triples(
            np.repeat(np.arange(PIECES), TRACKS_A_PIECE),
            tracks.ravel(),
            np.full(tracks.size, 10**9 // TRACKS_A_PIECE),
            PIECES,
        ),
        *csr_from_triples(
            np.arange(TRACKS), random.integers(0, PARTIES, TRACKS), np.full(TRACKS, 10**6), TRACKS
        ),
    )


def _heads(snapshot: Snapshot, lines: Allocation) -> list[StatementHead]:
    earned = zip(snapshot.party_ids, lines.by_party().tolist(), strict=True)
    return [
        StatementHead(
            payee=payee,
            contract="benchmark",
            first_day="2026-10-01",
            last_day="2026-10-31",
            version=1,
            currency="EUR",
            amounts_atoms={"attributed": atoms, "fallback": 0, "closing": atoms},
        )
        for payee, atoms in earned
        if atoms
    ]


if __name__ == "__main__":
    main()
