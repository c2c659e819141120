"""What platforms are told of attribution, in the transaction in which it happens."""

from collections.abc import Sequence
from typing import Any

from accounts.webhooks.services.emitting import News, address_of, emit, emit_all
from attribution.models import Attribution, AttributionRun, FeatureStore, Generation
from attribution.selectors.attributions import KIND
from common.jobs.models import Job
from common.jobs.registry import when_finished

RETRY = "The work on it failed. Send the piece again to have it retried."


def tell_run(run: AttributionRun, rows: Sequence[Attribution]) -> None:
    """Tell of each piece of a run that has just ended what became of it."""
    against = " ".join(run.objections)
    news = [_failed(run, row.generation, against) if against else _attributed(run, row.generation)
            for row in rows]  # fmt: skip
    reasons: dict[str, str] = run.config.get("refused") or {}
    refused = Generation.objects.filter(pk__in=reasons)
    news += [_failed(run, piece, reasons[str(piece.pk)]) for piece in refused]
    emit_all(_organisation_id(run.feature_store), news)


@when_finished
def tell_failed_run(job: Job) -> None:
    """Tell of each piece of a run whose job failed for good."""
    if job.kind != KIND or job.status != Job.Status.FAILED:
        return
    run = AttributionRun.objects.filter(pk=job.payload["run"]).first()
    if run is None:
        return
    pieces = Generation.objects.filter(pk__in=run.config["generations"]) | run.arrivals.all()
    emit_all(_organisation_id(run.feature_store), [_failed(run, each, RETRY) for each in pieces])


def tell_ready(store: FeatureStore) -> None:
    """Tell that the features of a model version are sealed."""
    version = store.model_version
    news = {
        "model_version": f"{version.name}@{version.version}",
        "feature_store_sha256": store.digest,
    }
    emit(_organisation_id(store), "model_version.ready", news)


def _attributed(run: AttributionRun, piece: Generation) -> News:
    return News("generation.attributed", _about(run, piece))


def _failed(run: AttributionRun, piece: Generation, reason: str) -> News:
    return News("generation.attribution_failed", {**_about(run, piece), "reason": reason})


def _about(run: AttributionRun, piece: Generation) -> dict[str, Any]:
    return {
        "generation": str(piece.pk),
        "external_id": piece.external_id,
        "run": str(run.pk),
        "url": address_of("attribution", pk=piece.pk),
    }


def _organisation_id(store: FeatureStore) -> int | None:
    return store.model_version.platform.organisation_id
