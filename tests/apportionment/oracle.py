"""A slow second opinion: the whole apportionment in Fractions and dicts, from the prose alone.

Shares no code with the core. It follows the published formulas step by step, one subscriber, one
piece, one track at a time.
"""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from royalty.apportionment import Rules, Snapshot

Lines = dict[tuple[int, int, int, str], int]


def hamilton(amount: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder with exact fractions, one unit at a time."""
    if amount < 0:
        return [-part for part in hamilton(-amount, weights)]
    if amount == 0:
        return [0] * len(weights)
    total = sum(weights)
    exact = [Fraction(amount * weight, total) for weight in weights]
    parts = [int(share) for share in exact]
    for _ in range(amount - sum(parts)):
        gaps = [share - part for share, part in zip(exact, parts, strict=True)]
        parts[gaps.index(max(gaps))] += 1
    return parts


def piece_revenue(
    snapshot: Snapshot, model: str, pool: int, rules: Rules
) -> tuple[dict[int, int], int]:
    pairs = list(
        zip(
            snapshot.usage_subscriber.tolist(),
            snapshot.usage_generation.tolist(),
            snapshot.usage_count.tolist(),
            strict=True,
        )
    )
    if model == "user_centric":
        return _user_centric(snapshot, pairs, pool, rules)
    weights = dict.fromkeys(range(len(snapshot.generation_ids)), 0)
    if model == "pro_rata":
        for _, piece, count in pairs:
            weights[piece] += count
    else:
        weights = dict(enumerate(snapshot.generation_fee_atoms.tolist()))
    if sum(weights.values()) == 0:
        return {}, pool
    return dict(enumerate(hamilton(pool, list(weights.values())))), 0


def _user_centric(
    snapshot: Snapshot, pairs: list[tuple[int, int, int]], pool: int, rules: Rules
) -> tuple[dict[int, int], int]:
    fees = snapshot.subscriber_fee_atoms.tolist()
    used: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for user, piece, count in pairs:
        used[user].append((piece, count))
    if not any(fees[user] for user in used):
        return {}, pool
    if rules.idle_subscribers == "pool":
        fees = [fee if user in used else 0 for user, fee in enumerate(fees)]
    revenue: dict[int, int] = defaultdict(int)
    idle = 0
    for user, part in enumerate(hamilton(pool, fees)):
        if user not in used:
            idle += part
            continue
        counts = [count for _, count in used[user]]
        for (piece, _), atoms in zip(used[user], hamilton(part, counts), strict=True):
            revenue[piece] += atoms
    return revenue, idle


def lines(snapshot: Snapshot, model: str, pool: int, rules: Rules) -> Lines:
    """(generation, track, party, kind name) → atoms, lines of 0 left out."""
    revenue, idle = piece_revenue(snapshot, model, pool, rules)
    result: Lines = defaultdict(int)
    unattributed = 0
    for piece, atoms in revenue.items():
        row = slice(snapshot.share_indptr[piece], snapshot.share_indptr[piece + 1])
        tracks, ppb = snapshot.share_track[row].tolist(), snapshot.share_ppb[row].tolist()
        *parts, rest = hamilton(atoms, [*ppb, 10**9 - sum(ppb)])
        for track, part in zip(tracks, parts, strict=True):
            _to_holders(snapshot, result, piece, track, part, "ATTRIBUTED")
        if rules.fallback == "equal_training_set":
            unattributed += rest
        else:
            kind = "TO_PLATFORM" if rules.fallback == "platform" else "HELD_UNATTRIBUTED"
            result[(piece, -1, -1, kind)] += rest
    training = [t for t, marked in enumerate(snapshot.training_track.tolist()) if marked]
    for track, part in zip(training, hamilton(unattributed, [1] * len(training)), strict=True):
        _to_holders(snapshot, result, -1, track, part, "FALLBACK_EQUAL")
    kind = "TO_PLATFORM" if rules.idle_subscribers == "platform" else "HELD_NO_USE"
    result[(-1, -1, -1, kind)] += idle
    return {key: atoms for key, atoms in result.items() if atoms}


def _to_holders(
    snapshot: Snapshot, result: Lines, piece: int, track: int, atoms: int, kind: str
) -> None:
    row = slice(snapshot.owner_indptr[track], snapshot.owner_indptr[track + 1])
    parties, ppm = snapshot.owner_party[row].tolist(), snapshot.owner_ppm[row].tolist()
    *parts, rest = hamilton(atoms, [*ppm, 10**6 - sum(ppm)])
    for party, part in zip(parties, parts, strict=True):
        result[(piece, track, party, kind)] += part
    result[(piece, track, -1, "HELD_UNCLAIMED")] += rest
