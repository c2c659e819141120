"""Preparing where an influence lies: which seconds of a piece and of a track belong together.

A document is a pure function of a run, a piece and a track, so preparing it twice leaves the same
bytes under the same name. It costs a pass over both under each checkpoint, and is made when
somebody first looks.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction

from attribution.models import Attribution, AttributionRun, Generation
from attribution.selectors.where import Where, WhereMissing, read_where, where_bytes, where_name
from attribution.services.features import open_featuriser
from attribution.services.queries import checkpoints_of
from attribution.services.reading import Reader, UnreadableMusic
from catalog.models import Asset, Track
from common.database import tenancy
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from common.jobs.registry import JobError, Progress
from common.storage import put

if TYPE_CHECKING:
    from attribution import engine
    from attribution.audio.where import InParts
    from attribution.services.corpora import TrainingCorpus

KIND = "attribution.locate"
RETRY_AFTER = timedelta(minutes=1)
PART_SECONDS = 0.5


def request_where(run: AttributionRun, piece: Generation, track: Track, *, as_of: datetime) -> Job:
    """Ask for a document that is missing: one job, done anew a minute after it ended.

    It reads the whole training set, which nobody who looks at a line sees, so the system does it.
    """
    key = f"{run.pk}:{piece.pk}:{track.pk}"
    with tenancy.acting_as(tenancy.SYSTEM), transaction.atomic():
        asked = Job.objects.filter(kind=KIND, tenant=tenancy.SYSTEM, key=key)
        known = asked.select_for_update().first()
        if known is not None and known.is_finished:
            if known.finished_at is not None and as_of - known.finished_at < RETRY_AFTER:
                return known
            asked.update(status=Job.Status.FAILED)  # only a failed job is done anew
        payload = {"run": str(run.pk), "piece": str(piece.pk), "track": track.pk}
        return enqueue(KIND, payload, queue="gpu", key=key)


def locate(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Write where a track's influence on a piece lies, unless that is there whole.

    Raises:
        JobError: the piece cannot be read, or its model has no measure of time.
    """
    run = AttributionRun.objects.select_related("feature_store__training_set").get(
        pk=payload["run"]
    )
    piece = Generation.objects.select_related("asset").get(pk=payload["piece"])
    track = Track.objects.get(pk=payload["track"])
    if not Attribution.objects.filter(run=run, generation=piece).exists():
        raise JobError(f"The run did not attribute the piece {piece.external_id!r}.")
    name = where_name(run, piece, track)
    try:
        read_where(run, piece, track)
    except WhereMissing:
        put(name, where_bytes(_found(run, piece, track, progress)))
    return {}


def _found(run: AttributionRun, piece: Generation, track: Track, progress: Progress) -> Where:
    """The mean over the checkpoints of what each part of the track did to each of the piece."""
    from attribution.audio.where import tables
    from attribution.reference.training import one_thread

    checkpoints = checkpoints_of(run.feature_store)
    if piece.asset is None or not checkpoints:
        raise JobError(f"The piece {piece.external_id!r}, or its model, is not here.")
    found = []
    for place, checkpoint in enumerate(checkpoints):
        progress(place, len(checkpoints), f"seconds, checkpoint {place + 1}")
        with one_thread():
            featuriser, corpus = open_featuriser(run.feature_store, checkpoint, progress)
            sides = _piece(piece.asset, corpus.reader), _track(track, corpus)
            found.append(tables(featuriser, *sides))
    (asked, _), (known, _) = sides
    influence, together = np.mean(found, axis=0)
    return Where(asked.seconds, known.seconds, influence.sum(1), influence.sum(0), together)


def _piece(asset: Asset, reader: Reader) -> "tuple[InParts, Any]":
    try:
        cut = reader.cut([reader.read(asset)])
    except UnreadableMusic as error:
        raise JobError(str(error)) from error
    lengths = [int(length) for length in cut.table.length]
    return _in_parts(lengths, reader), lambda parts: reader.task(cut.sequence, parts)


def _track(track: Track, corpus: "TrainingCorpus") -> "tuple[InParts, Any]":
    places = np.flatnonzero(corpus.track_ids == track.pk)
    if not len(places):
        raise JobError(f"The track {track.ref} is not in the training set.")
    mine = np.flatnonzero(corpus.segment_track == places[0])
    lengths = [int(corpus.corpus.table.length[segment]) for segment in mine]

    def task(parts: "list[engine.Part]") -> "engine.Task":
        return corpus.reader.task(lambda place: corpus.corpus.sequence(int(mine[place])), parts)

    return _in_parts(lengths, corpus.reader), task


def _in_parts(lengths: list[int], reader: Reader) -> "InParts":
    from attribution.audio.where import InParts

    if reader.seconds_per_step is None:
        raise JobError("The model counts notes and no seconds; its evidence is in its notes.")
    return InParts.of(lengths, reader.seconds_per_step, PART_SECONDS)
