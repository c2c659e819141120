"""Which of a sender's columns holds which of ours, suggested with a reason for each.

A suggestion is shown to a person, who confirms it before anything is read by it.
"""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from catalog.formats.synonyms import ENDINGS, NAMES, ROLE_NAMES
from catalog.manifest.columns import KNOWN_COLUMNS
from catalog.manifest.faults import quote

MOST_COLUMNS = 1_000
LONGEST_COMPARED = 60
SHORTEST_NEAR = 6  # letters: shorter words are near to too many
MOST_NEAR = 100  # columns that are compared with every spelling
_NEAR = 0.85
_SIGNS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Suggestion:
    """One of the sender's columns for one of ours, and why."""

    column: str
    reason: str


def suggest_mapping(columns: Sequence[str]) -> dict[str, Suggestion]:
    """Suggestions by our column; each of the sender's columns is suggested once at most.

    Args:
        columns: the header of the sender's table (`Source.columns`).
    """
    listed = [column for column in columns[:MOST_COLUMNS] if column]
    found: dict[str, Suggestion] = {}
    for look in (_same, _synonym, _near):
        used = {suggestion.column for suggestion in found.values()}
        unused = [column for column in listed if column not in used]
        for column in unused[:MOST_NEAR] if look is _near else unused:
            match = look(column, set(KNOWN_COLUMNS) - set(found))
            if match is not None:
                ours, reason = match
                found[ours] = Suggestion(column, reason)
    return {ours: found[ours] for ours in KNOWN_COLUMNS if ours in found}


def folded(name: str) -> str:
    """A column's name without case, accents and signs; % is spelt out."""
    text = unicodedata.normalize("NFKD", name.replace("%", " pct ").casefold())
    plain = "".join(letter for letter in text if not unicodedata.combining(letter))
    return _SIGNS.sub(" ", plain).strip()


def _same(column: str, free: set[str]) -> tuple[str, str] | None:
    ours = folded(column).replace(" ", "_")
    return (ours, "It has the same name.") if ours in free else None


def _synonym(column: str, free: set[str]) -> tuple[str, str] | None:
    ours = _meanings().get(folded(column))
    if ours not in free:
        return None
    return ours, f"{quote(column)} is another name for {ours}."


def _near(column: str, free: set[str]) -> tuple[str, str] | None:
    name = folded(column)[:LONGEST_COMPARED]
    if len(name) < SHORTEST_NEAR:
        return None
    near = difflib.get_close_matches(name, _meanings(), n=3, cutoff=_NEAR)
    for each in near:
        ours = _meanings()[each]
        if ours in free:
            return ours, f"{quote(column)} is spelt almost as {quote(each)}."
    return None


@cache
def _meanings() -> dict[str, str]:
    """What each known spelling means; of two meanings the one that stands first in the tables."""
    meanings: dict[str, str] = {}
    for ours in KNOWN_COLUMNS:
        meanings[folded(ours)] = ours
    for ours, names in NAMES.items():
        for name in names:
            meanings.setdefault(folded(name), ours)
    for role, names in ROLE_NAMES.items():
        for name in (role.replace("_", " "), *names):
            for ending, words in ENDINGS.items():
                for word in words:
                    for spelling in (f"{name} {word}", f"{word} {name}"):
                        meanings.setdefault(folded(spelling), role + ending)
    return meanings
