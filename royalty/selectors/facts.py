"""What was reported for a period, added up in the database and read as integers.

Positions number subscribers and generations by their external ids in code-point order (collation
"C"), the order that a snapshot wants.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np
from django.db import connection
from django.db.models import QuerySet, Sum

from royalty.apportionment import IntArray
from royalty.models import Period, RevenueEvent, RevenueKind, UsageEvent

PAIRS = """
CREATE TEMPORARY TABLE period_pair ON COMMIT DROP AS
SELECT subscriber, generation_id, sum(count)::bigint AS uses
  FROM royalty_usageevent
 WHERE platform_id = %(platform)s AND service = %(service)s
   AND used_at >= %(starts_at)s AND used_at < %(ends_at)s
 GROUP BY subscriber, generation_id
"""
SUBSCRIBERS = """
CREATE TEMPORARY TABLE period_subscriber ON COMMIT DROP AS
SELECT subscriber, sum(fee_atoms)::bigint AS fee_atoms,
       row_number() OVER (ORDER BY subscriber COLLATE "C") - 1 AS position
  FROM (SELECT subscriber, amount_atoms AS fee_atoms FROM royalty_revenueevent
         WHERE platform_id = %(platform)s AND service = %(service)s AND kind = 'subscription'
           AND earned_on >= %(starts_on)s AND earned_on < %(ends_on)s
        UNION ALL SELECT DISTINCT subscriber, 0 FROM period_pair) AS those
 GROUP BY subscriber
"""
GENERATIONS = """
CREATE TEMPORARY TABLE period_generation ON COMMIT DROP AS
SELECT generation.id, generation.external_id, generation.model_version_id,
       sum(fee_atoms)::bigint AS fee_atoms,
       row_number() OVER (ORDER BY generation.external_id COLLATE "C") - 1 AS position
  FROM (SELECT generation_id, amount_atoms AS fee_atoms FROM royalty_revenueevent
         WHERE platform_id = %(platform)s AND service = %(service)s AND kind = 'output'
           AND earned_on >= %(starts_on)s AND earned_on < %(ends_on)s
        UNION ALL SELECT DISTINCT generation_id, 0 FROM period_pair) AS those
  JOIN attribution_generation generation ON generation.id = generation_id
 GROUP BY generation.id
"""
TABLES = ("period_pair", "period_subscriber", "period_generation")

# Of several finished attributions of a piece the last one counts, but for those of vetoed runs.
ATTRIBUTIONS = """
SELECT generation.position, latest.run_id, latest.track_ids, latest.share_ppb
  FROM period_generation generation
  CROSS JOIN LATERAL (
      SELECT attribution.run_id, attribution.track_ids, attribution.share_ppb
        FROM attribution_attribution attribution
        JOIN attribution_attributionrun run ON run.id = attribution.run_id
       WHERE attribution.generation_id = generation.id AND run.finished_at IS NOT NULL
         AND run.objections = '{}'
       ORDER BY run.finished_at DESC, run.id DESC
       LIMIT 1) AS latest
 ORDER BY generation.position
"""
# Pieces with vetoed attributions, and what forbids to pay by the last one of each.
VETOES = """
SELECT generation.position, latest.objections
  FROM period_generation generation
  CROSS JOIN LATERAL (
      SELECT run.objections
        FROM attribution_attribution attribution
        JOIN attribution_attributionrun run ON run.id = attribution.run_id
       WHERE attribution.generation_id = generation.id AND run.finished_at IS NOT NULL
         AND run.objections <> '{}'
       ORDER BY run.finished_at DESC, run.id DESC
       LIMIT 1) AS latest
 ORDER BY generation.position
"""


@dataclass(frozen=True)
class PieceShares:
    """The attribution that counts for the generation at a position."""

    position: int
    run_id: str
    track_ids: list[int]
    share_ppb: list[int]


@dataclass(frozen=True)
class PeriodFacts:
    """Everything reported in a period; S subscribers, G generations."""

    generation_ids: tuple[str, ...]  # (G,)
    generation_fee_atoms: IntArray  # (G,)
    model_version_ids: frozenset[int]
    subscriber_fee_atoms: IntArray  # (S,)
    training_fee_atoms: int
    usage: IntArray  # (n_pairs, 3): subscriber, generation, uses, ascending
    attributions: tuple[PieceShares, ...]
    vetoes: dict[int, tuple[str, ...]]  # by position: why an attribution does not count


def read_facts(period: Period) -> PeriodFacts:
    """Read a period's events and the attributions of its generations."""
    with _gathered(period), connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_id, fee_atoms, model_version_id FROM period_generation"
            " ORDER BY position"
        )
        generations = cursor.fetchall()
        cursor.execute(ATTRIBUTIONS)
        attributions = tuple(
            PieceShares(position, str(run_id), track_ids, share_ppb)
            for position, run_id, track_ids, share_ppb in cursor.fetchall()
        )
        cursor.execute(VETOES)
        vetoes = {position: tuple(objections) for position, objections in cursor.fetchall()}
        return PeriodFacts(
            generation_ids=tuple(row[0] for row in generations),
            generation_fee_atoms=np.array([row[1] for row in generations], dtype=np.int64),
            model_version_ids=frozenset(row[2] for row in generations),
            subscriber_fee_atoms=_read_ints(
                "SELECT fee_atoms FROM period_subscriber ORDER BY position", 1
            )[:, 0],
            training_fee_atoms=_training_fee(period),
            usage=_read_ints(
                "SELECT subscriber.position, generation.position, pair.uses FROM period_pair pair"
                " JOIN period_subscriber subscriber USING (subscriber)"
                " JOIN period_generation generation ON generation.id = pair.generation_id"
                " ORDER BY 1, 2",
                3,
            ),
            attributions=attributions,
            vetoes=vetoes,
        )


def reported_totals(period: Period) -> tuple[int, int]:
    """(uses, gross atoms) reported for a period until now."""
    contract = period.contract
    uses = UsageEvent.objects.filter(
        platform=contract.platform_id,
        service=contract.service,
        used_at__gte=midnight(period.starts_on),
        used_at__lt=midnight(period.ends_on),
    ).aggregate(total=Sum("count", default=0))
    gross = _revenue(period).aggregate(total=Sum("amount_atoms", default=0))
    return int(uses["total"]), int(gross["total"])


def _revenue(period: Period) -> QuerySet[RevenueEvent]:
    return RevenueEvent.objects.filter(
        platform=period.contract.platform_id,
        service=period.contract.service,
        earned_on__gte=period.starts_on,
        earned_on__lt=period.ends_on,
    )


def _training_fee(period: Period) -> int:
    paid = _revenue(period).filter(kind=RevenueKind.TRAINING)
    return int(paid.aggregate(total=Sum("amount_atoms", default=0))["total"])


def midnight(day: date) -> datetime:
    """The instant at which a day begins, in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


@contextmanager
def _gathered(period: Period) -> Iterator[None]:
    """The period's events, added up in temporary tables; needs a transaction."""
    parameters: dict[str, int | str | date] = {
        "platform": period.contract.platform_id,
        "service": period.contract.service,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "starts_at": midnight(period.starts_on),
        "ends_at": midnight(period.ends_on),
    }
    with connection.cursor() as cursor:
        for statement in (PAIRS, SUBSCRIBERS, GENERATIONS):
            cursor.execute(statement, parameters)
        cursor.execute("".join(f"ANALYZE {table};" for table in TABLES))
        yield
        cursor.execute(f"DROP TABLE {', '.join(TABLES)}")


def _read_ints(query: str, n_columns: int) -> IntArray:
    """A query's rows of integers, by COPY.  (n_rows, n_columns)"""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (DELIMITER ' ')") as copy,
    ):
        text = b"".join(bytes(block) for block in copy)
    if not text:
        return np.zeros((0, n_columns), dtype=np.int64)
    return np.fromstring(text.decode(), dtype=np.int64, sep=" ").reshape(-1, n_columns)
