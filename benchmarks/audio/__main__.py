"""Benchmarks of sound.

python -m benchmarks.audio decode        reading and measuring recordings, and the memory it takes
python -m benchmarks.audio robustness    attribution of pieces that were re-encoded, shifted, cut
"""

import argparse
from collections.abc import Sequence

from rich.console import Console

from benchmarks.audio import decoding, robustness

TABLE_WIDTH = 150


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark that is named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audio", description=__doc__)
    parser.add_argument("benchmark", choices=["decode", "robustness"])
    parser.add_argument("--minutes", type=float, nargs="+", default=[3.0, 20.0])
    options = parser.parse_args(arguments)
    if options.benchmark == "robustness":
        robustness.report(Console(soft_wrap=True, highlight=False, width=TABLE_WIDTH))
    else:
        decoding.report(options.minutes)


if __name__ == "__main__":
    main()
