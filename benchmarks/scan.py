"""What does an exact scan cost? Each kind of stored row against one matrix product in float32.

The baseline is the product of 1,000 generations with as many segments at 4,096 numbers a row, in
float32 and in memory: the arithmetic that a plain scan cannot do without. Scans read a sealed store
from disk, and add up scores by track as money needs them. CPU time of one process each; the product
is timed on a block and scaled to the number of segments.

    python -m benchmarks.scan                                    a proportional slice
    python -m benchmarks.scan --segments 1000000 --no-keep       in full; up to 17 GB in var/scan

Before that it shows that the rows, which are resampled from captured ones (`benchmarks.captured`),
have the spectrum and the score tails of these; and after it, what rounding queries to 8 bits does
to money.
"""

import argparse
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from attribution.engine import (
    PPB,
    AttributionRun,
    FeatureStore,
    FloatArray,
    attribute,
    exact_scan,
    track_norms,
    track_scores,
)
from attribution.engine.config import CaptureConfig, RowDtype
from benchmarks.agreement import agreement
from benchmarks.captured import MEMBER, WORK, Captured, captured, resampled_store

BASELINE_NUMBERS = 4096
BASELINE_ROWS = 8192  # of the block that is timed
WIDTH = 130  # of the tables, also in a file


@dataclass(frozen=True)
class Kind:
    """Rows as they are stored, and the digits that queries are rounded to, in turn."""

    dtype: RowDtype
    dimension: int
    digits: tuple[int, ...] = (1,)

    def told(self, digits: int) -> str:
        """Name a line of the table."""
        rounded = "" if self.dtype == "float16" else f", queries of {8 * digits} bits"
        return f"{self.dimension:,} × {self.dtype}{rounded}"


@dataclass(frozen=True)
class Timing:
    """What one scan took."""

    cpu_seconds: float
    wall_seconds: float
    read_bytes: int
    added_bytes: int  # of memory, beyond the queries

    def row(self, baseline_seconds: float) -> tuple[str, ...]:
        return (
            f"{self.read_bytes / 1e9:.2f}",
            f"{self.added_bytes / 1e9:.2f}",
            f"{self.cpu_seconds:.1f}",
            f"{self.wall_seconds:.1f}",
            f"{self.cpu_seconds / baseline_seconds:.2f}×",
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the three tables."""
    options = _parser().parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False, width=WIDTH)
    torch.set_num_threads(options.threads)
    source = captured(options.work)
    console.print(agreement(source))
    console.print(_scans(source, options))
    console.print(_money(source, options.work))


def _scans(source: Captured, options: argparse.Namespace) -> Table:
    title = f"{options.generations:,} generations × {options.segments:,} segments"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("rows", no_wrap=True)
    for heading in ("GB read", "GB memory", "CPU s", "wall s", "CPU : product"):
        table.add_column(heading, justify="right")
    product = _product_seconds(options.generations) * options.segments / BASELINE_ROWS
    name = f"one product of {BASELINE_NUMBERS:,} × float32, in memory"
    table.add_row(name, "", "", f"{product:.1f}", "", "1.00×")
    for kind in (
        Kind("int8", BASELINE_NUMBERS, (1, 2)),
        Kind("float16", BASELINE_NUMBERS),
        Kind("sign", CaptureConfig().dimension // 2),
        Kind("sign", CaptureConfig().dimension),
    ):
        for digits, timing in zip(kind.digits, _timed(source, kind, options), strict=True):
            table.add_row(kind.told(digits), *timing.row(product))
    return table


def _product_seconds(n_queries: int) -> float:
    """Median CPU seconds of the baseline for `BASELINE_ROWS` segments."""
    generator = torch.Generator().manual_seed(0)
    queries = torch.randn(n_queries, BASELINE_NUMBERS, generator=generator)
    rows = torch.randn(BASELINE_ROWS, BASELINE_NUMBERS, generator=generator)
    taken = []
    for _ in range(5):
        started = time.process_time()
        torch.mm(queries, rows.T)
        taken.append(time.process_time() - started)
    return median(taken)


def _timed(source: Captured, kind: Kind, options: argparse.Namespace) -> list[Timing]:
    """Make the store unless it is there, and scan it, each time in a process of its own."""
    rows = source if kind.dimension == source.rows.shape[1] else source.folded(kind.dimension)
    store = resampled_store(rows, options.segments, kind.dtype, options.work)
    queries, tracks = options.work / "queries.npy", options.work / "tracks.npy"
    np.save(queries, rows.many_queries(options.generations))
    np.save(tracks, source.resampled_tracks(options.segments))
    timings = []
    for digits in kind.digits:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            done = pool.submit(_scan, store.path, queries, tracks, digits, options.threads)
            timings.append(done.result())
    if not options.keep:
        shutil.rmtree(store.path)
    return timings


def _scan(folder: Path, queries: Path, tracks: Path, digits: int, threads: int) -> Timing:
    torch.set_num_threads(threads)
    store = FeatureStore.open(folder)
    asked, track = {MEMBER: np.load(queries)}, np.load(tracks)
    before = psutil.Process().memory_info().rss
    cpu, wall = time.process_time(), time.perf_counter()
    track_scores(store, asked, track, int(track.max()) + 1, digits=digits)
    return Timing(
        cpu_seconds=time.process_time() - cpu,
        wall_seconds=time.perf_counter() - wall,
        read_bytes=sum(store.rows(MEMBER, shard).nbytes for shard in range(store.n_shards)),
        added_bytes=_peak_bytes() - before,
    )


def _peak_bytes() -> int:
    """The most memory that this process has had; `getrusage` would count its parent's as well."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("This kernel does not tell a process's peak memory (VmHWM).")


def _money(source: Captured, work: Path) -> Table:
    """What the rounding of queries moves, on the captured rows alone, from the same store."""
    store = resampled_store(source, len(source.rows), "sign", work)
    signs = np.concatenate([store.shard_rows(MEMBER, at) for at in range(store.n_shards)])
    norms = track_norms(store, source.track, len(source.role))
    half = signs.shape[1] // 2
    exact = _run(source, norms, source.queries @ signs.T)
    first, second = (
        _run(source, norms, source.queries[:, part] @ signs[:, part].T)
        for part in (slice(half), slice(half, None))
    )
    one, two = (
        _run(source, norms, exact_scan(store, {MEMBER: source.queries}, digits=digits)[0])
        for digits in (1, 2)
    )
    table = Table(title="Money that moves", title_justify="left", box=None, pad_edge=False)
    table.add_column("shares of the generated pieces", no_wrap=True)
    for heading in ("z moves by (rms)", "at most", "ppm of money moved", "at most ", "others paid"):
        table.add_column(heading, justify="right")
    table.add_row("queries of 8 bits, against float32", *_moved(one, exact))
    table.add_row("queries of 16 bits, against float32", *_moved(two, exact))
    table.add_row("half of the row, against the other half", *_moved(first, second))
    paying = sum(bool(piece.shares) for piece in exact.generations)
    table.caption = f"{paying} of {len(exact.generations)} pieces owe anything to anybody."
    return table


def _run(source: Captured, norms: FloatArray, scores: FloatArray) -> AttributionRun:
    return attribute(
        scores[None], np.arange(len(scores)), source.track, source.role, track_norms=norms
    )


def _shares(run: AttributionRun) -> NDArray[np.float64]:
    """Shares of every track in every piece, and what is left, (pieces, n_tracks + 1)."""
    shares = np.zeros((len(run.generations), run.z.shape[1] + 1))
    for place, piece in enumerate(run.generations):
        shares[place, -1] = piece.unattributed_ppb / PPB
        for share in piece.shares:
            shares[place, share.track] = share.share_ppb / PPB
    return shares


def _moved(ours: AttributionRun, theirs: AttributionRun) -> tuple[str, ...]:
    """How far standard scores move, what goes elsewhere of a piece's money, and new payees."""
    z = np.abs(ours.z - theirs.z)
    mine, other = _shares(ours), _shares(theirs)
    moved = np.abs(mine - other).sum(1) / 2
    others = ((mine > 0) != (other > 0))[:, :-1].any(1).sum()
    return (
        f"{np.sqrt(np.square(z).mean()):.4f}",
        f"{z.max():.3f}",
        f"{1e6 * moved.mean():,.0f}",
        f"{1e6 * moved.max():,.0f}",
        f"{others} of {len(moved)}",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scan",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--segments", type=int, default=32_768)
    parser.add_argument("--generations", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--work", type=Path, default=WORK, help="where rows and stores are made")
    parser.add_argument(
        "--keep",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="keep the stores for the next time",
    )
    return parser


if __name__ == "__main__":
    main()
