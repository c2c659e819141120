"""`python -m attribution.engine inspect|verify STORE`: look at a feature store from a shell.

Only prints and exit codes: 0 for a sound store, 1 for a refusal, with its sentence on stderr.
"""

import argparse
import sys
from collections.abc import Sequence

from attribution.engine.errors import EngineError
from attribution.engine.store.feature_store import FeatureStore


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        text = _inspect(options.store) if options.command == "inspect" else _verify(options.store)
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m attribution.engine", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, does in (
        ("inspect", "print what a store holds and how much of it is finished"),
        ("verify", "read every file of a sealed store and compare its sha256"),
    ):
        commands.add_parser(name, help=does).add_argument("store", help="the store's folder")
    return parser


def _inspect(path: str) -> str:
    store = FeatureStore.join(path)
    lines = [
        store.description.text().rstrip(),
        f"sealed {store.digest()}" if store.sealed else "not sealed",
    ]
    for member in store.members:
        finished = store.n_shards - len(store.missing_shards(member))
        lines.append(f"member {member}: {finished} of {store.n_shards} shards finished")
    return "\n".join(lines) + "\n"


def _verify(path: str) -> str:
    store = FeatureStore.open(path, verify="full")
    return f"sound: {store.n_segments} segments, {len(store.members)} members, {store.digest()}\n"


if __name__ == "__main__":
    sys.exit(main())
