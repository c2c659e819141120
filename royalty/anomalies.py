"""Uses that a person should look at before money follows them: the rules, with their limits.

Four rules, each with a sentence for the person who decides:

- one subscriber with too many uses: 30,000 plays a month are one every 86 seconds, day and night;
  far above the median of all is too many as well;
- look-alikes: many accounts that used the same pieces in the same proportions, as the accounts of
  a farm do. Listening one's way through the same few pieces once is not enough to be alike;
- a subscriber, or a piece, that is used many times more often than in the period before, measured
  against the growth of the whole service, so that a good month holds nobody.

The limits leave honest heavy tails alone (the tests hold them against thousands of such
subscribers) and are deliberately blunt: a finding holds uses until a person decides, and decides
nothing by itself. Pure numpy on whole numbers; no Django, no names, no clock. Whoever calls says
what was used before (`selectors.screening`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from royalty.apportionment import IntArray
from royalty.apportionment.arrays import UintArray, ascending_offsets, group_sums, sum_at

MOST_USES = 30_000  # of a subscriber in a period

TIMES_MEDIAN = 50  # or so many times the median use, ...
FROM_USES = 5_000  # ... from so many uses on, ...
FROM_SUBSCRIBERS = 20  # ... where so many used anything

ALIKE_SUBSCRIBERS = 20  # so many with the same pattern of uses, ...
ALIKE_PIECES = 5  # ... over so many pieces, ...
ALIKE_USES = 50  # ... and so many uses each

BLOCK_ROWS = 4_000_000  # of the usage that are looked at in one go


@dataclass(frozen=True)
class Jump:
    """From so many uses on, so many times those of the period before, if there were so many."""

    from_uses: int
    times: int
    known_uses: int


SUBSCRIBER_JUMP = Jump(from_uses=2_000, times=20, known_uses=20)
PIECE_JUMP = Jump(from_uses=5_000, times=50, known_uses=100)


class Rule(StrEnum):
    """Why uses are held; stored, so words never change meaning."""

    TOO_MANY = "too_many"
    LOOK_ALIKES = "look_alikes"
    SUBSCRIBER_JUMP = "subscriber_jump"
    PIECE_JUMP = "piece_jump"


@dataclass(frozen=True)
class Finding:
    """Whose uses are held, by positions: some subscribers', or those of one piece; and why."""

    rule: Rule
    subscribers: tuple[int, ...]
    piece: int | None
    figures: dict[str, int]


@dataclass(frozen=True)
class Uses:
    """A period's usage (n_pairs, 3: subscriber, piece, uses, ascending), with its sums."""

    usage: IntArray
    indptr: IntArray  # (S + 1,) rows of each subscriber
    by_subscriber: IntArray  # (S,)
    by_piece: IntArray  # (G,)

    @classmethod
    def of(cls, usage: IntArray, n_subscribers: int, n_pieces: int) -> "Uses":
        indptr = ascending_offsets(usage[:, 0], n_subscribers)
        return cls(
            usage=usage,
            indptr=indptr,
            by_subscriber=group_sums(usage[:, 2], indptr),
            by_piece=sum_at(usage[:, 1], usage[:, 2], n_pieces),
        )

    @property
    def total(self) -> int:
        return int(self.by_subscriber.sum())


def too_many(uses: Uses) -> Iterator[Finding]:
    """Subscribers with more uses than anybody has."""
    active = uses.by_subscriber[uses.by_subscriber > 0]
    middle = max(len(active) - 1, 0) // 2
    median = int(np.partition(active, middle)[middle]) if len(active) else 0
    limit = MOST_USES
    if len(active) >= FROM_SUBSCRIBERS:
        limit = min(limit, max(FROM_USES, TIMES_MEDIAN * median))
    for at in np.flatnonzero(uses.by_subscriber > limit).tolist():
        figures = {"uses": int(uses.by_subscriber[at]), "limit": limit, "median": median}
        yield Finding(Rule.TOO_MANY, (at,), None, figures)


def look_alikes(uses: Uses) -> Iterator[Finding]:
    """Groups of subscribers who used the same pieces in the same proportions."""
    pieces = np.diff(uses.indptr)
    candidates = np.flatnonzero((pieces >= ALIKE_PIECES) & (uses.by_subscriber >= ALIKE_USES))
    if len(candidates) < ALIKE_SUBSCRIBERS:
        return
    patterns = _patterns(uses)[candidates]
    order = np.argsort(patterns, kind="stable")
    begins = np.flatnonzero(np.diff(patterns[order], prepend=patterns[order][:1] - np.uint64(1)))
    sizes = np.diff(np.append(begins, len(order)))
    groups = [
        candidates[order[begins[at] : begins[at] + sizes[at]]]
        for at in np.flatnonzero(sizes >= ALIKE_SUBSCRIBERS).tolist()
    ]
    for members in sorted(groups, key=lambda group: int(group[0])):
        figures = {
            "subscribers": len(members),
            "pieces": int(pieces[members[0]]),
            "uses": int(uses.by_subscriber[members].sum()),
        }
        yield Finding(Rule.LOOK_ALIKES, tuple(members.tolist()), None, figures)


def _patterns(uses: Uses) -> UintArray:
    """A hash of each subscriber's pieces and proportions; sums of mixed pairs, modulo 2^64.  (S,)

    Two that differ agree by chance once in 2^64. In blocks, since usage may be all of the memory.
    """
    hashes = np.zeros(len(uses.by_subscriber), dtype=np.uint64)
    begin, n_subscribers = 0, len(uses.by_subscriber)
    while begin < n_subscribers:
        rows = uses.indptr[begin] + BLOCK_ROWS
        end = int(np.searchsorted(uses.indptr, rows, side="right")) - 1
        end = min(max(end, begin + 1), n_subscribers)
        hashes[begin:end] = _block_patterns(uses, begin, end)
        begin = end
    return hashes


def _block_patterns(uses: Uses, begin: int, end: int) -> UintArray:
    first, last = int(uses.indptr[begin]), int(uses.indptr[end])
    indptr = uses.indptr[begin : end + 1] - first
    hashes = np.zeros(end - begin, dtype=np.uint64)
    filled = np.flatnonzero(np.diff(indptr))
    if not len(filled):
        return hashes
    piece, count = uses.usage[first:last, 1], uses.usage[first:last, 2]
    divisor = np.gcd.reduceat(count, indptr[filled])
    proportion = count // np.repeat(divisor, np.diff(indptr)[filled])
    mixed = _mixed(_mixed(piece.astype(np.uint64)) + proportion.astype(np.uint64))
    hashes[filled] = np.add.reduceat(mixed, indptr[filled])
    return hashes


def _mixed(values: UintArray) -> UintArray:
    """SplitMix64's finaliser (Steele, Lea, Flood, OOPSLA 2014): every bit depends on every one."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def jumps(
    sums: IntArray, before: dict[int, int], totals: tuple[int, int], jump: Jump
) -> Iterator[tuple[int, dict[str, int]]]:
    """Positions that jumped, with figures.

    Args:
        sums: uses in the period by position.
        before: uses in the period before, of the candidates that were used then.
        totals: uses of the whole service, in the period and in the one before.
    """
    now, then = totals
    for at, known in sorted(before.items()):
        used = int(sums[at])
        # used / known ≥ times · max(1, now / then), without dividing
        far = used * then >= jump.times * known * max(now, then)
        if known >= jump.known_uses and far:
            yield at, {"uses": used, "before": known, "total": now, "total_before": then}


def sentence(rule: Rule, figures: dict[str, int], subject: str) -> str:
    """Why uses are held, with the figures, for the person who decides."""
    shown = {name: f"{value:,}" for name, value in figures.items()}
    return _SENTENCES[rule].format(subject=subject, **shown)


_SENTENCES = {
    Rule.TOO_MANY: "Subscriber {subject} used pieces {uses} times; above {limit} a person looks "
    "first (half of the subscribers have {median} uses or fewer).",
    Rule.LOOK_ALIKES: "{subscribers} subscribers ({subject}) used the same {pieces} pieces in the "
    "same proportions, {uses} times in all.",
    Rule.SUBSCRIBER_JUMP: "Subscriber {subject} used pieces {uses} times after {before} in the "
    "period before, while the whole service went from {total_before} to {total}.",
    Rule.PIECE_JUMP: "Piece {subject} was used {uses} times after {before} in the period before, "
    "while the whole service went from {total_before} to {total}.",
}
