"""Benchmarks of sound.

python -m benchmarks.audio decode    reading and measuring recordings, and the memory it takes
"""

import argparse
from collections.abc import Sequence

from benchmarks.audio import decoding


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark that is named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audio", description=__doc__)
    parser.add_argument("benchmark", choices=["decode"])
    parser.add_argument("--minutes", type=float, nargs="+", default=[3.0, 20.0])
    options = parser.parse_args(arguments)
    decoding.report(options.minutes)


if __name__ == "__main__":
    main()
