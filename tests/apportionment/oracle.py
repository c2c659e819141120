"""A slow second opinion: the whole apportionment in Fractions and dicts, from the prose alone.

Shares no code with the core. It follows the published formulas step by step, one subscriber, one
piece, one track at a time.
"""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from royalty.apportionment import Rules, Snapshot

Lines = dict[tuple[int, int, int, int, str], int]  # by generation, track, right, party, kind


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
    """(atoms of each piece, idle atoms); nothing at all where tracks are paid without a piece."""
    pairs = _pairs(snapshot)
    stated = dict(snapshot.parameters)
    if model in {"user_centric", "shapley_index"}:
        if model == "shapley_index":
            pairs = [(user, piece, 1) for user, piece, _ in pairs]
        return _user_centric(snapshot, pairs, pool, rules)
    if model == "scaled_user_prop":
        return _scaled(snapshot, pairs, pool, rules)
    if model == "blend":
        alpha = stated["alpha_ppm"]
        parts = hamilton(pool, [alpha, 10**6 - alpha])
        one = piece_revenue(snapshot, "pro_rata", parts[0], rules)
        two = piece_revenue(snapshot, "user_centric", parts[1], rules)
        pieces = one[0].keys() | two[0].keys()
        both = {piece: one[0].get(piece, 0) + two[0].get(piece, 0) for piece in sorted(pieces)}
        return both, one[1] + two[1]
    weights = dict.fromkeys(range(len(snapshot.generation_ids)), 0)
    if model == "artist_centric":
        weights = _boosted(snapshot)
    elif model == "pro_rata":
        for _, piece, count in pairs:
            weights[piece] += count
    else:
        weights = dict(enumerate(snapshot.generation_fee_atoms.tolist()))
    if sum(weights.values()) == 0:
        return {}, pool
    return dict(enumerate(hamilton(pool, list(weights.values())))), 0


def _pairs(snapshot: Snapshot) -> list[tuple[int, int, int]]:
    columns = (snapshot.usage_subscriber, snapshot.usage_generation, snapshot.usage_count)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _by_user(pairs: list[tuple[int, int, int]]) -> dict[int, list[tuple[int, int]]]:
    used: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for user, piece, count in pairs:
        used[user].append((piece, count))
    return used


def _user_centric(
    snapshot: Snapshot, pairs: list[tuple[int, int, int]], pool: int, rules: Rules
) -> tuple[dict[int, int], int]:
    fees = snapshot.subscriber_fee_atoms.tolist()
    users = {user for user, _, _ in pairs}
    if not any(fees[user] for user in users):
        return {}, pool
    if rules.idle_subscribers == "pool":
        fees = [fee if user in users else 0 for user, fee in enumerate(fees)]
    parts = hamilton(pool, fees)
    idle = sum(part for user, part in enumerate(parts) if user not in users)
    return _to_pieces(pairs, parts), idle


def _to_pieces(pairs: list[tuple[int, int, int]], parts: list[int]) -> dict[int, int]:
    """Each subscriber's part over the pieces used, by count."""
    revenue: dict[int, int] = defaultdict(int)
    for user, used in _by_user(pairs).items():
        atoms = hamilton(parts[user], [count for _, count in used])
        for (piece, _), part in zip(used, atoms, strict=True):
            revenue[piece] += part
    return revenue


def _scaled(
    snapshot: Snapshot, pairs: list[tuple[int, int, int]], pool: int, rules: Rules
) -> tuple[dict[int, int], int]:
    """γ by trying each subscriber's price as the last that is spent, lowest first."""
    if pool < 0:
        revenue, idle = _scaled(snapshot, pairs, -pool, rules)
        return {piece: -atoms for piece, atoms in revenue.items()}, -idle
    fees = snapshot.subscriber_fee_atoms.tolist()
    uses = [0] * len(fees)
    for user, _, count in pairs:
        uses[user] += count
    fees = [fee if count else 0 for fee, count in zip(fees, uses, strict=True)]
    payers = [user for user, fee in enumerate(fees) if fee]
    payers.sort(key=lambda user: Fraction(fees[user], uses[user]))
    if pool > sum(fees):
        spread = rules.idle_subscribers == "pool" and payers
        return _to_pieces(pairs, hamilton(pool, fees) if spread else fees), (
            0 if spread else pool - sum(fees)
        )
    spent = 0
    for place, user in enumerate(payers):
        gamma = Fraction(pool - spent, sum(uses[other] for other in payers[place:]))
        if Fraction(fees[user], uses[user]) > gamma:
            break
        spent += fees[user]
    else:
        place = len(payers)
    below = set(payers[place:])
    prices = [count if user in below else 0 for user, count in enumerate(uses)]
    carried = hamilton(pool - spent, prices) if below else [0] * len(fees)
    parts = [
        part if user in below else fee
        for user, (part, fee) in enumerate(zip(carried, fees, strict=True))
    ]
    return _to_pieces(pairs, parts), 0


def capped(snapshot: Snapshot) -> list[tuple[int, int, int]]:
    """Usage pairs after each subscriber's uses are scaled down to the cap."""
    cap, counted = dict(snapshot.parameters)["subscriber_cap"], []
    for user, used in _by_user(_pairs(snapshot)).items():
        counts = [count for _, count in used]
        scaled = hamilton(min(cap, sum(counts)), counts)
        counted += [(user, piece, n) for (piece, _), n in zip(used, scaled, strict=True)]
    return counted


def _shares(snapshot: Snapshot, piece: int) -> dict[int, int]:
    row = slice(snapshot.share_indptr[piece], snapshot.share_indptr[piece + 1])
    values = snapshot.share_ppb[row].tolist()
    return dict(zip(snapshot.share_track[row].tolist(), values, strict=True))


def factors(snapshot: Snapshot) -> list[int]:
    """How often each track counts under the artist-centric model."""
    stated, counted, found = dict(snapshot.parameters), capped(snapshot), []
    for track in range(len(snapshot.track_ids)):
        plays = sum(count * _shares(snapshot, piece).get(track, 0) for _, piece, count in counted)
        heard_by = {
            user for user, piece, _ in _pairs(snapshot) if _shares(snapshot, piece).get(track, 0)
        }
        big = plays >= stated["boost_uses"] * 10**9
        big = big and len(heard_by) >= stated["boost_subscribers"]
        found.append(stated["boost_factor"] if big else 1)
    return found


def _boosted(snapshot: Snapshot) -> dict[int, int]:
    weights = dict.fromkeys(range(len(snapshot.generation_ids)), 0)
    factor = factors(snapshot)
    for _, piece, count in capped(snapshot):
        shares = _shares(snapshot, piece)
        own = sum(factor[track] * ppb for track, ppb in shares.items())
        weights[piece] += count * (own + 10**9 - sum(shares.values()))
    return weights


def _training_fee(snapshot: Snapshot, model: str, pool: int) -> dict[int, int]:
    """Atoms of each track that was trained on."""
    tracks = [t for t, marked in enumerate(snapshot.training_track.tolist()) if marked]
    if model == "training_fee_by_seconds":
        lengths = snapshot.track_milliseconds.tolist()
        parts = hamilton(pool, [lengths[track] for track in tracks])
        return dict(zip(tracks, parts, strict=True))
    work_of = snapshot.track_work.tolist()
    works = sorted({work_of[track] for track in tracks})
    atoms: dict[int, int] = {}
    for work, part in zip(works, hamilton(pool, [1] * len(works)), strict=True):
        own = [track for track in tracks if work_of[track] == work]
        atoms |= dict(zip(own, hamilton(part, [1] * len(own)), strict=True))
    return atoms


def lines(snapshot: Snapshot, model: str, pool: int, rules: Rules) -> Lines:
    """(generation, track, right, party, kind name) → atoms, lines of 0 left out."""
    result: Lines = defaultdict(int)
    if model.startswith("training_fee"):
        for track, atoms in _training_fee(snapshot, model, pool).items():
            to_holders(snapshot, result, -1, track, atoms, "TRAINING_FEE")
        return {key: atoms for key, atoms in result.items() if atoms}
    revenue, idle = piece_revenue(snapshot, model, pool, rules)
    n_tracks, unattributed = len(snapshot.track_ids), 0
    factor = factors(snapshot) if model == "artist_centric" else [1] * n_tracks
    for piece, atoms in revenue.items():
        shares = _shares(snapshot, piece)
        weights = [factor[track] * ppb for track, ppb in shares.items()]
        *parts, rest = hamilton(atoms, [*weights, 10**9 - sum(shares.values())])
        for track, part in zip(shares, parts, strict=True):
            to_holders(snapshot, result, piece, track, part, "ATTRIBUTED")
        if piece in _unverified(snapshot):
            result[(piece, -1, -1, -1, "HELD_UNVERIFIED")] += rest
        elif rules.fallback == "equal_training_set":
            unattributed += rest
        else:
            kind = "TO_PLATFORM" if rules.fallback == "platform" else "HELD_UNATTRIBUTED"
            result[(piece, -1, -1, -1, kind)] += rest
    training = [t for t, marked in enumerate(snapshot.training_track.tolist()) if marked]
    for track, part in zip(training, hamilton(unattributed, [1] * len(training)), strict=True):
        to_holders(snapshot, result, -1, track, part, "FALLBACK_EQUAL")
    kind = "TO_PLATFORM" if rules.idle_subscribers == "platform" else "HELD_NO_USE"
    result[(-1, -1, -1, -1, kind)] += idle
    return {key: atoms for key, atoms in result.items() if atoms}


def _unverified(snapshot: Snapshot) -> set[int]:
    return {piece for piece, held in enumerate(snapshot.unverified_generation.tolist()) if held}


def to_holders(
    snapshot: Snapshot, result: Lines, piece: int, track: int, atoms: int, kind: str
) -> None:
    if len(snapshot.right_ppm):
        for right, part in enumerate(hamilton(atoms, snapshot.right_ppm.tolist())):
            _to_owners(snapshot, result, (piece, track, right), part, kind)
    else:
        _to_owners(snapshot, result, (piece, track, 0), atoms, kind)


def _to_owners(
    snapshot: Snapshot, result: Lines, place: tuple[int, int, int], atoms: int, kind: str
) -> None:
    _, track, right = place
    at = track * (len(snapshot.right_ppm) or 1) + right
    row = slice(snapshot.owner_indptr[at], snapshot.owner_indptr[at + 1])
    parties, claims = snapshot.owner_party[row].tolist(), snapshot.owner_ppm[row].tolist()
    has_dispute = sum(claims) > 10**6
    if has_dispute:  # each has what the others leave
        claims = [max(0, 10**6 - (sum(claims) - claim)) for claim in claims]
    *parts, rest = hamilton(atoms, [*claims, 10**6 - sum(claims)])
    for party, part in zip(parties, parts, strict=True):
        result[(*place, party, kind)] += part
    result[(*place, -1, "HELD_DISPUTED" if has_dispute else "HELD_UNCLAIMED")] += rest
