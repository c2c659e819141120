"""What several commands take, and how it is read."""

import argparse


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what names a run."""
    parser.add_argument("--run", required=True, help="module:function that returns a Run")
    parser.add_argument(
        "--with",
        dest="given",
        metavar="NAME=TEXT",
        type=named_text,
        action="append",
        default=[],
        help="an argument of that function; may be repeated",
    )
    parser.add_argument(
        "--threads",
        type=positive,
        default=1,
        help="of each process; another number adds in another order, so last digits differ",
    )


def positive(text: str) -> int:
    """Read a number from 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def shard_numbers(text: str) -> tuple[int, ...]:
    """Read '0-3,7' as (0, 1, 2, 3, 7), and 'none' as ()."""
    if text == "none":
        return ()
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return tuple(numbers)


def named_text(text: str) -> tuple[str, str]:
    """Read 'name=text'."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=TEXT")
    return name, value
