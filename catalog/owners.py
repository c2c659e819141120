"""Who owns a work or a track on a day, what nobody claims of it, and what was believed of it once.

Two times are told apart: `on` is the day on which shares hold, `at` the moment at which the
catalogue knew of them. A share that was entered in June and holds from May is an owner's on 3 May,
and was not known to be on 3 May. Reads alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from catalog.models import ANYWHERE_ELSE, Change, Party, Right, Share, Track, Work
from catalog.selectors import valid_on
from catalog.territories import Territory, territory_of_ranges

WHOLE_PPM = 1_000_000
_RANGE = re.compile(r"\[([0-9]+),([0-9]+)\)")  # in PostgreSQL's text of a multirange


@dataclass(frozen=True)
class Owner:
    """A party's part in one role; `valid_until` is the first day on which it has it no longer."""

    party: Party
    role: str
    share_ppm: int
    territory: Territory
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class Split:
    """Whether the shares of a right add up to the whole.

    Both ways of not doing so are legal: what is unclaimed waits for its owner, and of what is
    claimed twice the contested part is held until the claimants agree.
    """

    claimed_ppm: int

    @property
    def unclaimed_ppm(self) -> int:
        return max(0, WHOLE_PPM - self.claimed_ppm)

    @property
    def excess_ppm(self) -> int:
        return max(0, self.claimed_ppm - WHOLE_PPM)


def split_of(shares_ppm: Iterable[int]) -> Split:
    """What shares in ppm come to together."""
    return Split(sum(shares_ppm))


def owners_on(
    subject: Work | Track, right: Right, on: date, country: str = ANYWHERE_ELSE
) -> list[Owner]:
    """Who owns a right on a day in a country, as is known now; largest first, in one query.

    A track's composition is its work's.

    Raises:
        ValueError: a work has no recording; its tracks have.
    """
    shares = valid_on(Share.objects.filter(right=right), on).filter(
        **{_column(subject, right): _key(subject, right)}, territory__holds_in=country
    )
    return _in_order(
        Owner(
            share.party,
            share.role,
            share.share_ppm,
            share.territory,
            share.valid_from,
            share.valid_until,
        )
        for share in shares.select_related("party")
    )


def owners_as_known(
    subject: Work | Track,
    right: Right,
    on: date,
    *,
    at: datetime,
    country: str = ANYWHERE_ELSE,
) -> list[Owner]:
    """Who owned a right on a day, as the catalogue had it at a moment.

    Raises:
        ValueError: a work has no recording; its tracks have.
    """
    column, key = _column(subject, right), _key(subject, right)
    known = (
        state
        for state in _shares_at(column, key, at)
        if state["right"] == right and state[column] == key
    )
    valid = [state for state in known if _holds(state, on) and country in _territory(state)]
    parties = Party.objects.in_bulk({state["party_id"] for state in valid})
    return _in_order(
        Owner(
            parties[state["party_id"]],
            state["role"],
            state["share_ppm"],
            _territory(state),
            *_days(state),
        )
        for state in valid
        if state["party_id"] in parties
    )


def standing_of(
    subject: Work | Track, right: Right, on: date, country: str = ANYWHERE_ELSE
) -> Split:
    """Whether the shares of a right add up on a day in a country."""
    return split_of(owner.share_ppm for owner in owners_on(subject, right, on, country))


def _column(subject: Work | Track, right: Right) -> str:
    if right == Right.COMPOSITION:
        return "work_id"
    if isinstance(subject, Work):
        raise ValueError(f"{subject.ref} is a work; ask who owns the recording of a track of it.")
    return "track_id"


def _key(subject: Work | Track, right: Right) -> int:
    is_of_its_work = right == Right.COMPOSITION and isinstance(subject, Track)
    return subject.work_id if is_of_its_work and isinstance(subject, Track) else subject.pk


def _in_order(owners: Iterable[Owner]) -> list[Owner]:
    return sorted(owners, key=lambda owner: (-owner.share_ppm, owner.party.name, owner.role))


def _shares_at(column: str, key: int, at: datetime) -> Iterable[dict[str, Any]]:
    """The columns of all shares that were in a history, as they stood at a moment."""
    history = {"work_id": "of_work", "track_id": "of_track"}[column]
    states: dict[int, dict[str, Any]] = {}
    changes = Change.objects.filter(**{history: key}, kind=Change.Kind.SHARE, at__lte=at)
    for change in changes.order_by("pk"):
        if change.operation == Change.Operation.REMOVED:
            states.pop(change.object_id, None)
        else:
            states[change.object_id] = states.get(change.object_id, {}) | (change.after or {})
    return states.values()


def _days(state: dict[str, Any]) -> tuple[date, date | None]:
    until = state["valid_until"]
    return date.fromisoformat(state["valid_from"]), until and date.fromisoformat(until)


def _holds(state: dict[str, Any], on: date) -> bool:
    first, after = _days(state)
    return first <= on and (after is None or on < after)


def _territory(state: dict[str, Any]) -> Territory:
    return territory_as_kept(state["territory"])


def territory_as_kept(text: str) -> Territory:
    """The territory of a multirange as the history's JSON holds it, such as {[82,83)}."""
    return territory_of_ranges([(int(start), int(end)) for start, end in _RANGE.findall(text)])
