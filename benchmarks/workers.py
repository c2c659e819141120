"""Does capture get faster with more processes, and are the bytes the same?

Several processes of one thread each fill one store with the gradients of bundled songs under a
model of the demo's size; the baseline is one such process. Wall-clock time from the first process's
start to the last shard on disk, medians of several rounds, in turn; curvature is estimated once
before, as it is in earnest.

    python -m benchmarks.workers --workers 1 2 4
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from attribution.engine import CaptureConfig, FeatureStore
from attribution.engine.cli.crew import Crew, Duty, Piece
from attribution.engine.cli.loading import RunSpec
from attribution.engine.run import Run, create_store, open_featuriser
from attribution.reference.model import ModelConfig, MusicTransformer
from attribution.reference.segments import Corpus
from attribution.reference.task import CorpusTask
from attribution.reference.tokens import Vocabulary
from attribution.reference.training import one_thread
from benchmarks.fidelity.world import CATALOGUE, manifest

SHARD_ROWS = 16
WIDTH = 110


@dataclass
class Measured:
    """What one number of processes took, and what it made."""

    workers: int
    seconds: list[float] = field(default_factory=list)
    digests: set[str] = field(default_factory=set)


def songs(count: str) -> Run:
    """The first songs of the catalogue under an untrained model: as costly as a trained one."""
    vocabulary = Vocabulary()
    tracks = [vocabulary.encode_file(CATALOGUE / row["file"]) for row in manifest()[: int(count)]]
    config = ModelConfig(len(vocabulary), 256, width=128, layers=3, heads=4, hidden=288)
    corpus = Corpus.of(tracks, config.context, vocabulary.bos, vocabulary.pitches)
    return Run(
        models={"untrained": lambda: MusicTransformer(config, seed=0).eval()},
        task=CorpusTask(corpus),
        n_segments=len(corpus.table),
        identity={"training_set": corpus.sha256()},
        curvature_sample=range(min(64, len(corpus.table))),
        tokens=corpus.table.length,
    )


def capture(prepared: Path, path: Path, spec: RunSpec, workers: int) -> tuple[float, str]:
    """Fill a copy of a prepared store; returns the seconds it took, and the sealed digest."""
    shutil.copytree(prepared, path)
    store = FeatureStore.join(path)
    pieces = [Piece(member, shard) for member in store.members for shard in range(store.n_shards)]
    crew = Crew(Duty(spec, str(path), threads=1), on_done=lambda piece: None)
    started = time.perf_counter()
    crew.capture(pieces, workers)
    seconds = time.perf_counter() - started
    digest = store.seal()
    shutil.rmtree(path)
    return seconds, digest


def measure(
    run: Run, spec: RunSpec, config: CaptureConfig, counts: Sequence[int], rounds: int
) -> list[Measured]:
    """Capture with each number of processes in turn."""
    found = [Measured(count) for count in counts]
    with tempfile.TemporaryDirectory() as folder, one_thread():
        prepared = create_store(Path(folder) / "prepared", run, config)
        for member in prepared.members:
            open_featuriser(run, prepared, member)
        for _ in range(rounds):
            for each in found:
                taken, digest = capture(prepared.path, Path(folder) / "store", spec, each.workers)
                each.seconds.append(taken)
                each.digests.add(digest)
    return found


def table(run: Run, measured: Sequence[Measured]) -> Table:
    """The table that is kept in the documentation; the first row is the baseline."""
    tokens = 0 if run.tokens is None else int(np.sum(run.tokens))
    table = Table(box=None, pad_edge=False)
    headings = ("processes", "seconds", "segments/s", "tokens/s", "speed-up", "sealed as")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for each in measured:
        seconds = median(each.seconds)
        table.add_row(
            str(each.workers),
            f"{seconds:.1f}",
            f"{run.n_segments / seconds:.1f}",
            f"{tokens / seconds:,.0f}",
            f"{median(measured[0].seconds) / seconds:.2f}",
            ", ".join(sorted(digest[:16] for digest in each.digests)),
        )
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where two captures differ in a byte."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], metavar="COUNT")
    parser.add_argument("--songs", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    console = Console(highlight=False)
    console.width = max(console.width, WIDTH)
    spec = RunSpec("benchmarks.workers:songs", (("count", str(options.songs)),))
    run = spec.load()
    config = CaptureConfig(shard_rows=SHARD_ROWS)
    measured = measure(run, spec, config, options.workers, options.rounds)
    console.print(
        f"{run.n_segments} segments of {options.songs} songs, {len(os.sched_getaffinity(0))} cores;"
        f" medians of {options.rounds}"
    )
    console.print(table(run, measured))
    agree = len(set.union(*(each.digests for each in measured))) == 1
    console.print("all captures have the same bytes" if agree else "captures DIFFER in their bytes")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
