"""The shares that claims are about: how they lie in a zone, and writing them anew.

A share is cut where a zone begins and ends, in days and in countries: what lies outside stays as it
is. A share that lay inside altogether and is nobody's now is deleted, since a share cannot last no
day; the history keeps it.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from catalog.claims.models import AboutARight
from catalog.claims.zones import Part, Zone, contested, meet, outside
from catalog.models import Share, Track, Work


@dataclass(frozen=True)
class Line:
    """What a party has in a role."""

    party_id: int
    role: str
    share_ppm: int


def lock(about: AboutARight) -> None:
    """Wait for whoever claims the same right now; the lock ends with the transaction."""
    if about.work_id is not None:
        Work.objects.select_for_update(no_key=True).get(pk=about.work_id)
    elif about.track_id is not None:
        Track.objects.select_for_update(no_key=True).get(pk=about.track_id)


def shares_of(about: AboutARight) -> QuerySet[Share]:
    """All shares in the right that something is about."""
    return Share.objects.filter(
        right=about.right, work=about.work_id, track=about.track_id
    ).select_related("party")


def zone_of(share: Share) -> Zone:
    return Zone(share.territory, share.valid_from, share.valid_until)


def shares_in(about: AboutARight, zone: Zone) -> list[Share]:
    """Those that hold somewhere in a zone on some day, in the order in which they were made."""
    return [each for each in shares_of(about).order_by("pk") if meet(zone_of(each), zone)]


def contested_in(about: AboutARight, zone: Zone, more: Sequence[Part] = ()) -> Zone | None:
    """Where in a zone more than the whole is claimed, with `more` beside the shares; or None."""
    parts = [Part(zone_of(each), each.share_ppm) for each in shares_in(about, zone)]
    return contested([*parts, *more], zone)


def fingerprint(shares: Iterable[Share]) -> str:
    """A hash by which one knows that no share came, went or changed."""
    rows = sorted(
        f"{each.pk}:{each.party_id}:{each.role}:{each.share_ppm}:{each.territory}:"
        f"{each.valid_from}:{each.valid_until}"
        for each in shares
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def rewrite(about: AboutARight, window: Zone, lines: Collection[Line]) -> list[Share]:
    """Let parties have in a window what lines say, and nobody else anything.

    Shares that are so already are left alone. Returns the shares in the window.
    """
    wanted = {(line.party_id, line.role): line.share_ppm for line in lines if line.share_ppm}
    present = shares_in(about, window)
    kept = [each for each in present if _is_so_already(each, window, present, wanted)]
    for share in present:
        if share not in kept:
            _cut_out(share, window)
    done = {(each.party_id, each.role) for each in kept}
    made = [
        _make(about, window, Line(party_id, role, ppm))
        for (party_id, role), ppm in wanted.items()
        if (party_id, role) not in done
    ]
    return kept + made


def lower(about: AboutARight, zone: Zone, line: Line) -> None:
    """Let a party have at most what a line says in a zone; 0 takes its shares away there."""
    for share in shares_in(about, zone):
        inside = meet(zone_of(share), zone)
        if (share.party_id, share.role) != (line.party_id, line.role) or inside is None:
            continue
        if share.share_ppm <= line.share_ppm:
            continue
        if line.share_ppm and not outside(zone_of(share), zone):
            share.share_ppm = line.share_ppm
            share.save(update_fields=["share_ppm"])
            continue
        _cut_out(share, zone)
        if line.share_ppm:
            _make(about, inside, line)


def _is_so_already(
    share: Share,
    window: Zone,
    present: Collection[Share],
    wanted: dict[tuple[int, str], int],
) -> bool:
    key = (share.party_id, share.role)
    is_only = sum((each.party_id, each.role) == key for each in present) == 1
    return is_only and wanted.get(key) == share.share_ppm and not outside(window, zone_of(share))


def _cut_out(share: Share, window: Zone) -> None:
    first, *others = [*outside(zone_of(share), window), None]
    if first is None:
        share.delete()
        return
    _place(share, first)
    share.save(update_fields=["territory", "valid_from", "valid_until"])
    for zone in others:
        if zone is not None:
            again = Share(
                work_id=share.work_id,
                track_id=share.track_id,
                party_id=share.party_id,
                right=share.right,
                role=share.role,
                share_ppm=share.share_ppm,
            )
            _place(again, zone)
            again.save()


def _place(share: Share, zone: Zone) -> None:
    share.territory = zone.territory
    share.valid_from, share.valid_until = zone.first, zone.after


def _make(about: AboutARight, zone: Zone, line: Line) -> Share:
    share = Share(
        work_id=about.work_id,
        track_id=about.track_id,
        party_id=line.party_id,
        right=about.right,
        role=line.role,
        share_ppm=line.share_ppm,
    )
    _place(share, zone)
    share.save()
    return share


def make(about: AboutARight, line: Line) -> Share:
    """A share in the whole zone of a claim."""
    return _make(about, about.zone, line)
