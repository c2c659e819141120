"""What a conflict looks like on a day: who claims what, and what of it is contested.

The rows are those that the database shows to whoever asks.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Organisation
from catalog.claims.models import Claim, Conflict, Event, Proposal
from catalog.models import Party, Representation, Share, Track, Work
from catalog.selectors import valid_on
from common.money import PPM


@dataclass(frozen=True)
class Side:
    """A party with what it claims in all its roles."""

    party: Party
    shares: tuple[Share, ...]
    claimed_ppm: int
    sure_ppm: int  # whatever the others claim

    @property
    def roles(self) -> str:
        return ", ".join(share.get_role_display().lower() for share in self.shares)


@dataclass(frozen=True)
class Standing:
    """Who claims what of a right on a day in a country (ZZ: in all that no share names)."""

    on: date
    country: str
    sides: tuple[Side, ...]

    @property
    def claimed_ppm(self) -> int:
        return sum(side.claimed_ppm for side in self.sides)

    @property
    def contested_ppm(self) -> int:
        """What no side has for sure, of the whole; 0 where no more than the whole is claimed."""
        if self.claimed_ppm <= PPM:
            return 0
        return PPM - sum(side.sure_ppm for side in self.sides)


def conflicts_of(subject: Work | Track) -> QuerySet[Conflict]:
    """The conflicts about the composition of a work or the recording of a track, newest first."""
    about = {"work": subject} if isinstance(subject, Work) else {"track": subject}
    return Conflict.objects.filter(**about).order_by("-pk")


def open_conflicts_of(organisation: Organisation) -> QuerySet[Conflict]:
    """Open conflicts in which a party of an organisation's has a share, the oldest first."""
    represented = Representation.objects.filter(organisation=organisation).values("party")
    shares = Share.objects.filter(party__in=represented)
    return Conflict.objects.filter(
        Exists(shares.filter(work=OuterRef("work")))
        | Exists(shares.filter(track=OuterRef("track"))),
        settled_at=None,
    ).order_by("pk")


def all_conflicts_of(organisation: Organisation) -> QuerySet[Conflict]:
    """Those that concern or concerned a party of an organisation's, open ones first."""
    represented = Representation.objects.filter(organisation=organisation)
    parties = list(represented.values_list("party_id", flat=True))
    return (
        Conflict.objects.filter(
            Q(party_ids__overlap=parties) | Q(claims__organisation=organisation)
        )
        .distinct()
        .order_by(F("settled_at").desc(nulls_first=True), "-pk")
    )


def standing_of(conflict: Conflict) -> Standing:
    """Who claims what today, or on the first or last contested day, whichever is nearest."""
    on = max(conflict.valid_from, timezone.localdate())
    if conflict.valid_until is not None and on >= conflict.valid_until:
        on = conflict.valid_from
    country = conflict.zone.country
    shares = Share.objects.filter(
        right=conflict.right,
        work=conflict.work_id,
        track=conflict.track_id,
        territory__holds_in=country,
    )
    found = valid_on(shares, on).select_related("party").order_by("-share_ppm", "party__name", "pk")
    return Standing(on, country, _sides(list(found)))


def _sides(shares: Collection[Share]) -> tuple[Side, ...]:
    """By `max(0, 1 − Σ others' claims)` where more than the whole is claimed, as money is held
    (royalty.apportionment.ownership)."""
    by_party: dict[int, list[Share]] = {}
    for share in shares:
        by_party.setdefault(share.party_id, []).append(share)
    total_ppm = sum(share.share_ppm for share in shares)
    return tuple(_side(own, total_ppm) for own in by_party.values())


def _side(own: list[Share], total_ppm: int) -> Side:
    claimed_ppm = sum(share.share_ppm for share in own)
    left_ppm = max(0, PPM - (total_ppm - claimed_ppm))
    sure_ppm = min(claimed_ppm, left_ppm)
    return Side(own[0].party, tuple(own), claimed_ppm, sure_ppm)


def timeline_of(conflict: Conflict) -> QuerySet[Event]:
    """All that was done about a conflict and about the claims in it, the oldest first."""
    about = Q(conflict=conflict) | Q(claim__conflict=conflict)
    return _events().filter(about)


def timeline_of_claim(claim: Claim) -> QuerySet[Event]:
    """All that was done about a claim, the oldest first."""
    return _events().filter(claim=claim)


def _events() -> QuerySet[Event]:
    return (
        Event.objects.select_related("by", "claim").prefetch_related("attachments").order_by("pk")
    )


def newest_proposal(conflict: Conflict) -> Proposal | None:
    """The one that stands."""
    return conflict.proposals.order_by("-number").first()


def claims_of(organisation: Organisation) -> QuerySet[Claim]:
    """What an organisation claimed, the newest first."""
    return Claim.objects.filter(organisation=organisation).order_by("-pk")


def claims_waiting() -> QuerySet[Claim]:
    """Those that a person of the operator is to decide, the oldest first."""
    return Claim.objects.filter(status=Claim.Status.FILED).order_by("pk")
