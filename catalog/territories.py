"""Where a share holds: a set of countries, written as people and other systems write it.

    WW            the whole world
    DE            Germany;  DE+AT  Germany and Austria
    WW-US-CA      the world but for the United States and Canada

Countries are ISO 3166-1 alpha-2 codes as CLDR knows them. In the database a territory is an
`int4multirange` over the line of all two-letter codes (AA is 0, ZZ is 675), so that whether two
shares of a party overlap is one operator of PostgreSQL, and whether a share holds in a country is
another, both served by an index.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

LETTERS = 26
LINE = LETTERS * LETTERS  # positions of all two-letter codes
WORLDWIDE = "WW"
MOST_REMEMBERED = 4_096  # a catalogue has millions of shares and few territories

Ranges = tuple[tuple[int, int], ...]
_WRITTEN = re.compile(r"(?:WW(?:-[A-Z]{2})*|[A-Z]{2}(?:\+[A-Z]{2})*)")
# In CLDR, but no country: outlying Oceania, the European Union, the eurozone, the United Nations,
# unknown, and the codes with which programs try out other scripts.
_NO_COUNTRIES = frozenset({"QO", "EU", "EZ", "UN", "ZZ", "XA", "XB"})


class TerritoryError(ValueError):
    """A territory that cannot be used; the message says what to write."""


@cache
def countries() -> frozenset[str]:
    """The codes of all countries."""
    known = map(str, Locale("en").territories)
    return frozenset(code for code in known if re.fullmatch("[A-Z]{2}", code)) - _NO_COUNTRIES


def position(country: str) -> int:
    """A country's place on the line: AA is 0, AB is 1, BA is 26."""
    return (ord(country[0]) - ord("A")) * LETTERS + ord(country[1]) - ord("A")


@dataclass(frozen=True)
class Territory:
    """A set of countries; `world_but` holds what is left out of the world, else `only` counts."""

    only: frozenset[str] = frozenset()
    is_world: bool = False
    world_but: frozenset[str] = frozenset()

    def __str__(self) -> str:
        if self.is_world:
            return "-".join([WORLDWIDE, *sorted(self.world_but)])
        return "+".join(sorted(self.only))

    def __contains__(self, country: str) -> bool:
        return country not in self.world_but if self.is_world else country in self.only

    @property
    def ranges(self) -> Ranges:
        """Half-open ranges of positions, ascending and apart."""
        return _ranges_of(self)

    def described(self, locale: str = "en") -> str:
        """In words: worldwide; Germany and Austria; worldwide except Canada."""
        names = Locale(locale).territories
        if self.is_world and not self.world_but:
            return "worldwide"
        listed = sorted(names.get(code, code) for code in (self.world_but or self.only))
        text = listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
        return f"worldwide except {text}" if self.is_world else text


WORLD = Territory(is_world=True)


@lru_cache(maxsize=MOST_REMEMBERED)
def _ranges_of(territory: Territory) -> Ranges:
    codes = territory.world_but if territory.is_world else territory.only
    at = sorted(position(code) for code in codes)
    if not territory.is_world:
        return _joined((place, place + 1) for place in at)
    starts, ends = [0, *(place + 1 for place in at)], [*at, LINE]
    return tuple((start, end) for start, end in zip(starts, ends, strict=True) if start < end)


def parse_territory(written: str) -> Territory:
    """The territory that a text such as WW, DE+AT or WW-US names.

    Raises:
        TerritoryError: another spelling, or a code that is no country's.
    """
    text = "".join(written.split()).upper()
    if not _WRITTEN.fullmatch(text):
        raise TerritoryError(
            f"“{written[:60]}” is no territory; write WW for the world, countries as DE+AT, or "
            "WW-US for the world without some."
        )
    codes = set(re.split(r"[+-]", text)) - {WORLDWIDE}
    unknown = sorted(codes - countries())
    if unknown:
        raise TerritoryError(
            f"{', '.join(unknown)} is no country of ISO 3166-1; write two-letter codes as DE."
        )
    if text.startswith(WORLDWIDE):
        if codes == countries():
            raise TerritoryError("Nothing is left of the world; leave the share out instead.")
        return Territory(is_world=True, world_but=frozenset(codes))
    return Territory(only=frozenset(codes))


def territory_of_ranges(ranges: Iterable[tuple[int, int]]) -> Territory:
    """The territory of half-open ranges of positions, as the database keeps them."""
    return _territory_of(tuple(ranges))


@lru_cache(maxsize=MOST_REMEMBERED)
def _territory_of(ranges: Ranges) -> Territory:
    inside = {place for start, end in ranges for place in range(start, end)}
    if LINE - 1 in inside:  # ZZ, which is no country: only the world reaches so far
        return Territory(
            is_world=True,
            world_but=frozenset(code for code in countries() if position(code) not in inside),
        )
    return Territory(only=frozenset(code for code in countries() if position(code) in inside))


def country_of_number(number: str) -> str | None:
    """The alpha-2 code of an ISO 3166-1 number (and so of CISAC's TIS), or None."""
    found = get_global("territory_aliases").get(number.zfill(3), [])
    return found[0] if len(found) == 1 and found[0] in countries() else None


def _joined(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)
