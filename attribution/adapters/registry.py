"""Finding the adapter of an architecture among the installed ones.

An adapter is an entry point of the group `tantieme.adapters`, named like its architecture, that
leads to an `Adapter` without arguments: a class or a function that makes one. Ours are declared in
this project's `pyproject.toml` like anybody else's.
"""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # names are asked for where torch, which adapters need, should not be loaded
    from attribution.adapters.protocol import Adapter

GROUP = "tantieme.adapters"


class NoAdapter(LookupError):
    """There is no adapter, or it cannot be used; the message says why and what to do."""


def architectures() -> list[str]:
    """The architectures that some installed adapter reads, in order of their names."""
    return sorted(entry_points(group=GROUP).names)


@cache
def adapter(architecture: str) -> "Adapter":
    """The adapter of an architecture.

    Raises:
        NoAdapter: none or several are installed, or the one cannot be loaded.
    """
    found = list(entry_points(group=GROUP, name=architecture))
    if not found:
        raise NoAdapter(
            f"No adapter reads models of the architecture {architecture!r}; installed are "
            f"{', '.join(architectures()) or 'none'}. Install the package that brings it."
        )
    if len(found) > 1:
        raise NoAdapter(
            f"Models of the architecture {architecture!r} are read by adapters of "
            f"{_listed(found)}; keep one of these packages."
        )
    return _made(found[0])


def _made(entry: EntryPoint) -> "Adapter":
    try:
        made: Adapter = entry.load()()
    except Exception as error:
        raise NoAdapter(
            f"The adapter {entry.name!r} of {_listed([entry])} cannot be loaded "
            f"({type(error).__name__}: {error}); mend or remove that package."
        ) from error
    if made.architecture != entry.name:
        raise NoAdapter(
            f"The adapter {entry.name!r} of {_listed([entry])} says that it reads "
            f"{made.architecture!r}; its entry point must have that name."
        )
    return made


def _listed(entries: list[EntryPoint]) -> str:
    """The packages that bring these entry points."""
    return " and ".join(sorted(entry.dist.name if entry.dist else "?" for entry in entries))
