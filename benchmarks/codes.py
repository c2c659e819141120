"""What does writing rows with fewer digits lose? Scores from each kind of code against float32's.

Rows of the bundled songs, really captured at the engine's default, are stored once for each dtype
and dimension and scanned by the same queries. The baseline is the float32 store *of the same
dimension*, so the table shows what the code alone costs; what a smaller dimension costs is for
`python -m benchmarks.fidelity` to say, which has a truth to compare with.

    python -m benchmarks.codes
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np
from rich.console import Console
from rich.table import Table

from attribution.engine import FloatArray, exact_scan
from attribution.engine.config import RowDtype
from attribution.engine.evaluation import spearman
from attribution.engine.store.codes import row_bytes
from benchmarks.captured import MEMBER, Captured, captured, resampled_store

DIMENSIONS = (131_072, 4_096)
BEST = 10
WIDTH = 110


@dataclass(frozen=True)
class Loss:
    """How scores from one kind of row differ from those of float32 rows of the same dimension."""

    dtype: RowDtype
    dimension: int
    rank_correlation: float  # Spearman's rho over segments, mean over queries
    error: float  # root mean square, as a share of the scores' standard deviation; mean
    best_kept: float  # part of the best segments that stay among the best, mean

    @property
    def row_bytes(self) -> int:
        """What a row takes on disk."""
        return row_bytes(self.dimension, self.dtype)


def losses(source: Captured, work: Path) -> Iterator[Loss]:
    """Store and scan these rows in every dtype, float32 first."""
    exact = _scores(source, "float32", work)
    for dtype in sorted(get_args(RowDtype), key=lambda name: -row_bytes(8, name)):
        found = exact if dtype == "float32" else _scores(source, dtype, work)
        difference = np.sqrt(np.square(found - exact).mean(1)) / exact.std(1)
        yield Loss(
            dtype,
            source.rows.shape[1],
            float(spearman(found.T.astype(np.float64), exact.T.astype(np.float64)).mean()),
            float(difference.mean()),
            _best_kept(found, exact),
        )


def _scores(source: Captured, dtype: RowDtype, work: Path) -> FloatArray:
    """Return the scores of all queries against the stored rows, (q, n)."""
    store = resampled_store(source, len(source.rows), dtype, work)
    scores: FloatArray = exact_scan(store, {MEMBER: source.queries}, digits=2)[0]
    return scores


def _best_kept(found: FloatArray, exact: FloatArray) -> float:
    best = [np.argpartition(-scores, BEST, axis=1)[:, :BEST] for scores in (found, exact)]
    kept = [len(np.intersect1d(ours, theirs)) for ours, theirs in zip(*best, strict=True)]
    return float(np.mean(kept)) / BEST


def table(rows: Sequence[Loss]) -> Table:
    """The table that is kept in the documentation."""
    table = Table(box=None, pad_edge=False)
    table.add_column("dtype", no_wrap=True)
    headings = ("numbers a row", "bytes a row", "Spearman", "error / spread", "best 10 kept")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        numbers = (f"{row.dimension:,}", f"{row.row_bytes:,}")
        measures = (f"{row.rank_correlation:.5f}", f"{row.error:.2%}", f"{row.best_kept:.1%}")
        table.add_row(row.dtype, *numbers, *measures)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.codes", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--segments", type=int, default=1000, help="rows that are stored")
    options = parser.parse_args(arguments)
    console = Console(highlight=False)
    console.width = max(console.width, WIDTH)
    whole = captured()
    source = replace(whole, rows=whole.rows[: options.segments])
    console.print(
        f"{len(source.queries)} queries against {len(source.rows):,} segments; "
        "against float32 rows of the same dimension, mean over queries."
    )
    found: list[Loss] = []
    for dimension in DIMENSIONS:
        with tempfile.TemporaryDirectory() as work:
            found += losses(source.folded(dimension), Path(work))
    console.print(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
