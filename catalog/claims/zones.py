"""Where and when a share holds, and how such zones lie to each other. Pure; knows no database.

A zone is a territory on the days from one until another, as a share has it. Territories are sets of
positions on the line of country codes (`catalog.territories`), so that what two have in common, and
what one has more than another, are operations on sets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from catalog.territories import Territory, territory_of_ranges
from common.money import PPM

Positions = frozenset[int]


@dataclass(frozen=True)
class Zone:
    """A territory from `first` until `after`, the first day on which it is over (None: never)."""

    territory: Territory
    first: date
    after: date | None

    @property
    def country(self) -> str:
        """A country in it; the one that stands for all that no share names, if it is there."""
        anywhere_else = "ZZ"
        if self.territory.is_world:
            return anywhere_else
        return min(self.territory.only)


@dataclass(frozen=True)
class Part:
    """How much of a right is claimed in a zone."""

    zone: Zone
    ppm: int


@cache
def positions(territory: Territory) -> Positions:
    """The places of a territory on the line of country codes."""
    return frozenset(place for start, end in territory.ranges for place in range(start, end))


def _territory(places: Iterable[int]) -> Territory:
    return territory_of_ranges([(place, place + 1) for place in sorted(places)])


def meet(one: Zone, other: Zone) -> Zone | None:
    """What two zones have in common; None for nothing."""
    places = positions(one.territory) & positions(other.territory)
    first, after = max(one.first, other.first), _earlier(one.after, other.after)
    if not places or (after is not None and after <= first):
        return None
    return Zone(_territory(places), first, after)


def hull(one: Zone, other: Zone) -> Zone:
    """The least zone in which both lie."""
    after = None if one.after is None or other.after is None else max(one.after, other.after)
    places = positions(one.territory) | positions(other.territory)
    return Zone(_territory(places), min(one.first, other.first), after)


def outside(zone: Zone, window: Zone) -> list[Zone]:
    """What remains of a zone without a window: before, in other countries, and after it."""
    inside = meet(zone, window)
    if inside is None:
        return [zone]
    remnants = []
    if zone.first < inside.first:
        remnants.append(replace(zone, after=inside.first))
    elsewhere = positions(zone.territory) - positions(window.territory)
    if elsewhere:
        remnants.append(replace(inside, territory=_territory(elsewhere)))
    if inside.after is not None and inside.after != zone.after:
        remnants.append(replace(zone, first=inside.after))
    return remnants


def contested(parts: Sequence[Part], within: Zone) -> Zone | None:
    """The least zone that holds every country and day on which parts exceed the whole, or None.

    Between two days on which a part begins or ends nothing changes, so one look at each such
    stretch is enough.
    """
    found: Zone | None = None
    for first, after in _stretches(parts, within):
        stretch = Zone(within.territory, first, after)
        active = [part for part in parts if _lasts(part.zone, stretch)]
        if sum(part.ppm for part in active) <= PPM:
            continue
        places = [place for place in positions(within.territory) if _sum(active, place) > PPM]
        if places:
            zone = replace(stretch, territory=_territory(places))
            found = zone if found is None else hull(found, zone)
    return found


def _stretches(parts: Sequence[Part], within: Zone) -> Iterable[tuple[date, date | None]]:
    days = {part.zone.first for part in parts} | {part.zone.after for part in parts}
    inner = sorted(
        day
        for day in days
        if day is not None and day > within.first and (within.after is None or day < within.after)
    )
    firsts: list[date] = [within.first, *inner]
    return zip(firsts, [*inner, within.after], strict=True)


def _lasts(zone: Zone, stretch: Zone) -> bool:
    return zone.first <= stretch.first and (zone.after is None or zone.after > stretch.first)


def _sum(parts: Iterable[Part], place: int) -> int:
    return sum(part.ppm for part in parts if place in positions(part.zone.territory))


def _earlier(one: date | None, other: date | None) -> date | None:
    known = [day for day in (one, other) if day is not None]
    return min(known) if known else None
