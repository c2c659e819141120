"""Comparing who has shares with who has them by a row: which end, which begin, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from catalog.manifest import Holder, ManifestRow, PartyPlan
from catalog.models import Right
from catalog.services.importing.state import HeldShare
from catalog.territories import Territory


class ShareRefused(Exception):
    """The row's shares cannot follow those that are there; `column` says which cell is at fault."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class ShareChange:
    """Shares of one right that end on a day, and those that begin on it."""

    right: Right
    since: date
    closed: tuple[HeldShare, ...]
    opened: tuple[Holder, ...]


def plan_right(
    row: ManifestRow, right: Right, there: Sequence[HeldShare], parties: PartyPlan, as_of: date
) -> ShareChange | None:
    """What a row changes about the shares of one right; None if they are as it says.

    Raises:
        ShareRefused: the shares that are there begin later, or hold in other countries.
    """
    near = [share for share in there if _overlap(share.territory, row.territory)]
    since = (row.shares_from or max(as_of, row.first_shares_date)) if near else None
    if since is None:
        return ShareChange(right, row.first_shares_date, (), row.holders_of(right))
    valid = tuple(share for share in near if holds_on(share, since))
    elsewhere = next((share for share in valid if share.territory != row.territory), None)
    if elsewhere is not None:
        raise ShareRefused("territory", _other_territory(right, elsewhere, row))
    said = {
        (parties.ref_of(holder), holder.role, holder.share_ppm) for holder in row.holders_of(right)
    }
    held = {(_current_ref(share, parties), share.role, share.share_ppm) for share in valid}
    if said == held:
        return None
    later = [share.valid_from for share in near if share.valid_from >= since]
    if later:
        raise ShareRefused("shares_from", _history(right, since, max(later)))
    return ShareChange(right, since, valid, row.holders_of(right))


def holds_on(share: HeldShare, day: date) -> bool:
    """Whether a share is valid on a day."""
    return share.valid_from <= day and (share.valid_until is None or day < share.valid_until)


def _overlap(one: Territory, other: Territory) -> bool:
    if one == other:
        return True
    return any(
        start < other_end and other_start < end
        for start, end in one.ranges
        for other_start, other_end in other.ranges
    )


def _current_ref(share: HeldShare, parties: PartyPlan) -> str:
    return parties.renamed.get(share.party_ref, share.party_ref)


def _other_territory(right: Right, share: HeldShare, row: ManifestRow) -> str:
    return (
        f"The {right} has shares for {share.territory}, and the row's are for {row.territory}; "
        "countries that overlap are not replaced in part, so write the same territory, or have "
        "the others ended first."
    )


def _history(right: Right, since: date, latest: date) -> str:
    return (
        f"The {right} has other shares, some of them from {latest} on, and what was valid is not "
        f"rewritten from {since}; write a later day in shares_from."
    )
