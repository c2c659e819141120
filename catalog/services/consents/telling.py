"""Telling platforms that what they could use is forbidden."""

from collections.abc import Sequence
from datetime import date

from accounts.webhooks.services.emitting import address_of, emit
from catalog.models import ModelVersion, Platform, Right, Track, Use
from catalog.selectors import tracks_for, trained_on
from common.database import tenancy

MOST_NAMED = 100


def tell_platforms(
    *,
    tracks: Sequence[Track],
    right: Right,
    use: Use,
    model_version: ModelVersion | None,
    since: date,
) -> None:
    """Tell every platform that may know some of these tracks, once, and not who forbids it.

    As system, since a rights holder sees no platform but those that trained on its tracks.
    """
    with tenancy.acting_as(tenancy.SYSTEM):
        platforms = Platform.objects.exclude(organisation=None).order_by("pk")
        if model_version is not None:
            platforms = platforms.filter(pk=model_version.platform_id)
        for platform in platforms if tracks else ():
            known = tracks_for(platform).filter(pk__in=[track.pk for track in tracks])
            refs = list(known.order_by("ref").values_list("ref", flat=True))
            if not refs:
                continue
            trained = [
                each.model_version
                for each in trained_on(tracks)
                if each.model_version.platform_id == platform.pk
            ]
            news = {
                "right": right.value,
                "use": use.value,
                "model_version": "" if model_version is None else model_version.ref,
                "since": since.isoformat(),
                "track_count": len(refs),
                "tracks": refs[:MOST_NAMED],
                "trained_models": [each.ref for each in trained],
                "url": address_of("consents"),
            }
            emit(platform.organisation_id, "consent.withdrawn", news)
