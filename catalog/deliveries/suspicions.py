"""Rows that can be read and yet look wrong: they wait until somebody has looked at them.

    @suspicion("my-rule")
    def looks_odd(suspect: Suspect) -> Iterable[str]:
        yield "A sentence that says what is odd."

A rule sees one row with what it would change, and knows no database: it is asked for every row that
would be created or changed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from catalog.manifest import ManifestRow

WHOLE_PPM = 1_000_000


@dataclass(frozen=True)
class Replaced:
    """Who had which parts of a right until now, and who would have them; parties by ref."""

    right: str
    before: dict[str, int]  # ppm
    after: dict[str, int]


@dataclass(frozen=True)
class Suspect:
    """A row with what it would change; `is_new` where the catalogue has no such track or work."""

    row: ManifestRow
    is_new: bool
    changes: tuple[str, ...]
    replaced: tuple[Replaced, ...]


Rule = Callable[[Suspect], Iterable[str]]
_RULES: dict[str, Rule] = {}


def suspicion(name: str) -> Callable[[Rule], Rule]:
    """Register a rule under the name that its faults carry."""

    def register(rule: Rule) -> Rule:
        if name in _RULES:
            raise ValueError(f"Two suspicions are called {name!r}.")
        _RULES[name] = rule
        return rule

    return register


def suspicions(suspect: Suspect) -> Iterator[tuple[str, str]]:
    """The rules that find a row odd, each with its sentence."""
    for name, rule in _RULES.items():
        for sentence in rule(suspect):
            yield name, sentence


@suspicion("all-to-another")
def all_goes_to_another(suspect: Suspect) -> Iterable[str]:
    """One party had the whole of a right, and another would have the whole of it."""
    for each in suspect.replaced:
        (before, after) = (
            {ref for ref, ppm in parts.items() if ppm == WHOLE_PPM}
            for parts in (each.before, each.after)
        )
        if before and after and before != after:
            yield (
                f"All of the {each.right} would pass from {before.pop()} to {after.pop()}; "
                "release the row if that was agreed."
            )
