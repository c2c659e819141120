"""`python -m benchmarks.featurise`: time and memory of features, over a training step.

python -m benchmarks.featurise                                both models, one CPU thread
python -m benchmarks.featurise --sizes small --rounds 3       a quick look
python -m benchmarks.featurise --device cuda                  a GPU: float32, TF32, deterministic
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from rich.console import Console

from benchmarks.featurise import engine, peers
from benchmarks.featurise.contestants import BASELINE, FLOOR, Contestant, Prepared
from benchmarks.featurise.peaks import peaks_of
from benchmarks.featurise.report import Row, show, show_curvature
from benchmarks.featurise.settings import Setting, settings_of
from benchmarks.featurise.timing import Clock, in_turns
from benchmarks.featurise.world import SIZES, World

TABLE_WIDTH = 150


@dataclass(frozen=True)
class Trial:
    """One table: who competes, in which world, how often, and whether memory is measured."""

    world: World
    setting: Setting
    contestants: Sequence[Contestant]
    rounds: int
    memory: bool
    curvature: Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table for each size and setting; return the exit code."""
    options = _parser().parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False)
    console.width = max(console.width, TABLE_WIDTH)  # also into a file, which has none
    with TemporaryDirectory() as folder:
        for trial in _trials(options, Path(folder)):
            with trial.setting.applied():
                run(console, trial)
    if options.peers:
        console.print(peers.missing())
    return 0


def run(console: Console, trial: Trial) -> None:
    """Measure and print one table, and what the curvature costs before."""
    clock = Clock(trial.world.device)
    baseline = BASELINE.prepare(trial.world, trial.curvature)
    baseline.run()
    cost = engine.time_curvature(trial.world, clock, trial.curvature)
    ready = {contestant: _ready(contestant, trial) for contestant in trial.contestants}
    able = {who.name: found for who, found in ready.items() if isinstance(found, Prepared)}
    timings = in_turns(clock, baseline, able, trial.rounds)
    rows = [
        Row(who.name, failure=found)
        if isinstance(found, str)
        else Row(who.name, found, timings[who.name])
        for who, found in ready.items()
    ]
    rows = _with_peaks(rows, trial) if trial.memory else rows
    show(console, trial.world, trial.setting, rows)
    if timings:
        step_seconds = next(iter(timings.values())).median_baseline_seconds
        show_curvature(console, cost, step_seconds)
    exact = engine.repeats_exactly(trial.world, trial.curvature)
    console.print(
        f"rows of the default made twice: {'the same bytes' if exact else 'they differ'}\n"
    )


def _with_peaks(rows: list[Row], trial: Trial) -> list[Row]:
    """Add the memory of those that run, each in a process of its own."""
    by_name = {who.name: who for who in trial.contestants}
    step_bytes = peaks_of(BASELINE, trial.world, trial.setting, trial.curvature).batch
    measured = []
    for row in rows:
        if row.failure is None:
            found = peaks_of(by_name[row.name], trial.world, trial.setting, trial.curvature)
            ratios = found.batch / step_bytes, found.ready / step_bytes
            measured.append(replace(row, batch_peak_ratio=ratios[0], ready_peak_ratio=ratios[1]))
        else:
            measured.append(row)
    return measured


def _ready(contestant: Contestant, trial: Trial) -> Prepared | str:
    """Prepare and run once, or say how it broke: one contestant must not spoil the table."""
    try:
        prepared = contestant.prepare(trial.world, trial.curvature)
        prepared.run()
    except Exception as error:  # noqa: BLE001  other people's code
        first = (str(error).strip().splitlines() or [""])[0]
        return f"failed with {type(error).__name__}: {first}"
    return prepared


def _trials(options: argparse.Namespace, folder: Path) -> Iterator[Trial]:
    device = torch.device(options.device)
    for known in SIZES:
        if known.name not in options.sizes:
            continue
        size = replace(known, segments=options.segments, tokens=options.tokens)
        for setting in settings_of(device):
            world = World(size, device)
            everyone = [
                FLOOR,
                *engine.contestants(),
                *(peers.contestants() if options.peers else []),
            ]
            entered = [who for who in everyone if who.enters(world) and options.match in who.name]
            curvature = folder / f"{size.name}.npz"
            yield Trial(world, setting, entered, options.rounds, options.memory, curvature)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.featurise",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [size.name for size in SIZES]
    parser.add_argument("--sizes", nargs="+", choices=names, default=names)
    parser.add_argument("--segments", type=int, default=8, help="of a batch")
    parser.add_argument("--tokens", type=int, default=256, help="of a segment")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each contestant")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N")
    parser.add_argument("--match", default="", help="only contestants with this in their name")
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("--no-memory", dest="memory", action="store_false")
    return parser


if __name__ == "__main__":
    sys.exit(main())
