"""The entry point of `python -m attribution.engine`; see `attribution.engine.cli`."""

import argparse
import os
import sys
from collections.abc import Sequence

from attribution.engine import cli
from attribution.engine.cli import capturing, reading, sending
from attribution.engine.errors import EngineError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (EngineError, OSError) as error:
        if options.traceback:
            raise
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Finished shards stay; the same command goes on from there.\n")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m attribution.engine",
        description=cli.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--traceback", action="store_true", help="show where an error arose")
    commands = parser.add_subparsers(required=True)
    capture = commands.add_parser("capture", help="fill a store; resumes what was begun")
    capturing.add_arguments(capture)
    capture.set_defaults(command=capturing.capture)
    query = commands.add_parser("query", help="print the segments with most influence")
    reading.add_query_arguments(query)
    query.set_defaults(command=reading.query)
    inspect = commands.add_parser("inspect", help="print what a store holds")
    inspect.add_argument("store", help="the store's folder")
    inspect.add_argument("--json", action="store_true")
    inspect.set_defaults(command=reading.inspect)
    verify = commands.add_parser("verify", help="compare every file's sha256")
    verify.add_argument("store", help="a sealed store's folder")
    verify.set_defaults(command=reading.verify)
    merge = commands.add_parser("merge", help="put together what several machines captured")
    merge.add_argument("store", help="the store that takes; made if it is not there")
    merge.add_argument("parts", nargs="+", help="stores filled by others, from the same things")
    merge.set_defaults(command=reading.merge)
    pack = commands.add_parser("pack", help="write a sealed store as one file, to be sent")
    sending.add_pack_arguments(pack)
    pack.set_defaults(command=sending.pack)
    features = commands.add_parser("features", help="write the features of pieces, to be sent")
    sending.add_features_arguments(features)
    features.set_defaults(command=sending.features)
    opening = commands.add_parser("open", help="print what reveals some segments of a piece")
    sending.add_open_arguments(opening)
    opening.set_defaults(command=sending.open_)
    return parser


if __name__ == "__main__":
    sys.exit(main())
