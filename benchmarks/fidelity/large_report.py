"""How well scores of compressed rows agree with the exact ones, at growing numbers of segments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from attribution.engine import CaptureConfig
from attribution.engine.store.codes import row_bytes
from attribution.reference.arrays import IntArray
from benchmarks.fidelity.large import Scores

SIZES = (500, 2_000, 10_000, 30_000, 100_000)
TOP_TRACKS, TOP_SEGMENTS = 10, 100

Sums = NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """Means over queries."""

    rank_correlation: float  # Spearman's rho over segments
    top_tracks: float  # part of the exact top TOP_TRACKS that is kept
    top_segments: float  # part of the exact top TOP_SEGMENTS that is kept
    track_error: float  # root mean square error of track sums over their standard deviation


def agreement(exact: Scores, other: Scores, track: IntArray) -> Agreement:
    """Compare scores (n_queries, n_segments); `track` (n_segments,) says what is summed."""
    exact_sums, other_sums = _track_sums(exact, track), _track_sums(other, track)
    errors = np.sqrt(np.square(other_sums - exact_sums).mean(1)) / exact_sums.std(1)
    return Agreement(
        float(_rank_correlation(exact, other).mean()),
        _kept(exact_sums, other_sums, TOP_TRACKS),
        _kept(exact, other, TOP_SEGMENTS),
        float(errors.mean()),
    )


def show(
    console: Console,
    configs: Mapping[str, CaptureConfig],
    scores: Mapping[str, Scores],
    track: IntArray,
) -> None:
    """Print the agreement of each configuration with the exact kernel, by number of segments."""
    exact = scores["exact"]
    n_queries, n_segments = exact.shape
    sizes = [size for size in SIZES if size < n_segments] + [n_segments]
    console.print(
        f"Agreement with the exact kernel ({configs['exact'].dimension:,} numbers a row), mean of "
        f"{n_queries} queries; an error of 1 is as large as the spread of tracks."
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("rows", no_wrap=True)
    for heading in _HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, config in configs.items():
        if name != "exact":
            for line in _lines(config, exact, scores[name], track, sizes):
                table.add_row(name, *line)
    console.print(table)


_HEADINGS = (
    "numbers a row",
    "KiB",
    "segments",
    "tracks",
    "Spearman",
    f"top {TOP_TRACKS} tracks kept",
    f"top {TOP_SEGMENTS} segments kept",
    "error of track sums",
)


def _lines(
    config: CaptureConfig, exact: Scores, other: Scores, track: IntArray, sizes: list[int]
) -> Iterator[list[str]]:
    for size in sizes:
        found = agreement(exact[:, :size], other[:, :size], track[:size])
        yield [
            f"{config.dimension:,}",
            f"{row_bytes(config.dimension, config.dtype) / 1024:.1f}",
            f"{size:,}",
            f"{len(np.unique(track[:size])):,}",
            f"{found.rank_correlation:.3f}",
            f"{found.top_tracks:.0%}",
            f"{found.top_segments:.0%}",
            f"{found.track_error:.2f}",
        ]


def _track_sums(scores: Scores, track: IntArray) -> Sums:
    """Scores summed over the segments of each track, (n_queries, n_tracks)."""
    _, place = np.unique(track, return_inverse=True)
    order = np.argsort(place, kind="stable")
    edges = np.flatnonzero(np.diff(place[order], prepend=-1))
    sums: Sums = np.add.reduceat(scores[:, order].astype(np.float64), edges, axis=1)
    return sums


def _rank_correlation(one: Scores, other: Scores) -> Sums:
    """Spearman's rho of each query, (n_queries,); scores are real numbers and hardly ever tie."""
    ranks = [values.argsort(1).argsort(1).astype(np.float64) for values in (one, other)]
    a, b = (values - values.mean(1, keepdims=True) for values in ranks)
    rho: Sums = (a * b).sum(1) / np.sqrt((a * a).sum(1) * (b * b).sum(1))
    return rho


def _kept(exact: NDArray[np.floating], other: NDArray[np.floating], count: int) -> float:
    """Mean part of each query's largest exact scores that are among its largest others."""
    count = min(count, exact.shape[1])
    tops = [np.argpartition(-scores, count - 1, axis=1)[:, :count] for scores in (exact, other)]
    return float(np.mean([len(np.intersect1d(*pair)) for pair in zip(*tops, strict=True)]) / count)
