"""Who holds how much of a right on a day in a country, drawn as a bar with a table beside it.

What several claim beyond the whole is drawn as it is paid (`royalty.apportionment.ownership`): each
has what the others leave, and the rest is held until they agree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from catalog.models import ANYWHERE_ELSE, Party, Right, Share
from catalog.territories import countries
from common.money import PPM

SERIES = 6  # colours of a bar, then they begin again
PLACES = 1_000  # units of a bar's width


@dataclass(frozen=True)
class Moment:
    """The day and the country that a page is asked about."""

    on: date
    country: str  # ANYWHERE_ELSE: where no share names the country
    wrong: str = ""  # what was asked and could not be read, as a sentence

    @property
    def country_text(self) -> str:
        return "" if self.country == ANYWHERE_ELSE else self.country


def moment(query: Mapping[str, str]) -> Moment:
    """What `?on=2026-05-03&in=DE` asks; today and no country in particular without."""
    today, wrong = timezone.localdate(), []
    day, country = query.get("on", "").strip(), query.get("in", "").strip().upper()
    try:
        on = parse_date(day) if day else today
    except ValueError:
        on = None
    if on is None:
        wrong.append(_("A day is written as 2026-05-03; today is shown instead."))
    if country and country not in countries():
        wrong.append(_("A country is two letters of ISO 3166-1, such as DE; it was left out."))
        country = ""
    return Moment(on or today, country or ANYWHERE_ELSE, " ".join(wrong))


@dataclass(frozen=True)
class Holding:
    """A party's part of a right: what it claims, and what of it nobody else claims."""

    party: Party
    shares: tuple[Share, ...]
    claimed_ppm: int
    undisputed_ppm: int
    series: int

    @property
    def roles(self) -> str:
        return ", ".join(dict.fromkeys(_(share.get_role_display()) for share in self.shares))


@dataclass(frozen=True)
class Piece:
    """A stretch of the bar, in thousandths of its width."""

    kind: str  # a series ("series-1"), "unclaimed" or "contested"
    x: int
    width: int

    @property
    def percent_x(self) -> str:
        return f"{100 * self.x / PLACES:.1f}%"

    @property
    def percent_width(self) -> str:
        return f"{100 * self.width / PLACES:.1f}%"


@dataclass(frozen=True)
class Split:
    """A right of a work or a track on a day."""

    right: str
    holdings: tuple[Holding, ...]

    @property
    def claimed_ppm(self) -> int:
        return sum(each.claimed_ppm for each in self.holdings)

    @property
    def unclaimed_ppm(self) -> int:
        return max(0, PPM - self.claimed_ppm)

    @property
    def is_contested(self) -> bool:
        return self.claimed_ppm > PPM

    @property
    def excess_ppm(self) -> int:
        return max(0, self.claimed_ppm - PPM)

    @property
    def contested_ppm(self) -> int:
        """What is held until those who claim it agree."""
        if not self.is_contested:
            return 0
        return PPM - sum(each.undisputed_ppm for each in self.holdings)

    @property
    def pieces(self) -> list[Piece]:
        """The bar from left to right; it is always the whole."""
        sizes = [(f"series-{each.series}", each.undisputed_ppm) for each in self.holdings]
        sizes += [("contested", self.contested_ppm), ("unclaimed", self.unclaimed_ppm)]
        drawn, at_ppm = [], 0
        for kind, size_ppm in sizes:
            x, end = (ppm * PLACES // PPM for ppm in (at_ppm, at_ppm + size_ppm))
            if size_ppm:
                drawn.append(Piece(kind, x, max(end - x, 1)))
            at_ppm += size_ppm
        return drawn


def splits(shares: Iterable[Share], rights: Sequence[Right], moment: Moment) -> list[Split]:
    """The rights of a work or a track at a moment; the shares come with their parties."""
    here = [
        share
        for share in shares
        if share.valid_from <= moment.on
        and (share.valid_until is None or moment.on < share.valid_until)
        and moment.country in share.territory
    ]
    return [split([share for share in here if share.right == right], right) for right in rights]


def split(shares: Sequence[Share], right: str) -> Split:
    """The parties of one right, the largest first; a party with several roles stands once."""
    by_party: dict[int, list[Share]] = {}
    for share in shares:
        by_party.setdefault(share.party_id, []).append(share)
    total_ppm = sum(share.share_ppm for share in shares)
    groups = sorted(by_party.values(), key=lambda group: (-_sum(group), group[0].party.name))
    return Split(
        right,
        tuple(
            Holding(
                party=group[0].party,
                shares=tuple(group),
                claimed_ppm=_sum(group),
                undisputed_ppm=min(_sum(group), max(0, PPM - (total_ppm - _sum(group)))),
                series=place % SERIES + 1,
            )
            for place, group in enumerate(groups)
        ),
    )


def _sum(shares: Iterable[Share]) -> int:
    return sum(share.share_ppm for share in shares)


def shares_of(**owner: object) -> list[Share]:
    """All shares of a work or a track, whenever and wherever they hold: `shares_of(work=...)`."""
    rows = Share.objects.filter(**owner).select_related("party", "track")
    return list(rows.order_by("right", "valid_from", "-share_ppm", "party__name", "pk"))
