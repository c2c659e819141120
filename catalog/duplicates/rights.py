"""Whether two things have the same shares; merging them lets only one's count."""

from datetime import date

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from catalog.models import Party, Right, Share, Track, Work

# right, role, party, territory, ppm, from, until
Holding = tuple[str, str, str, str, int, date, date | None]


def differing_rights(
    survivor: Track | Work | Party, other: Track | Work | Party
) -> dict[str, tuple[list[Holding], list[Holding]]]:
    """By right, the shares of the survivor and of the other where the other's would be lost.

    A party loses nothing: what two had, one has afterwards.
    """
    differing = {}
    for right in Right:
        kept, lost = holdings(survivor, right), holdings(other, right)
        if lost and set(kept) != set(lost):
            differing[right.value] = (kept, lost)
    return differing


def holdings(thing: Track | Work | Party, right: Right) -> list[Holding]:
    """The shares that count for a work or a track, merged parties as those they are."""
    if isinstance(thing, Party):
        return []
    if right == Right.RECORDING:
        owner = Q(track=thing) if isinstance(thing, Track) else Q(pk=None)
    else:
        work = thing.work if isinstance(thing, Track) else thing
        owner = Q(work=work.merged_into or work)
    rows = Share.objects.filter(owner, right=right).annotate(
        holder=Coalesce(F("party__merged_into__name"), F("party__name"))
    )
    found = [
        (
            share.right,
            share.role,
            str(share.holder),
            str(share.territory),
            share.share_ppm,
            share.valid_from,
            share.valid_until,
        )
        for share in rows
    ]
    return sorted(found, key=str)
