"""Could an index serve money? What is certified, by how much of a row the index holds.

For the generated pieces and the captured songs (`benchmarks.captured`): how far the signs that the
index lacks may lift a track, in standard scores; the share of tracks that can then not be ruled
out; the share of a piece's money that may be missed if those are not scored; and what it costs to
score them, in exact scans. Two bounds: what the other signs can add at all, and what they add but
once in a billion segments. The bounds of a track's segments add up. Kind to the index: those that
really earn count as scored.

    python -m benchmarks.certificate
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from attribution.engine import PPB, FloatArray, IntArray, Role, attribute
from attribution.engine.scan.certificate import certain_radius, likely_radius, missed_at_most
from benchmarks.captured import MEMBER, WORK, Captured, captured, resampled_store

Floats: TypeAlias = NDArray[np.float64]

EIGHTHS = (1, 2, 4, 6, 7)
RISK = 1e-9
WIDTH = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(1)
    source = captured(options.work)
    store = resampled_store(source, len(source.rows), "sign", options.work)
    rows = np.concatenate([store.shard_rows(MEMBER, shard) for shard in range(store.n_shards)])
    board = Board.of(source, rows, store.scales(MEMBER))
    Console(soft_wrap=True, highlight=False, width=WIDTH).print(_table(source.queries, rows, board))


@dataclass(frozen=True)
class Board:
    """How totals of tracks become standard scores, and where money begins."""

    track: IntArray  # (n,) of each segment
    counts: Floats  # (n_tracks,) segments
    scales: Floats  # (n_tracks,) summed scales of a track's segments
    centre: Floats  # (q, 1) of the controls, a segment
    spread: Floats  # (q, 1) of the controls, over the root of their segments
    exact: Floats  # (q, n_tracks) standard scores
    gate: float

    @classmethod
    def of(cls, source: Captured, rows: FloatArray, scales: FloatArray) -> "Board":
        """Judge tracks by the calibration controls, and take the gate of a run of shares."""
        scores = source.queries @ rows.T
        run = attribute(scores[None], np.arange(len(scores)), source.track, source.role)
        counts = summed(np.ones((1, len(rows)), dtype=np.float32), source.track)[0]
        totals = summed(scores, source.track)
        null = source.role == Role.CALIBRATION
        centre = np.median((totals / counts)[:, null], axis=1, keepdims=True)
        away = np.abs((totals - centre * counts) / np.sqrt(counts))[:, null]
        spread = 1.4826 * np.median(away, axis=1, keepdims=True)
        exact = (totals - centre * counts) / (spread * np.sqrt(counts))
        summed_scales = summed(scales[None], source.track)[0]
        return cls(source.track, counts, summed_scales, centre, spread, exact, run.quality.gate_z)

    def bounds(self, part: FloatArray, radius: Floats) -> tuple[Floats, Floats]:
        """Return how far tracks may be lifted, and their standard scores at most, (q, n_tracks)."""
        unit = self.spread * np.sqrt(self.counts)
        lift = radius[:, None] * self.scales / unit
        totals = summed(part, self.track)
        return lift, (totals - self.centre * self.counts) / unit + lift


def summed(scores: FloatArray, track: IntArray) -> Floats:
    """Sum scores (q, n) by track, (q, n_tracks); tracks come in order."""
    starts = np.unique(track, return_index=True)[1]
    totals: Floats = np.add.reduceat(scores.astype(np.float64), starts, axis=1)
    return totals


def _table(queries: FloatArray, rows: FloatArray, board: Board) -> Table:
    title = (
        f"{len(queries)} pieces × {len(board.counts)} tracks of {len(rows):,} segments; "
        f"money begins at z = {board.gate:.1f}"
    )
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("signs in the index", no_wrap=True)
    for heading in ("bound", "lift, z", "not ruled out", "missed at most", "cost of the rest"):
        table.add_column(heading, justify="right")
    places = np.arange(rows.shape[1]) // 8 % 8  # runs of eight signs, evenly spread
    for eighths in EIGHTHS:
        indexed = places < eighths
        part = queries[:, indexed] @ rows[:, indexed].T
        certain = np.array([certain_radius(query, indexed) for query in queries])
        likely = np.array([likely_radius(query, indexed, RISK) for query in queries])
        for name, known, radius in (
            ("certain", part, certain),
            ("likely", part * np.float32(8 / eighths), likely),
        ):
            lift, bound = board.bounds(known, radius)
            told = _certified(board, bound, eighths / 8)
            table.add_row(f"{eighths} of 8", name, f"{np.median(lift):.0f}", *told)
    return table


def _certified(board: Board, bound: Floats, held: float) -> tuple[str, str, str]:
    """Over pieces: tracks not ruled out, money missed at most (medians), cost of scoring them."""
    missed, left, cost = [], [], []
    for z, most in zip(board.exact, bound, strict=True):
        earns = z > board.gate
        weights = z[earns] * (1 - np.square(board.gate / z[earns]))
        missed.append(missed_at_most(weights, most[~earns], board.gate))
        possible = most > board.gate
        left.append(float(possible[~earns].mean()))
        segments = board.counts[possible].sum() / board.counts.sum()
        cost.append(held + (1 - held) * segments)
    return (
        f"{np.median(left):.1%}",
        f"{np.median(missed) / PPB:.1%}",
        f"{np.mean(cost):.2f} scans",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.certificate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--work", type=Path, default=WORK, help="where rows and stores are made")
    return parser


if __name__ == "__main__":
    main()
