"""What was reported for a period, added up in the database and read as integers.

Uses that are held until a person decides, or were left out, are not among it (`screening`).
Positions number subscribers and generations by their external ids in code-point order (collation
"C"), the order that a snapshot wants.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from django.db import connection

from royalty.apportionment import IntArray, SnapshotError
from royalty.apportionment.arrays import INT64_MAX
from royalty.models import Period
from royalty.selectors import standing
from royalty.selectors.screening import Screened, screen
from royalty.selectors.standing import (
    Parameters,
    filled,
    last_intake_file,
    midnight,
    reported_totals,
)

__all__ = [
    "PeriodFacts",
    "PieceShares",
    "last_intake_file",
    "midnight",
    "read_facts",
    "reported_totals",
]

PAIRS = """
CREATE TEMPORARY TABLE period_pair ON COMMIT DROP AS
SELECT subscriber, generation_id, sum(count)::bigint AS uses {usage}
 GROUP BY subscriber, generation_id
HAVING sum(count) > 0
"""
SUBSCRIBERS = """
CREATE TEMPORARY TABLE period_subscriber ON COMMIT DROP AS
SELECT subscriber, sum(fee_atoms)::bigint AS fee_atoms,
       row_number() OVER (ORDER BY subscriber COLLATE "C") - 1 AS position
  FROM (SELECT subscriber, amount_atoms AS fee_atoms {revenue}
           AND kind = 'subscription' AND amount_atoms > 0
        UNION ALL SELECT DISTINCT subscriber, 0 FROM period_pair) AS those
 GROUP BY subscriber
"""
GENERATIONS = """
CREATE TEMPORARY TABLE period_generation ON COMMIT DROP AS
SELECT generation.id, generation.external_id, generation.model_version_id,
       sum(fee_atoms)::bigint AS fee_atoms,
       row_number() OVER (ORDER BY generation.external_id COLLATE "C") - 1 AS position
  FROM (SELECT generation_id, amount_atoms AS fee_atoms {revenue}
           AND kind = 'output' AND amount_atoms > 0
        UNION ALL SELECT DISTINCT generation_id, 0 FROM period_pair) AS those
  JOIN attribution_generation generation ON generation.id = generation_id
 GROUP BY generation.id
"""
PAIRS_BY_POSITION = """
period_pair pair
  JOIN period_subscriber subscriber USING (subscriber)
  JOIN period_generation generation ON generation.id = pair.generation_id
"""
ORDER_A_MESSAGE = 100
TABLES = ("period_pair", "period_subscriber", "period_generation")

GROSS = "SELECT coalesce(sum(amount_atoms), 0) {revenue}"
TRAINING_FEE = f"{GROSS} AND kind = 'training'"

# Of several finished attributions of a piece the last one counts, but for those of vetoed runs, and
# those by features of its platform that were refuted. `standing` is that of such features, or ''.
ATTRIBUTIONS = """
SELECT generation.position, latest.run_id, latest.track_ids, latest.share_ppb, latest.standing
  FROM period_generation generation
  CROSS JOIN LATERAL (
      SELECT attribution.run_id, attribution.track_ids, attribution.share_ppb,
             coalesce(features.standing, '') AS standing
        FROM attribution_attribution attribution
        JOIN attribution_attributionrun run ON run.id = attribution.run_id
        LEFT JOIN attribution_generationfeatures features
          ON features.generation_id = attribution.generation_id
         AND features.feature_store_id = run.feature_store_id
       WHERE attribution.generation_id = generation.id AND run.finished_at IS NOT NULL
         AND run.objections = '{}' AND features.standing IS DISTINCT FROM 'refuted'
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

REFUTED = """
SELECT generation.position
  FROM period_generation generation
  JOIN attribution_generationfeatures features ON features.generation_id = generation.id
 WHERE features.standing = 'refuted'
"""


@dataclass(frozen=True)
class PieceShares:
    """The attribution that counts for the generation at a position.

    `standing` is that of the features by which it was made, if the platform computed them.
    """

    position: int
    run_id: str
    track_ids: list[int]
    share_ppb: list[int]
    standing: str


@dataclass(frozen=True)
class PeriodFacts:
    """Everything reported in a period; S subscribers, G generations."""

    generation_ids: tuple[str, ...]  # (G,)
    generation_fee_atoms: IntArray  # (G,)
    model_version_ids: frozenset[int]
    subscriber_fee_atoms: IntArray  # (S,)
    training_fee_atoms: int
    screened: Screened  # the usage that counts, and what is held of it
    attributions: tuple[PieceShares, ...]
    vetoes: dict[int, tuple[str, ...]]  # by position: why an attribution does not count
    refuted: frozenset[int]  # positions whose platform sent features that are not the piece's
    last_intake_file: int

    @property
    def usage(self) -> IntArray:
        """Subscriber, generation, uses, ascending.  (n_pairs, 3)"""
        return self.screened.usage


def read_facts(period: Period) -> PeriodFacts:
    """Read a period's events and the attributions of its generations.

    Raises:
        SnapshotError: the period's revenue is beyond what 64 bits hold.
    """
    last_file = standing.last_intake_file(period)
    parameters = standing.parameters(period, last_file)
    _refuse_beyond_64_bits(parameters)
    with _gathered(parameters), connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_id, fee_atoms, model_version_id FROM period_generation"
            " ORDER BY position"
        )
        generations = cursor.fetchall()
        cursor.execute(ATTRIBUTIONS)
        attributions = tuple(
            PieceShares(position, str(run_id), *found)
            for position, run_id, *found in cursor.fetchall()
        )
        cursor.execute(VETOES)
        vetoes = {position: tuple(objections) for position, objections in cursor.fetchall()}
        cursor.execute(REFUTED)
        refuted = frozenset(position for (position,) in cursor.fetchall())
        generation_ids = tuple(row[0] for row in generations)
        fees = _read_ints(["fee_atoms"], "period_subscriber", ["position"])[:, 0]
        return PeriodFacts(
            generation_ids=generation_ids,
            generation_fee_atoms=np.array([row[1] for row in generations], dtype=np.int64),
            model_version_ids=frozenset(row[2] for row in generations),
            subscriber_fee_atoms=fees,
            training_fee_atoms=_read_one(TRAINING_FEE, parameters),
            screened=screen(period, _pairs(), generation_ids, len(fees)),
            attributions=attributions,
            vetoes=vetoes,
            refuted=refuted,
            last_intake_file=last_file,
        )


def _pairs() -> IntArray:
    """(n_pairs, 3): subscriber, generation, uses, ascending."""
    place = ["subscriber.position", "generation.position"]
    return _read_ints([*place, "pair.uses"], PAIRS_BY_POSITION, place)


def _refuse_beyond_64_bits(parameters: Parameters) -> None:
    """PostgreSQL refuses such sums as well, but not in words that help anybody."""
    gross_atoms = _read_one(GROSS, parameters)
    if gross_atoms > INT64_MAX:
        raise SnapshotError(
            f"its revenue sums to {gross_atoms} atoms, more than 64 bits hold; look for amounts "
            "that were reported too large."
        )


@contextmanager
def _gathered(parameters: Parameters) -> Iterator[None]:
    """The period's events, added up in temporary tables; needs a transaction."""
    with connection.cursor() as cursor:
        for statement in (PAIRS, SUBSCRIBERS, GENERATIONS):
            cursor.execute(filled(statement), parameters)
        cursor.execute("".join(f"ANALYZE {table};" for table in TABLES))
        yield
        cursor.execute(f"DROP TABLE {', '.join(TABLES)}")


def _read_one(query: str, parameters: Parameters) -> int:
    with connection.cursor() as cursor:
        cursor.execute(filled(query), parameters)
        return int(cursor.fetchone()[0])


def _read_ints(columns: Sequence[str], source: str, order: Sequence[str]) -> IntArray:
    """Columns of integers of the rows of `FROM source`, by COPY.  (n_rows, n_columns)

    Many rows travel in one message, those of as many values of the first column of the order:
    a message a row would take the client longer than everything else.
    """
    sent = " || ".join(f"int8send({column})" for column in columns)
    many = f"{order[0]} / {ORDER_A_MESSAGE}"
    query = (
        f"SELECT string_agg({sent}, ''::bytea ORDER BY {', '.join(order)}) FROM {source}"  # noqa: S608 ours
        f" GROUP BY {many} ORDER BY {many}"
    )
    empty = np.zeros(0, dtype=np.int64)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT") as copy,
    ):
        found = np.concatenate([empty, *(_big_endian(bytes(message)) for message in copy)])
    return found.reshape(-1, len(columns))


def _big_endian(message: bytes) -> IntArray:
    r"""The integers of a row of COPY that holds one bytea: \\x, hexadecimal digits, a new line."""
    return np.frombuffer(bytes.fromhex(message[3:-1].decode("ascii")), dtype=">i8").astype(np.int64)
