"""`python -m benchmarks.api`: how many requests and lines the API takes on this machine.

python -m benchmarks.api single     requests a second, one event or document each
python -m benchmarks.api bulk       lines a second through upload and job, and their memory
python -m benchmarks.api bulk --lines 10_000_000 --rounds 1
python -m benchmarks.api kill       kill -9 of server and worker in the middle, and the exact count
"""

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console

from benchmarks.api import bulk, kill, single

PARTS = {"single": single, "bulk": bulk, "kill": kill}
TABLE_WIDTH = 120


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables of a part; return the exit code."""
    options = parser().parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.width = max(console.width, TABLE_WIDTH)  # also into a file, which has none
    options.part.show(console, options)
    return 0


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.api",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = options.add_subparsers(required=True)
    for name, part in PARTS.items():
        added = parts.add_parser(name, help=(part.__doc__ or "").splitlines()[0])
        part.add_arguments(added)
        added.set_defaults(part=part)
    return options


if __name__ == "__main__":
    sys.exit(main())
