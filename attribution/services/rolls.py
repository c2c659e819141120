"""Preparing piano rolls: the notes of a piece and its segments, for pages that only read.

A roll is a pure function of the piece's file and of how a feature store cuts pieces into segments,
so preparing it again, or by two workers at once, leaves the same bytes under the same name.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from attribution.models import Attribution, AttributionRun, FeatureStore, Generation
from attribution.selectors.rolls import (
    Roll,
    RollDamaged,
    RollMissing,
    read_roll,
    roll_bytes,
    roll_name,
)
from attribution.services.queries import checkpoints_of
from attribution.services.reading import reader_of
from catalog.media import MIDI
from catalog.models import Asset, Track
from catalog.services.assets import asset_path
from common.database import tenancy
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from common.jobs.registry import JobError, Progress
from common.storage import put

KIND = "attribution.prepare_roll"
KIND_OF_RUN = "attribution.prepare_rolls"
RETRY_AFTER = timedelta(minutes=1)


def request_roll(asset: Asset, store: FeatureStore, *, as_of: datetime) -> Job:
    """Ask for the roll of a piece that is missing or damaged.

    Asking again is the same job, however it ended; a minute after its end it is done anew. It is
    done as whoever asks, so each tenant has a job of its own.
    """
    key = f"{asset.sha256}:{store.digest[:16]}"
    asked = Job.objects.filter(kind=KIND, tenant=tenancy.current(), key=key)
    with transaction.atomic():
        known = asked.select_for_update().first()
        if known is not None and known.is_finished:
            if known.finished_at is not None and as_of - known.finished_at < RETRY_AFTER:
                return known
            # What it wrote is gone, or it wrote nothing: only a failed job is done anew.
            asked.update(status=Job.Status.FAILED)
        return enqueue(KIND, {"asset": asset.pk, "store": store.pk}, key=key)


def request_rolls_of(run: AttributionRun) -> Job | None:
    """Ask for the rolls of every piece and track that is evidence in a run, if any is."""
    if not _paid(run).exists():
        return None
    return enqueue(KIND_OF_RUN, {"run": str(run.pk)}, key=str(run.pk))


def prepare_roll(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Write the roll of one piece for one store, unless it is there whole."""
    store = FeatureStore.objects.get(pk=payload["store"])
    _prepare([Asset.objects.get(pk=payload["asset"])], store, progress)
    return {}


def prepare_rolls_of(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Write the rolls of all pieces and tracks that are evidence in a run, as far as their notes
    are here and their model is."""
    run = AttributionRun.objects.select_related("feature_store").get(pk=payload["run"])
    if not checkpoints_of(run.feature_store):
        return {"rolls": 0}
    paid = _paid(run)
    tracks = set(chain.from_iterable(paid.values_list("track_ids", flat=True)))
    of_tracks = Track.objects.filter(pk__in=tracks).values_list("asset_id", flat=True)
    pieces = Generation.objects.filter(attributions__in=paid).values_list("asset_id", flat=True)
    notes = Asset.objects.filter(media_type=MIDI.media_type)
    assets = notes.filter(pk__in={*of_tracks, *pieces} - {None}).order_by("pk")
    _prepare(list(assets), run.feature_store, progress)
    return {"rolls": len(assets)}


def _paid(run: AttributionRun) -> QuerySet[Attribution]:
    return run.attributions.exclude(track_ids=[])


def _prepare(assets: Iterable[Asset], store: FeatureStore, progress: Progress) -> None:
    missing = [asset for asset in assets if not _is_there(asset, store)]
    if not missing:
        return
    window = _window(store)
    for count, asset in enumerate(missing):
        put(roll_name(asset, store), roll_bytes(_roll(asset, window)))
        progress(count + 1, len(missing), "reading notes")


def _is_there(asset: Asset, store: FeatureStore) -> bool:
    try:
        read_roll(asset, store)
    except (RollMissing, RollDamaged):
        return False
    return True


def _window(store: FeatureStore) -> int:
    """How many tokens a segment of this store may have: what its model reads at once."""
    return reader_of(checkpoints_of(store)[0]).window


def _roll(asset: Asset, window: int) -> Roll:
    """Raises JobError for a piece that cannot be read as music."""
    from attribution.adapters.symbolic import vocabulary
    from attribution.reference.notes import read_notes
    from attribution.reference.tokens import UnreadableMusic

    try:
        notes = read_notes(asset_path(asset).read_bytes(), asset.sha256[:12], vocabulary())
    except UnreadableMusic as error:
        raise JobError(str(error)) from error
    return Roll(
        onset_ms=tuple(notes.onset_ms.tolist()),
        duration_ms=tuple(notes.duration_ms.tolist()),
        pitch=tuple(notes.pitch.tolist()),
        velocity=tuple(notes.velocity.tolist()),
        first_note=tuple(notes.first_of_segments(window).tolist()),
    )
