"""How long does a look-up take, and what does it find, as the catalogue grows?

For 10⁴, 10⁵ and 10⁶ segments, resampled from captured ones (`benchmarks.captured`): what single
queries take through the engine's `LookUp`, and its recall, which is the share of the ten nearest
segments by the exact scan of the same store that it names. The baseline is that exact scan, of one
query at a time. Milliseconds are CPU time of one thread with the files in the page cache, so that
they do not tell of who else uses the machine.

    python -m benchmarks.lookup                                    10⁴ and 10⁵
    python -m benchmarks.lookup --sizes 10000 100000 1000000       in full; 9 GB in var/scan
    python -m benchmarks.lookup --figure docs/images/look-up.svg   draws it as well
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import faiss
import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from attribution.engine import FeatureStore, FloatArray, IntArray, LookUp, exact_scan, scan
from benchmarks.captured import MEMBER, WORK, captured, resampled_store
from benchmarks.figures import Axis, Panel, Series, figure

TOP = 10
ROUNDS = 3  # each query is asked so often
EXACT_TRIES = 3
WIDTH = 130


@dataclass(frozen=True)
class Measured:
    """One size of catalogue."""

    segments: int
    exact_ms: float
    p50_ms: float
    p99_ms: float
    recall: float
    first_found: float  # share of queries whose nearest segment is named
    index_bytes: int  # a segment
    build_share: float  # of building the index, in exact scans of one query
    open_ms: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and draw it if asked."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(1)
    faiss.omp_set_num_threads(1)
    source = captured(options.work)
    queries = source.queries
    found = [
        measure(resampled_store(source, count, "sign", options.work), queries)
        for count in options.sizes
    ]
    Console(soft_wrap=True, highlight=False, width=WIDTH).print(_table(found, len(queries)))
    if options.figure:
        options.figure.parent.mkdir(parents=True, exist_ok=True)
        options.figure.write_text(draw(found), encoding="utf-8")


def measure(store: FeatureStore, queries: FloatArray) -> Measured:
    """Ask every query alone, and compare what is named with the exact scan of all."""
    nearest = _nearest(store, queries)  # also brings the store into the page cache
    alone = [{MEMBER: query[None]} for query in queries]
    exact_ms = median(_milliseconds(exact_scan, store, one) for one in alone[:EXACT_TRIES])
    for old in (store.path / "look-up").glob("*"):
        old.unlink()
    build_ms = _milliseconds(LookUp, store)
    open_ms = _milliseconds(LookUp, store)
    look_up = LookUp(store)
    look_up.nearest({MEMBER: queries}, TOP)  # maps the shards
    taken, named = [], np.empty_like(nearest)
    for place in np.tile(np.arange(len(queries)), ROUNDS):
        started = time.process_time()
        _, segments = look_up.nearest(alone[place], TOP)
        taken.append(1e3 * (time.process_time() - started))
        named[place] = segments[0]
    found = [len(np.intersect1d(ours, true)) for ours, true in zip(named, nearest, strict=True)]
    return Measured(
        segments=store.n_segments,
        exact_ms=exact_ms,
        p50_ms=float(np.quantile(taken, 0.5)),
        p99_ms=float(np.quantile(taken, 0.99)),
        recall=float(np.mean(found)) / TOP,
        first_found=float((named == nearest[:, :1]).any(1).mean()),
        index_bytes=look_up.bytes_a_segment,
        build_share=build_ms / exact_ms,
        open_ms=open_ms,
    )


def _nearest(store: FeatureStore, queries: FloatArray) -> IntArray:
    """The ten nearest segments of each query by the exact scan, nearest first, (q, TOP).

    All rows of signs have one norm but for their scale, so the score over the scale orders them as
    the cosine does.
    """
    scales = store.scales(MEMBER)
    best = np.full((len(queries), TOP), -np.inf, dtype=np.float32)
    segments = np.zeros((len(queries), TOP), dtype=np.int64)
    for block in scan(store, {MEMBER: queries}, digits=2):
        values = np.concatenate([best, block.scores / scales[block.segments]], axis=1)
        names = np.broadcast_to(block.segments, block.scores.shape)
        chosen = np.argsort(-values, axis=1, kind="stable")[:, :TOP]
        best = np.take_along_axis(values, chosen, axis=1)
        segments = np.take_along_axis(np.concatenate([segments, names], axis=1), chosen, axis=1)
    return segments


def _milliseconds(work: Callable[..., object], *given: object) -> float:
    started = time.process_time()
    work(*given)
    return 1e3 * (time.process_time() - started)


def _table(found: Sequence[Measured], n_queries: int) -> Table:
    title = f"Look-up of {n_queries} generated pieces, each asked {ROUNDS} times"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in (
        "segments",
        "p50 ms",
        "p99 ms",
        "exact scan ms",
        "p50 : exact",
        f"recall@{TOP}",
        "nearest found",
        "index bytes",
        "build : exact",
        "open ms",
    ):
        table.add_column(heading, justify="right")
    for one in found:
        table.add_row(
            f"{one.segments:,}",
            f"{one.p50_ms:.1f}",
            f"{one.p99_ms:.1f}",
            f"{one.exact_ms:.0f}",
            f"{one.p50_ms / one.exact_ms:.4f}",
            f"{one.recall:.3f}",
            f"{one.first_found:.3f}",
            f"{one.index_bytes:,}",
            f"{one.build_share:.2f}",
            f"{one.open_ms:.1f}",
        )
    return table


def draw(found: Sequence[Measured]) -> str:
    """The table as a figure: latency and recall against the number of segments."""

    def line(name: str, of: Callable[[Measured], float], *, dashed: bool = False) -> Series:
        return Series(name, [(one.segments, of(one)) for one in found], dashed=dashed)

    latency = [
        line("exact scan of one query", lambda one: one.exact_ms),
        line("look-up, 99 of 100", lambda one: one.p99_ms, dashed=True),
        line("look-up, median", lambda one: one.p50_ms),
    ]
    recall = [
        line(f"of the {TOP} nearest", lambda one: one.recall),
        line("of the nearest", lambda one: one.first_found, dashed=True),
    ]
    segments = Axis("segments", log=True)
    return figure(
        [
            Panel("CPU time of a query", segments, Axis("milliseconds", log=True), latency),
            Panel("Found by the index", segments, Axis("share", low=0, high=1), recall),
        ],
        "Time and recall of a look-up against the number of segments",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.lookup",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--work", type=Path, default=WORK, help="where rows and stores are made")
    parser.add_argument("--figure", type=Path, help="where to draw the result")
    return parser


if __name__ == "__main__":
    main()
