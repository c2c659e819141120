"""The pages of a track, a work and a party: everything that is known of them in one place."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from catalog.claims.selectors.conflicts import conflicts_of
from catalog.deliveries.selectors import lineage_of
from catalog.duplicates.selectors import candidates_of
from catalog.history import changes_of
from catalog.models import Asset, Consent, Credit, Party, Representation, Right, Share, Track, Work
from catalog.quality.models import Score
from catalog.quality.selectors import findings_of, score_of
from catalog.selectors import touched_rights
from portal.access import OperatorRequest, for_operators
from portal.catalogue.browse import held_by_track
from portal.catalogue.listening import heard
from portal.catalogue.ownership import moment, shares_of, splits
from portal.evidence.serving import music_file
from portal.evidence.sound import spectrogram

MOST_ROWS = 200


@for_operators
def track(request: OperatorRequest, pk: int) -> HttpResponse:
    """A recording or a score: `?on=2026-05-03&in=DE` says when and where ownership is asked."""
    found = get_object_or_404(
        Track.objects.select_related("work", "asset", "sender", "derived_from", "merged_into"),
        pk=pk,
    )
    at, shares = moment(request.GET), [*shares_of(work=found.work), *shares_of(track=found)]
    media_type = found.asset.media_type if found.asset else ""
    recorded = any(share.right == Right.RECORDING for share in shares)
    context = {
        "track": found,
        "moment": at,
        "shares": shares,
        "splits": splits(shares, touched_rights(media_type, has_recording_shares=recorded), at),
        "credits": _credits(Q(work=found.work) | Q(track=found)),
        "consents": consents_of(found),
        "trainings": found.trainings.select_related("training_set__model_version__platform"),
        "versions": _versions(found),
        **_known_of(found),
        **heard(found.asset, request.GET.get("part", "1")),
        "today": timezone.localdate(),
    }
    return render(request, "portal/catalogue/track.html", context)


@for_operators
def work(request: OperatorRequest, pk: int) -> HttpResponse:
    """A composition, with its tracks."""
    found = get_object_or_404(
        Work.objects.select_related("sender", "derived_from", "merged_into"), pk=pk
    )
    at, shares = moment(request.GET), shares_of(work=found)
    tracks = list(found.tracks.select_related("asset").order_by("title", "pk")[:MOST_ROWS])
    context = {
        "work": found,
        "moment": at,
        "shares": shares,
        "splits": splits(shares, [Right.COMPOSITION], at),
        "credits": _credits(Q(work=found)),
        "tracks": tracks,
        "held": held_by_track(tracks, Right.RECORDING, at.on),
        "versions": _versions(found),
        **_known_of(found),
        "today": timezone.localdate(),
    }
    return render(request, "portal/catalogue/work.html", context)


@for_operators
def party(request: OperatorRequest, pk: int) -> HttpResponse:
    """A person, a company or a society: what it holds, for what it is named, who acts for it."""
    found = get_object_or_404(Party.objects.select_related("merged_into"), pk=pk)
    holdings = Share.objects.filter(party=found).select_related("work", "track")
    credited = Credit.objects.filter(party=found).select_related("work", "track")
    context = {
        "party": found,
        "shares": holdings.order_by("work__title", "track__title", "valid_from")[:MOST_ROWS],
        "n_shares": holdings.count(),
        "credits": credited.order_by("work__title", "track__title", "role")[:MOST_ROWS],
        "n_credits": credited.count(),
        "representations": Representation.objects.filter(party=found).select_related(
            "organisation"
        ),
        "merged": found.merged.order_by("name"),
        "changes": changes_of(found)[:MOST_ROWS],
        "candidates": candidates_of(found),
        "findings": findings_of(found)[:MOST_ROWS],
        "score": score_of(Score.Scope.PARTY, found.ref),
        "today": timezone.localdate(),
        "most_rows": MOST_ROWS,
    }
    return render(request, "portal/catalogue/party.html", context)


def _known_of(thing: Track | Work) -> dict[str, Any]:
    """What the parts of the catalogue say of a track or a work, each by its own selector."""
    return {
        "candidates": candidates_of(thing),
        "conflicts": conflicts_of(thing)[:MOST_ROWS],
        "findings": findings_of(thing)[:MOST_ROWS],
        "lineage": lineage_of(thing),
        "changes": changes_of(thing)[:MOST_ROWS],
    }


@for_operators
def track_file(request: OperatorRequest, pk: int) -> HttpResponseBase:
    """The recording or the score itself, under the type that its content has."""
    return music_file(request, _file_of(pk))


@for_operators
def track_spectrogram(request: OperatorRequest, pk: int) -> HttpResponse:
    """How loud each band of pitches of a recording is over time, as a picture."""
    return spectrogram(_file_of(pk))


def _file_of(pk: int) -> Asset:
    tracks = Track.objects.select_related("asset")
    return get_object_or_404(tracks, pk=pk, asset__isnull=False).file


def _credits(whose: Q) -> list[Credit]:
    rows = Credit.objects.filter(whose).select_related("party", "track")
    return list(rows.order_by("track", "role", "party__name"))


def consents_of(track: Track) -> list[Consent]:
    """What was said about a track, ended consents too, right by right and the newest first."""
    rows = track.consents.select_related("model_version__platform", "party")
    return list(rows.order_by("right", "use", "-valid_from", "pk"))


def _versions(thing: Any) -> list[Any]:
    """What a work or a track is derived from, and what is derived from it."""
    family = Q(derived_from=thing.pk) | Q(merged_into=thing.pk)
    if thing.derived_from_id:
        family |= Q(pk=thing.derived_from_id) | Q(derived_from=thing.derived_from_id)
    rows = type(thing).objects.filter(family).exclude(pk=thing.pk)
    return list(rows.select_related("sender").order_by("title", "version", "pk")[:MOST_ROWS])
