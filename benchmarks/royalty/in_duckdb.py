"""User-centric apportionment in DuckDB: one query, four largest-remainder splits, integers only."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.royalty import world
from benchmarks.royalty.contestants import Run
from royalty.apportionment import IntArray

# A part is floor(amount·weight/total) and perhaps one more; `amount` is divided first, so that
# no product passes 63 bits except where fees are the weights.
SPLIT = """
SELECT * EXCLUDE (base, rest, wide),
       base + CASE WHEN row_number() OVER (PARTITION BY {group} ORDER BY rest DESC, {tie})
                        <= amount - sum(base) OVER (PARTITION BY {group})
                   THEN 1 ELSE 0 END AS part
  FROM (SELECT *, (amount // total) * weight + (wide // total)::BIGINT AS base,
               (wide % total)::BIGINT AS rest
          FROM (SELECT *, {product} AS wide FROM ({source})))
"""
NARROW, WIDE = "(amount % total) * weight", "(amount % total)::HUGEINT * weight"


def _split(source: str, group: str, tie: str, product: str = NARROW) -> str:
    return SPLIT.format(source=source, group=group, tie=tie, product=product)


QUERY = f"""
WITH active AS (SELECT subscriber, sum(count)::BIGINT AS total FROM pair GROUP BY subscriber),
paid AS ({
    _split(
        "SELECT 0 AS everybody, subscriber, active.total AS uses, atoms AS weight,"
        " $pool::BIGINT AS amount, (sum(atoms) OVER ())::BIGINT AS total"
        " FROM fee JOIN active USING (subscriber)",
        "everybody",
        "subscriber",
        WIDE,
    )
}),
by_pair AS ({
    _split(
        "SELECT subscriber, generation, count AS weight, part AS amount, uses AS total"
        " FROM pair JOIN paid USING (subscriber)",
        "subscriber",
        "generation",
    )
}),
by_piece AS (SELECT generation, sum(part)::BIGINT AS amount FROM by_pair GROUP BY generation),
weighed AS (
    SELECT generation, track, ppb AS weight FROM share
    UNION ALL
    SELECT generation, $tracks, 1000000000 - sum(ppb)::BIGINT FROM share GROUP BY generation
),
entry AS MATERIALIZED ({
    _split(
        "SELECT generation, track, weight, amount, 1000000000 AS total"
        " FROM weighed JOIN by_piece USING (generation)",
        "generation",
        "track",
    )
}),
fallback AS ({
    _split(
        "SELECT 0 AS everybody, track, 1::BIGINT AS weight, $tracks::BIGINT AS total,"
        " (SELECT sum(part)::BIGINT FROM entry WHERE track = $tracks) AS amount"
        " FROM range($tracks) AS these(track)",
        "everybody",
        "track",
    )
}),
owed AS (
    SELECT generation * $tracks + track AS row, track, part AS amount
      FROM entry WHERE track < $tracks
    UNION ALL
    SELECT -1 - track, track, part FROM fallback
),
by_holder AS ({
    _split(
        "SELECT row, party, ppm AS weight, amount, 1000000 AS total FROM owed JOIN owner"
        " USING (track)",
        "row",
        "party",
    )
})
SELECT party, sum(part)::BIGINT AS atoms FROM by_holder GROUP BY party ORDER BY party
"""

USAGE = ("subscriber", "generation", "count")
TABLES = (("share", "generation", "track", "ppb"), ("owner", "track", "party", "ppm"))


def prepare(folder: Path, threads: int) -> Run:
    """Tables in memory; returns what runs the query."""
    database = duckdb.connect(config={"threads": threads})
    database.execute("SET enable_progress_bar = false")
    _table(
        database,
        "pair",
        {name: world.load(folder, f"usage_{name}") for name in USAGE},
    )
    fee = world.load(folder, "subscriber_fee_atoms")
    _table(database, "fee", {"subscriber": np.arange(len(fee)), "atoms": fee})
    n_tracks = 0
    for name, row, column, value in TABLES:
        indptr, columns, values = world.table(folder, name)
        n_tracks = len(indptr) - 1  # of the owners, which come last
        rows = np.repeat(np.arange(n_tracks), np.diff(indptr))
        _table(database, name, {row: rows, column: columns, value: values})
    parameters = {"pool": world.pool_atoms(folder), "tracks": n_tracks}

    def run() -> IntArray:
        found = database.execute(QUERY, parameters).fetchnumpy()
        return np.asarray(found["atoms"], dtype=np.int64)

    return run


def _table(database: Any, name: str, columns: dict[str, IntArray]) -> None:
    database.register("columns", columns)
    database.execute(f"CREATE TABLE {name} AS SELECT * FROM columns")
    database.unregister("columns")
