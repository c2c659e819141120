"""Benchmarks of sound.

python -m benchmarks.audio decode        reading and measuring recordings, and the memory it takes
python -m benchmarks.audio featurise     features of both models over their own training step
python -m benchmarks.audio robustness    attribution of pieces that were re-encoded, shifted, cut
"""

import argparse
from collections.abc import Sequence

from rich.console import Console

from benchmarks.audio import decoding, featurising, robustness

TABLE_WIDTH = 150


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark that is named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audio", description=__doc__)
    parser.add_argument("benchmark", choices=["decode", "featurise", "robustness"])
    parser.add_argument("--minutes", type=float, nargs="+", default=[3.0, 20.0])
    options = parser.parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False, width=TABLE_WIDTH)
    match options.benchmark:
        case "decode":
            decoding.report(options.minutes)
        case "featurise":
            featurising.report(console)
        case "robustness":
            robustness.report(console)


if __name__ == "__main__":
    main()
