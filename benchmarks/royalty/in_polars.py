"""User-centric apportionment in Polars: four largest-remainder splits, integers only."""

from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.royalty import world
from benchmarks.royalty.contestants import Run
from royalty.apportionment import IntArray

PPB, PPM = 1_000_000_000, 1_000_000


def prepare(folder: Path) -> Run:
    """Columns in memory; returns what apportions them."""
    pair = pl.DataFrame(
        {
            name: world.load(folder, f"usage_{name}")
            for name in ("subscriber", "generation", "count")
        }
    )
    fee = pl.DataFrame({"atoms": world.load(folder, "subscriber_fee_atoms")}).with_row_index(
        "subscriber"
    )
    fee = fee.with_columns(pl.col("subscriber").cast(pl.Int64))
    share = _table(folder, "share", ("generation", "track", "ppb"))
    owner = _table(folder, "owner", ("track", "party", "ppm"))
    pool_atoms = world.pool_atoms(folder)

    def run() -> IntArray:
        by_piece = _pieces(pair, fee, pool_atoms)
        return _parties(_entries(by_piece, share, owner["track"].n_unique()), owner)

    return run


def _table(folder: Path, name: str, columns: tuple[str, str, str]) -> pl.DataFrame:
    indptr, column, value = world.table(folder, name)
    rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    return pl.DataFrame(dict(zip(columns, (rows, column, value), strict=True)))


def _split(rows: pl.LazyFrame, group: str | None, *, wide: bool = False) -> pl.LazyFrame:
    """Adds `part`; rows of a group come in the order in which ties are decided."""
    kind = pl.Int128 if wide else pl.Int64
    product = (pl.col("amount") % pl.col("total")).cast(kind) * pl.col("weight")
    base = (pl.col("amount") // pl.col("total")) * pl.col("weight")
    rows = rows.with_columns(
        base=base + (product // pl.col("total")).cast(pl.Int64),
        rest=(product % pl.col("total")).cast(pl.Int64),
    )
    rank = pl.col("rest").rank("ordinal", descending=True)
    given = pl.col("base").sum()
    left = pl.col("amount") - (given.over(group) if group else given)
    place = (rank.over(group) if group else rank).cast(pl.Int64)
    return rows.with_columns(part=pl.col("base") + (place <= left).cast(pl.Int64)).drop(
        "base", "rest", "weight", "total", "amount"
    )


def _pieces(pair: pl.DataFrame, fee: pl.DataFrame, pool_atoms: int) -> pl.LazyFrame:
    uses = pair.lazy().group_by("subscriber").agg(uses=pl.col("count").sum())
    active = fee.lazy().join(uses, on="subscriber").sort("subscriber").rename({"atoms": "weight"})
    active = active.with_columns(amount=pl.lit(pool_atoms), total=pl.col("weight").sum())
    paid = _split(active, None, wide=True)
    pairs = pair.lazy().join(paid, on="subscriber", how="left", maintain_order="left")
    pairs = pairs.rename({"count": "weight", "part": "amount", "uses": "total"})
    by_pair = _split(pairs, "subscriber")
    return by_pair.group_by("generation").agg(amount=pl.col("part").sum())


def _entries(by_piece: pl.LazyFrame, share: pl.DataFrame, n_tracks: int) -> pl.DataFrame:
    """What each track earned of each piece and of the fallback: row, track, amount."""
    shares = share.lazy().rename({"ppb": "weight"})
    rest = shares.group_by("generation").agg(
        track=pl.lit(n_tracks, pl.Int64), weight=PPB - pl.col("weight").sum()
    )
    weighed = pl.concat([shares, rest]).sort("generation", "track")
    earning = weighed.join(by_piece, on="generation", maintain_order="left")
    entry = _split(earning.with_columns(total=pl.lit(PPB)), "generation").collect()
    unattributed = entry.filter(pl.col("track") == n_tracks)["part"].sum()
    equal = pl.LazyFrame({"track": np.arange(n_tracks)}).with_columns(
        weight=pl.lit(1, pl.Int64), total=pl.lit(n_tracks, pl.Int64), amount=pl.lit(unattributed)
    )
    fallback = _split(equal, None).select("track", amount="part", row=-1 - pl.col("track"))
    paid = entry.lazy().filter(pl.col("track") < n_tracks)
    row = pl.col("generation") * n_tracks + pl.col("track")
    return pl.concat([paid.select("track", amount="part", row=row), fallback]).collect()


def _parties(entries: pl.DataFrame, owner: pl.DataFrame) -> IntArray:
    owed = entries.lazy().join(owner.lazy(), on="track", maintain_order="left_right")
    owed = owed.rename({"ppm": "weight"}).with_columns(total=pl.lit(PPM))
    by_party = _split(owed, "row").group_by("party").agg(pl.col("part").sum()).sort("party")
    atoms: IntArray = by_party.collect()["part"].to_numpy()
    return atoms
