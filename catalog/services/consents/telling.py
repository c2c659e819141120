"""Telling platforms that what they could use is forbidden, and holders what was said for them."""

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum

from django.utils.translation import ngettext

from accounts.models import User
from accounts.notices.models import Kind
from accounts.notices.services import notify
from accounts.webhooks.services.emitting import address_of, emit
from catalog.models import ModelVersion, Party, Platform, Representation, Right, Track, Use
from catalog.selectors import tracks_for, trained_on
from common.database import tenancy

MOST_NAMED = 100


class What(StrEnum):
    """What somebody says."""

    WITHDRAW = "withdraw"
    LIFT = "lift"
    AGREE = "agree"


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


def tell_holders(
    parties: Collection[Party], what: What, track_count: int, since: date, by: User
) -> None:
    """Tell whoever else acts for some parties what was said about their tracks, once an act."""

    def sentence() -> str:
        names = {"person": by, "count": track_count, "since": since.isoformat()}
        return _sentence_of(what, track_count) % names

    with tenancy.acting_as(tenancy.SYSTEM):
        found = Representation.objects.filter(party__in=list(parties))
        organisations = set(found.values_list("organisation_id", flat=True))
    if track_count:
        notify(Kind.CONSENT, organisations, sentence, "/consent/history/", but=by)


def _sentence_of(what: What, track_count: int) -> str:
    if what == What.WITHDRAW:
        return ngettext(
            "%(person)s forbade a use of %(count)d track from %(since)s on.",
            "%(person)s forbade a use of %(count)d tracks from %(since)s on.",
            track_count,
        )
    if what == What.LIFT:
        return ngettext(
            "%(person)s took back from %(since)s on what forbade a use of %(count)d track.",
            "%(person)s took back from %(since)s on what forbade a use of %(count)d tracks.",
            track_count,
        )
    return ngettext(
        "%(person)s agreed to a use of %(count)d track from %(since)s on.",
        "%(person)s agreed to a use of %(count)d tracks from %(since)s on.",
        track_count,
    )
