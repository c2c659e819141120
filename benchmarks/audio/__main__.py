"""Benchmarks of sound.

python -m benchmarks.audio decode        reading and measuring recordings, and the memory it takes
python -m benchmarks.audio featurise     features of both models over their own training step
python -m benchmarks.audio robustness    attribution of pieces that were re-encoded, shifted, cut
python -m benchmarks.audio recordings --folder FOLDER    a model trained on a folder of music
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.audio import decoding, featurising, recordings, robustness

TABLE_WIDTH = 150


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark that is named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audio", description=__doc__)
    names = ["decode", "featurise", "robustness", "recordings"]
    parser.add_argument("benchmark", choices=names)
    parser.add_argument("--folder", type=Path, help="of recordings, for `recordings`")
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
        case "recordings":
            if options.folder is None:
                parser.error("recordings needs --folder, a folder of music to train on")
            recordings.report(console, options.folder)


if __name__ == "__main__":
    main()
