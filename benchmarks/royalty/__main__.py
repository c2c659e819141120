"""`python -m benchmarks.royalty`: how fast money is apportioned, booked, taken in and explained.

python -m benchmarks.royalty                                   everything, in some minutes
python -m benchmarks.royalty --parts apportionment --plays 50_000_000 \\
    --subscribers 1_000_000 --generations 200_000 --rounds 1   the full thing
python -m benchmarks.royalty --parts posting intake            what the database's guards cost
python -m benchmarks.royalty --parts statement                 a statement and its explanation
python -m benchmarks.royalty --parts period                    from a period's events to its close
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks.royalty.contestants import CONTESTANTS, PEERS
from benchmarks.royalty.own import own_books
from benchmarks.royalty.race import in_own_process, race
from benchmarks.royalty.report import show_costs, show_race, show_steps
from benchmarks.royalty.world import Size

TABLE_WIDTH = 120
BOOKS = ("posting", "intake", "statement", "period")
PARTS = ("apportionment", *BOOKS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables of the chosen parts; return the exit code."""
    options = parser().parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.width = max(console.width, TABLE_WIDTH)  # also into a file, which has none
    if "apportionment" in options.parts:
        apportionment(console, options)
    if set(options.parts) & set(BOOKS):
        with own_books():
            books(console, options)
    return 0


def apportionment(console: Console, options: argparse.Namespace) -> None:
    """Ours, two databases of columns and a pass in floats over the same pairs."""
    size = Size(options.plays, options.subscribers, options.generations)
    names = [name for name in CONTESTANTS if options.peers or name not in PEERS]
    with TemporaryDirectory() as folder:
        in_own_process(size, Path(folder))
        results = race(Path(folder), names, options.rounds, options.threads)
    show_race(console, size, options.threads, results)


def books(console: Console, options: argparse.Namespace) -> None:
    """What the database's guards cost, and a large statement; in the database at hand."""
    from benchmarks.royalty import books, period, statement

    with TemporaryDirectory() as name:
        folder = Path(name)
        if "posting" in options.parts:
            title = f"One journal of {options.rows:,} entries"
            show_costs(console, title, options.rows, books.posting(options.rows, options.rounds))
        if "intake" in options.parts:
            costs = books.taking_in(options.rows, options.rounds, folder)
            show_costs(console, f"{options.rows:,} uses", options.rows, costs)
        if "statement" in options.parts:
            title = f"A statement of {options.lines:,} lines"
            steps = statement.steps(options.lines, folder)
            show_steps(console, title, steps, statement.BASES)
        if "period" in options.parts:
            size = Size(options.plays, options.subscribers, options.generations)
            title = f"A period of {options.plays:,} plays in the table of events"
            show_steps(console, title, *period.steps(size))


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.royalty",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    options.add_argument("--plays", type=int, default=5_000_000)
    options.add_argument("--subscribers", type=int, default=100_000)
    options.add_argument("--generations", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=5, help="turns of each contestant")
    options.add_argument("--threads", type=int, default=1, help="that a contestant may use")
    options.add_argument("--rows", type=int, default=100_000, help="entries posted, uses taken in")
    options.add_argument("--lines", type=int, default=100_000, help="of the statement")
    options.add_argument("--no-peers", dest="peers", action="store_false")
    return options


if __name__ == "__main__":
    sys.exit(main())
