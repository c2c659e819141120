"""Pieces that platforms send are attributed as they arrive, many in one run.

A run costs a fixed part (models, curvature, the scan of the store), so pieces join the run of
their feature store that has not begun yet; the first one opens it. A burst thus takes one run
that begins at once, and one with all that arrived meanwhile. The join and the beginning of the run
exclude each other by a lock that ends with the transaction, so no piece falls between them; and
the run's job is durable, so killing the worker loses nothing.

What a piece earns does not depend on what else is in its run (`companions`). A piece keeps the
run that it joined and never joins a second one: whoever wants it attributed anew, under other
features, asks for a run over a list (`attributing.request_attribution`).
"""

from typing import Any

from django.db.models import Count

from attribution.models import AttributionRun, FeatureStore, Generation, GenerationFeatures
from attribution.services.runs import enqueue_run, lock_arrivals, new_run
from catalog.models import ModelVersion
from common.database import tenancy
from common.jobs.registry import Progress

MOST_PIECES = 256  # in one run, whose scores are held in memory


def welcome(generation: Generation) -> None:
    """Have a piece attributed that just arrived. Asked again, it only revives a job that failed.

    Before there is a sealed feature store for it nothing happens; `welcome_waiting` follows.
    """
    store = store_for(generation)
    if store is None or generation.attributions.exists():
        return
    with tenancy.acting_as(_tenant(generation)):
        lock_arrivals(store)
        generation.refresh_from_db(fields=["arrival_run"])
        if generation.arrival_run is None:
            generation.arrival_run = _open_run(store)
            generation.save(update_fields=["arrival_run"])
        if generation.arrival_run.finished_at is None:
            enqueue_run(generation.arrival_run)


def welcome_waiting(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Have all pieces attributed that arrived before their model version had features."""
    model_version = ModelVersion.objects.get(pk=payload["model_version"])
    waiting = model_version.generations.filter(arrival_run=None, attributions=None)
    pieces = list(waiting.select_related("platform__organisation", "model_version", "asset"))
    for count, generation in enumerate(pieces):
        welcome(generation)
        progress(count + 1, len(pieces), "asking for attribution")
    return {"generations": len(pieces)}


def store_for(generation: Generation) -> FeatureStore | None:
    """The features by which a piece is attributed.

    Those that the platform's rows of it belong to; of a piece without such rows, those that we
    sealed last of its model version.
    """
    received = GenerationFeatures.objects.filter(generation=generation)
    features = received.select_related("feature_store").first()
    if features is not None:
        return features.feature_store
    ours = generation.model_version.feature_stores.filter(
        sealed_at__isnull=False, origin=FeatureStore.Origin.OURS
    )
    return None if generation.asset is None else ours.order_by("-sealed_at", "-pk").first()


def _open_run(store: FeatureStore) -> AttributionRun:
    waiting = AttributionRun.objects.filter(
        feature_store=store, finished_at=None, config__open=True
    )
    with_room = waiting.annotate(joined=Count("arrivals")).filter(joined__lt=MOST_PIECES)
    return with_room.order_by("pk").first() or new_run(store, open=True)


def _tenant(generation: Generation) -> str:
    """As whom the job works: the platform, or whoever asks where it has no organisation."""
    organisation = generation.platform.organisation
    return organisation.tenant if organisation is not None else tenancy.current()
