"""Why a track is paid for a piece: its share, how sure that is, and the segments to listen to.

What is read here obeys row-level security: evidence that a tenant may not see is not there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from attribution.models import Attribution, AttributionRun, FeatureStore, Generation
from catalog.media import MIDI
from catalog.models import Track


class NoEvidence(LookupError):
    """There is nothing to listen to; the message says why, for the reader of a statement."""


@dataclass(frozen=True)
class Pair:
    """A segment of the piece beside a segment of the track, both counted from 0."""

    number: int  # from 1, the strongest
    piece_segment: int
    track_segment: int
    score: float  # standardised, mean over the checkpoints

    @property
    def piece_segment_number(self) -> int:
        """As people count, from 1."""
        return self.piece_segment + 1

    @property
    def track_segment_number(self) -> int:
        return self.track_segment + 1


@dataclass(frozen=True)
class Evidence:
    """What a run says of one track in one generated piece."""

    generation: Generation
    track: Track
    run: AttributionRun
    share_ppb: int
    low_ppb: int | None  # over the checkpoints; None: one alone, so there is nothing to vary
    high_ppb: int | None
    unattributed_ppb: int  # of the piece, to no track at all
    rank: int  # by share, from 1
    n_paid: int  # tracks that earn of the piece
    pairs: tuple[Pair, ...]  # at least one, strongest first

    @property
    def store(self) -> FeatureStore:
        """The store whose segments the pairs number."""
        return self.run.feature_store

    @property
    def can_be_heard(self) -> bool:
        """Whether the piece's notes are here, and how its model cuts music into segments."""
        asset, store = self.generation.asset, self.store
        if asset is None or asset.media_type != MIDI.media_type:
            return False
        if store.origin == FeatureStore.Origin.OURS:
            return True
        registered = store.model_version.checkpoints
        return registered.filter(sha256__in=store.config["members"].values()).exists()

    @property
    def can_be_located(self) -> bool:
        """Whether both are recordings that are here, and so is the model to ask about them."""
        recordings = [
            asset is not None and asset.media_type != MIDI.media_type
            for asset in (self.generation.asset, self.track.asset)
        ]
        registered = self.store.model_version.checkpoints
        members = self.store.config.get("members", {}).values()
        return all(recordings) and registered.filter(sha256__in=members).exists()

    @property
    def n_checkpoints(self) -> int:
        return len(self.store.config.get("members", ()))

    @property
    def false_payment_ppb(self) -> int | None:
        """How much of the money tracks would get that the model never saw; None if not measured."""
        measured = self.run.quality.get("false_payment")
        return None if measured is None else round(measured * 1_000_000_000)


def evidence_of(
    runs: Collection[str], *, platform_id: int, external_id: str, track_ref: str
) -> Evidence:
    """The evidence for a track in a piece, from the attribution that counts.

    Args:
        runs: ids of the attribution runs that a period was computed from.
        external_id: the platform's name for the piece.

    Raises:
        NoEvidence: the piece was not attributed, not to this track, or no pair was kept.
    """
    attribution = (
        Attribution.objects.filter(
            run__in=[UUID(run) for run in runs],
            run__finished_at__isnull=False,
            generation__platform=platform_id,
            generation__external_id=external_id,
        )
        .select_related(
            "run__feature_store__model_version", "generation__asset", "generation__platform"
        )
        .order_by("-run__finished_at", "-run_id")  # the last one counts, as in the snapshot
        .first()
    )
    if attribution is None:
        raise NoEvidence(
            gettext("The piece %(piece)s was not attributed to any track.") % {"piece": external_id}
        )
    track = _attributed(attribution, track_ref)
    if track is None:
        raise NoEvidence(
            gettext("The piece %(piece)s was not attributed to this track.")
            % {"piece": external_id}
        )
    return _evidence(attribution, track)


def vetoed_with(
    track_ref: str, *, platform_id: int, before: datetime
) -> dict[str, tuple[str, ...]]:
    """Pieces that only a run with objections gave the track a share of, by the platform's names;
    with each the objections of the last such run.

    Args:
        before: runs that were finished later are left out, as a period's computation did.
    """
    finished = Attribution.objects.filter(
        run__finished_at__lte=before, generation__platform=platform_id
    )
    tracks = Track.objects.filter(Q(ref=track_ref) | Q(merged_into__ref=track_ref))
    named = finished.filter(track_ids__overlap=list(tracks.values_list("pk", flat=True)))
    sound = finished.filter(generation=OuterRef("generation"), run__objections=[])
    vetoed = named.exclude(run__objections=[]).exclude(Exists(sound)).order_by("run__finished_at")
    rows = vetoed.values_list("generation__external_id", "run__objections")
    return {piece: tuple(objections) for piece, objections in rows}


def _attributed(attribution: Attribution, track_ref: str) -> Track | None:
    """The track, or of those that are merged into it the one with the largest share."""
    tracks = Track.objects.select_related("work", "asset").filter(
        Q(ref=track_ref) | Q(merged_into__ref=track_ref), pk__in=attribution.track_ids
    )
    share_of = dict(zip(attribution.track_ids, attribution.share_ppb, strict=True))
    return max(tracks, key=lambda track: (track.ref == track_ref, share_of[track.pk]), default=None)


def _evidence(attribution: Attribution, track: Track) -> Evidence:
    place = attribution.track_ids.index(track.pk)
    share_ppb = attribution.share_ppb[place]
    return Evidence(
        generation=attribution.generation,
        track=track,
        run=attribution.run,
        share_ppb=share_ppb,
        low_ppb=attribution.low_ppb[place] if attribution.has_model_interval else None,
        high_ppb=attribution.high_ppb[place] if attribution.has_model_interval else None,
        unattributed_ppb=attribution.unattributed_ppb,
        rank=1 + sum(other > share_ppb for other in attribution.share_ppb),
        n_paid=len(attribution.track_ids),
        pairs=_pairs(attribution, place),
    )


def _pairs(attribution: Attribution, place: int) -> tuple[Pair, ...]:
    kept = attribution.evidence[place] if place < len(attribution.evidence) else []
    if not kept:
        raise NoEvidence(
            gettext("The run that attributed the piece %(piece)s kept no segments to listen to.")
            % {"piece": attribution.generation.external_id}
        )
    strongest = sorted(kept, key=lambda pair: -pair[2])
    return tuple(Pair(number, *pair) for number, pair in enumerate(strongest, start=1))
