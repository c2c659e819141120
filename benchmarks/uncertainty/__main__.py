"""`python -m benchmarks.uncertainty`: power, false payment, coverage, exchangeability.

Trains twelve small models on one random half of the bundled songs and two on the other, about ten
minutes of one core, and keeps them: the second time takes seconds. It can be killed at any moment.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.uncertainty import measures, report
from benchmarks.uncertainty.members import Laboratory
from benchmarks.uncertainty.world import bundled

WORK = Path(__file__).parents[2] / "var" / "uncertainty"
TABLE_WIDTH = 170
MONEY = (2, 2)  # runs and checkpoints of the ensembles whose money is followed: the demo's
ENSEMBLES = ((1, 2), (2, 1), (2, 2), (3, 1), (4, 1), (4, 2))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what is missing and print the tables."""
    options = _parser().parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False)
    console.width = max(console.width, TABLE_WIDTH)  # also into a file, which has none
    world = bundled()
    laboratory = Laboratory(world, options.work, console.print)
    runs, checkpoints = MONEY
    halves = [laboratory.half(number) for number in (0, 1)]
    asked = [(half, laboratory.members(half, range(runs), checkpoints)) for half in halves]
    track = world.segment_track
    report.show_money(console, measures.money(asked, track), f"{runs} runs × {checkpoints}")
    report.show_exchangeability(console, (measures.exchangeability(*pair, track) for pair in asked))
    report.show_checks(console, [measures.attributed(*pair, track).quality for pair in asked])
    most = max(runs for runs, _ in ENSEMBLES) + measures.REFERENCE_RUNS
    half = halves[options.half]
    by_seed = {seed: laboratory.members(half, [seed], checkpoints) for seed in range(most)}
    rows = [
        measures.coverage(half, by_seed, track, *ensemble, options.trials) for ensemble in ENSEMBLES
    ]
    report.show_coverage(console, rows)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.uncertainty", description=__doc__)
    parser.add_argument("--work", type=Path, default=WORK, help="where models and scores are kept")
    parser.add_argument("--trials", type=int, default=6, help="draws of seeds for coverage")
    parser.add_argument("--half", type=int, choices=(0, 1), default=0, help="asked for coverage")
    return parser


if __name__ == "__main__":
    sys.exit(main())
