"""`python -m benchmarks.royalty`: how fast money is apportioned, posted, taken in and explained.

python -m benchmarks.royalty                                   everything, at sizes of a minute
python -m benchmarks.royalty --parts apportionment --plays 50_000_000 --subscribers 1_000_000 \\
    --generations 200_000                                      the full thing
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks.royalty.contestants import CONTESTANTS, PEERS
from benchmarks.royalty.race import in_own_process, race
from benchmarks.royalty.report import show_race
from benchmarks.royalty.world import Size

TABLE_WIDTH = 120
PARTS = ("apportionment",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables of the chosen parts; return the exit code."""
    options = _parser().parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.width = max(console.width, TABLE_WIDTH)  # also into a file, which has none
    if "apportionment" in options.parts:
        apportionment(console, options)
    return 0


def apportionment(console: Console, options: argparse.Namespace) -> None:
    """Ours, two databases of columns and a pass in floats over the same pairs."""
    size = Size(options.plays, options.subscribers, options.generations)
    names = [name for name in CONTESTANTS if options.peers or name not in PEERS]
    with TemporaryDirectory() as folder:
        in_own_process(size, Path(folder))
        results = race(Path(folder), names, options.rounds, options.threads)
    show_race(console, size, options.threads, results)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.royalty",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--plays", type=int, default=5_000_000)
    parser.add_argument("--subscribers", type=int, default=100_000)
    parser.add_argument("--generations", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contestant")
    parser.add_argument("--threads", type=int, default=1, help="that a contestant may use")
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    return parser


if __name__ == "__main__":
    sys.exit(main())
