"""Writing down pairs that may be one: once a pair, and never again what was decided."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from catalog.duplicates.models import Kind, Subject

# A pair is open again by evidence of a kind that was not there when it was decided; what was merged
# stays merged. `kinds` is all that is known, so what is found again changes nothing else.
_FOUND = """
INSERT INTO duplicates_candidate AS known
       (subject, first_{subject}_id, second_{subject}_id, kinds, score_ppm, evidence, status,
        reason, found_at)
SELECT %(subject)s, pair.first, pair.second, ARRAY[%(kind)s::varchar], pair.score,
       jsonb_build_object(%(kind)s::text, pair.evidence::jsonb), 'open', '', now()
  FROM unnest(%(first)s::bigint[], %(second)s::bigint[], %(score)s::integer[], %(evidence)s::text[])
       AS pair(first, second, score, evidence)
    ON CONFLICT (first_{subject}_id, second_{subject}_id) DO UPDATE
   SET kinds = CASE WHEN %(kind)s = ANY (known.kinds) THEN known.kinds
                    ELSE known.kinds || excluded.kinds END,
       score_ppm = greatest(known.score_ppm, excluded.score_ppm),
       evidence = known.evidence || excluded.evidence,
       status = CASE WHEN {reopened} THEN 'open' ELSE known.status END,
       decided_at = CASE WHEN {reopened} THEN NULL ELSE known.decided_at END,
       decided_by_id = CASE WHEN {reopened} THEN NULL ELSE known.decided_by_id END,
       reason = CASE WHEN {reopened} THEN '' ELSE known.reason END
RETURNING (xmax = 0)
"""
_REOPENED = "(known.status IN ('distinct', 'versions') AND NOT %(kind)s = ANY (known.kinds))"


@dataclass(frozen=True)
class Pair:
    """Two ids of one sort, how sure it is that they are one (0 to 1), and what was found."""

    first: int
    second: int
    score: float
    evidence: dict[str, Any]


def note(subject: Subject, kind: Kind, pairs: Iterable[Pair]) -> int:
    """Write down what was found; returns how many pairs were not known before."""
    ordered = {
        (min(pair.first, pair.second), max(pair.first, pair.second)): pair
        for pair in pairs
        if pair.first != pair.second
    }
    if not ordered:
        return 0
    statement = _FOUND.format(subject=subject.value, reopened=_REOPENED)
    parameters: dict[str, Any] = {
        "subject": subject.value,
        "kind": kind.value,
        "first": [first for first, _ in ordered],
        "second": [second for _, second in ordered],
        "score": [round(min(pair.score, 1.0) * 1_000_000) for pair in ordered.values()],
        "evidence": [json.dumps(pair.evidence) for pair in ordered.values()],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return sum(is_new for (is_new,) in cursor.fetchall())
