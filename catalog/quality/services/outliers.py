"""Counting files, fitting the forest over the catalogue's tracks, and keeping the oddest."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import QuerySet

from catalog.media import MIDI
from catalog.models import Asset, Right, Share, Track
from catalog.quality.content import (
    NothingToCount,
    midi_statistics,
    title_values,
    writer_values,
)
from catalog.quality.forest import SEED, VERSION, Piece, judge
from catalog.quality.models import ContentStatistics, Outlier
from catalog.quality.models.outliers import STATISTICS_VERSION
from common.money import PPM

KEPT_PART = 0.02  # of all tracks, the oddest
LEAST_KEPT, MOST_KEPT = 10, 500
CHUNK = 500
# One run looks at a time, under this advisory lock ("outliers" in ASCII).
OUTLIERS_LOCK = int.from_bytes(b"outliers")
MODEL = f"forest {VERSION}, seed {SEED}"


def find_outliers(*, now: datetime) -> int | None:
    """Judge all tracks anew and keep the oddest that have a reason.

    Returns how many; None where another run is at it, to which it is left.
    """
    with _unless_another_does() as is_ours:
        return _found(now) if is_ours else None


@contextmanager
def _unless_another_does() -> Iterator[bool]:
    """Whether this run may look. The lock is the session's, so that it outlasts the transactions in
    which files are counted; PostgreSQL takes it back from a worker that dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [OUTLIERS_LOCK])
        (is_ours,) = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours and connection.is_usable() and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [OUTLIERS_LOCK])


def _found(now: datetime) -> int:
    count_files(_uncounted())
    pieces = read_pieces()
    verdicts = judge(pieces)
    most = min(max(round(len(pieces) * KEPT_PART), LEAST_KEPT), MOST_KEPT)
    kept = [verdict for verdict in verdicts if verdict.reasons][:most]
    with transaction.atomic():
        Outlier.objects.all().delete()
        Outlier.objects.bulk_create(
            Outlier(
                track_id=verdict.key,
                model=MODEL,
                rank=rank,
                score_ppm=round(verdict.score * PPM),
                reasons=list(verdict.reasons),
                found_at=now,
            )
            for rank, verdict in enumerate(kept, 1)
        )
    return len(kept)


def _uncounted() -> QuerySet[Asset]:
    return Asset.objects.exclude(statistics__version=STATISTICS_VERSION).order_by("pk")


def count_files(assets: QuerySet[Asset]) -> None:
    """Keep the statistics of files; one that cannot be counted says why."""
    for asset in assets.iterator(chunk_size=CHUNK):
        values: dict[str, float] = {"seconds": asset.seconds}
        fault = ""
        if asset.media_type == MIDI.media_type:
            try:
                with default_storage.open(asset.storage_name) as handle:
                    values = midi_statistics(handle.read(MIDI.largest_bytes))
            except NothingToCount as error:
                fault = str(error)[:300]
            except OSError:
                fault = "The file is not in the storage."
        ContentStatistics.objects.update_or_create(
            asset=asset,
            defaults={"version": STATISTICS_VERSION, "values": values, "fault": fault},
        )


def read_pieces() -> list[Piece]:
    """All tracks that are not merged, with what is known of their files, titles and holders."""
    tracks = Track.objects.filter(merged_into=None, asset__statistics__fault="").order_by("pk")
    rows = list(
        tracks.values_list(
            "pk", "title", "genre", "work_id", "work__collection", "asset__statistics__values"
        )
    )
    holders: dict[int, list[tuple[int, str, int]]] = {}
    shares = Share.objects.filter(right=Right.COMPOSITION, valid_until=None)
    for work_id, party_id, role, ppm in shares.values_list(
        "work_id", "party_id", "role", "share_ppm"
    ):
        holders.setdefault(work_id or 0, []).append((party_id, role, ppm))
    writers = {
        work_id: min((party for party, role, _ in held if role == "composer"), default=0)
        for work_id, held in holders.items()
    }
    of_collection: dict[str, Counter[int]] = {}
    for _, _, _, work_id, collection, _ in rows:
        of_collection.setdefault(collection, Counter())[writers.get(work_id, 0)] += 1
    return [
        Piece(
            key=pk,
            values={
                **counted,
                **title_values(title),
                **_held_values([ppm for _, _, ppm in holders.get(work_id, [])]),
                **writer_values(of_collection[collection], writers.get(work_id, 0), collection),
            },
            collection=collection,
            genre=genre,
        )
        for pk, title, genre, work_id, collection, counted in rows
    ]


def _held_values(parts_ppm: list[int]) -> dict[str, float]:
    return {"holders": float(len(parts_ppm)), "largest_share": max(parts_ppm, default=0) / PPM}
