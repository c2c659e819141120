"""Which of a period's uses count: not those that a rule found and nobody let through.

What a rule of `royalty.anomalies` finds is held until a person decides (`royalty.models.holds`).
Uses count if no rule found them, or if somebody decided so for each rule that did; what was decided
to be left out stays out, found again or not. Nothing is written here: whoever makes a run records
what was found. Names are looked up for findings alone, in the temporary tables of `facts`.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from royalty import anomalies
from royalty.anomalies import Finding, Rule, Uses
from royalty.apportionment import IntArray
from royalty.apportionment.arrays import sum_at
from royalty.models import HoldDecision, Period
from royalty.selectors import standing
from royalty.selectors.usage_holds import LEAVE_OUT, usage_holds

COUNT = HoldDecision.Decision.COUNT
NAMED = 3  # look-alikes that a sentence names
MOST_USED = 5  # pieces, or subscribers, that the evidence lists
BEFORE = {
    Rule.SUBSCRIBER_JUMP: """
        SELECT position, sum(count)::bigint
          FROM (SELECT subscriber, count {usage}) AS those
          JOIN period_subscriber USING (subscriber)
         WHERE position = ANY (%(positions)s) GROUP BY position""",
    Rule.PIECE_JUMP: """
        SELECT position, sum(count)::bigint
          FROM (SELECT generation_id AS id, count {usage}) AS those
          JOIN period_generation USING (id)
         WHERE position = ANY (%(positions)s) GROUP BY position""",
}
TOTAL_BEFORE = "SELECT coalesce(sum(count), 0)::bigint {usage}"


@dataclass(frozen=True)
class HeldUses:
    """What a rule found, in names."""

    rule: Rule
    subject: str
    subscribers: tuple[str, ...]
    uses: int
    sentence: str
    evidence: dict[str, Any]


@dataclass(frozen=True)
class Screened:
    """The usage that counts (n_pairs, 3), what was found, and how many uses stay out."""

    usage: IntArray
    found: tuple[HeldUses, ...]
    left_out_uses: int


def screen(
    period: Period, usage: IntArray, generation_ids: Sequence[str], n_subscribers: int
) -> Screened:
    """Take out what is held; needs the temporary tables of `facts`."""
    uses = Uses.of(usage, n_subscribers, len(generation_ids))
    everybody = tuple(_positions([""]))  # uses that were reported for all subscribers at once
    findings = [
        finding
        for finding in (
            *anomalies.too_many(uses),
            *anomalies.look_alikes(uses),
            *_jumps(period, uses),
        )
        if not finding.subscribers or finding.subscribers != everybody
    ]
    found = _in_names(uses, generation_ids, findings)
    holds = {(hold.rule, hold.subject): hold for hold in usage_holds(period)}
    subscribers: set[int] = set()
    pieces: set[int] = set()
    for finding, held in zip(findings, found, strict=True):
        known = holds.pop((held.rule.value, held.subject), None)
        if known is None or known.decision != COUNT:
            subscribers.update(finding.subscribers)
            pieces.update([] if finding.piece is None else [finding.piece])
    left_out = [hold for hold in holds.values() if hold.decision == LEAVE_OUT]
    subscribers.update(_positions([name for hold in left_out for name in hold.subscribers]))
    named = {hold.subject for hold in left_out if hold.rule == Rule.PIECE_JUMP}
    pieces.update(at for at, name in enumerate(generation_ids) if name in named)
    counted = _without(uses, subscribers, pieces)
    return Screened(counted, tuple(found), uses.total - int(counted[:, 2].sum()))


def _without(uses: Uses, subscribers: set[int], pieces: set[int]) -> IntArray:
    """The usage of everybody else, of every other piece."""
    if not subscribers and not pieces:
        return uses.usage
    out_subscriber = np.zeros(len(uses.by_subscriber), dtype=np.bool_)
    out_subscriber[list(subscribers)] = True
    out_piece = np.zeros(len(uses.by_piece), dtype=np.bool_)
    out_piece[list(pieces)] = True
    out = out_subscriber[uses.usage[:, 0]] | out_piece[uses.usage[:, 1]]
    counted: IntArray = uses.usage[~out]
    return counted


def _jumps(period: Period, uses: Uses) -> Iterator[Finding]:
    """Subscribers and pieces that jumped since the contract's period before, if there is one."""
    candidates = {
        Rule.SUBSCRIBER_JUMP: (uses.by_subscriber, anomalies.SUBSCRIBER_JUMP),
        Rule.PIECE_JUMP: (uses.by_piece, anomalies.PIECE_JUMP),
    }
    earlier = period.contract.periods.filter(ends_on__lte=period.starts_on)
    last = earlier.order_by("-starts_on").first()
    if last is None or not any(
        (sums >= jump.from_uses).any() for sums, jump in candidates.values()
    ):
        return
    parameters = standing.parameters(last, standing.last_intake_file(last))
    total_before = _query(TOTAL_BEFORE, parameters)[0][0]
    for rule, (sums, jump) in candidates.items():
        positions = np.flatnonzero(sums >= jump.from_uses).tolist()
        before = dict(_query(BEFORE[rule], parameters | {"positions": positions}))
        for at, figures in anomalies.jumps(sums, before, (uses.total, total_before), jump):
            is_piece = rule is Rule.PIECE_JUMP
            yield Finding(rule, () if is_piece else (at,), at if is_piece else None, figures)


def _in_names(
    uses: Uses, generation_ids: Sequence[str], findings: Sequence[Finding]
) -> list[HeldUses]:
    """Findings with the names of whom they are about."""
    positions = {at for finding in findings for at in finding.subscribers}
    rows = {at: _rows(uses, finding) for at, finding in enumerate(findings)}
    positions.update(at for chosen in rows.values() for at, _ in _most(chosen[:, 0], chosen[:, 2]))
    if not findings:
        return []
    names = dict(
        _query(
            "SELECT position, subscriber FROM period_subscriber WHERE position = ANY (%(of)s)",
            {"of": sorted(positions)},
        )
    )
    return [_held(finding, rows[at], names, generation_ids) for at, finding in enumerate(findings)]


def _rows(uses: Uses, finding: Finding) -> IntArray:
    """The usage that a finding holds.  (n_pairs, 3)"""
    if finding.piece is not None:
        of_piece: IntArray = uses.usage[uses.usage[:, 1] == finding.piece]
        return of_piece
    return np.concatenate(
        [uses.usage[uses.indptr[at] : uses.indptr[at + 1]] for at in finding.subscribers]
    )


def _held(
    finding: Finding, rows: IntArray, names: dict[int, str], generation_ids: Sequence[str]
) -> HeldUses:
    subscribers = tuple(names[at] for at in finding.subscribers)
    if finding.piece is not None:
        subject = shown = generation_ids[finding.piece]
        most = [[names[at], count] for at, count in _most(rows[:, 0], rows[:, 2])]
    else:
        subject = shown = subscribers[0]
        most = [[generation_ids[at], count] for at, count in _most(rows[:, 1], rows[:, 2])]
    if finding.rule is Rule.LOOK_ALIKES:
        subject = _fingerprint(rows[: finding.figures["pieces"]], generation_ids)
        more = len(subscribers) - NAMED
        shown = ", ".join(subscribers[:NAMED]) + f" and {more} more" * (more > 0)
    return HeldUses(
        rule=finding.rule,
        subject=subject,
        subscribers=subscribers,
        uses=int(rows[:, 2].sum()),
        sentence=anomalies.sentence(finding.rule, finding.figures, shown),
        evidence={**finding.figures, "most": most},
    )


def _most(positions: IntArray, counts: IntArray) -> list[tuple[int, int]]:
    """The positions with the most uses, and how many."""
    distinct, inverse = np.unique(positions, return_inverse=True)
    sums = sum_at(inverse, counts, len(distinct))
    order = np.argsort(-sums, kind="stable")[:MOST_USED]
    return [(int(distinct[at]), int(sums[at])) for at in order]


def _fingerprint(rows: IntArray, generation_ids: Sequence[str]) -> str:
    """What is the same for all look-alikes, whoever they are: pieces and proportions."""
    divisor = int(np.gcd.reduce(rows[:, 2]))
    pattern = [[generation_ids[piece], count // divisor] for _, piece, count in rows.tolist()]
    return hashlib.sha256(json.dumps(pattern).encode()).hexdigest()[:16]


def _positions(subscribers: Sequence[str]) -> list[int]:
    found = _query(
        "SELECT position FROM period_subscriber WHERE subscriber = ANY (%(names)s)",
        {"names": list(subscribers)},
    )
    return [position for (position,) in found]


def _query(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(standing.filled(query), parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
