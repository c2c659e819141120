"""`python -m benchmarks.catalogue PART`: a part's table; with --help, what can be asked of it.

Each module beside this one is a part. It has `add_arguments(parser)` and `show(console, options)`,
and the first line of its docstring says what it measures.
"""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

from rich.console import Console

import benchmarks.catalogue as package

TABLE_WIDTH = 120


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables of a part; return the exit code."""
    options = parser().parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.width = max(console.width, TABLE_WIDTH)  # also into a file, which has none
    options.part.show(console, options)
    return 0


def parts() -> dict[str, ModuleType]:
    """The modules beside this one that can be shown."""
    names = [each.name for each in pkgutil.iter_modules(package.__path__)]
    found = {
        name: importlib.import_module(f"{package.__name__}.{name}")
        for name in names
        if not name.startswith("_")
    }
    return {name: module for name, module in found.items() if hasattr(module, "show")}


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.catalogue",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    added = options.add_subparsers(required=True)
    for name, part in parts().items():
        of_part = added.add_parser(name, help=(part.__doc__ or "").splitlines()[0])
        part.add_arguments(of_part)
        of_part.set_defaults(part=part)
    return options


if __name__ == "__main__":
    sys.exit(main())
