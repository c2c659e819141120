"""The row of a run: how it is asked for, which pieces it takes, and that it begins once.

`config` of a run holds

    key          names the request, so that asking twice is one run; empty for a run of its own
    generations  ids of the pieces, sorted: the order of all the run's arrays
    probes       those of them that were planted to test the system
    open         true while arriving pieces may still join (`arrivals`); they are then not listed
    refused      pieces that joined and that the model cannot read: id → reason
"""

from importlib.metadata import version
from uuid import UUID

from django.db import connection, transaction

from attribution.models import AttributionRun, FeatureStore
from attribution.selectors.attributions import KIND
from attribution.services.queries import checkpoints_of
from attribution.services.reading import Reader, UnreadableMusic, reader_of
from catalog.models import Asset
from common.jobs.dispatch import enqueue
from common.jobs.models import Job

METHOD = "whitened projected gradients, exact scan, chance told by the trained tracks"


def new_run(store: FeatureStore, **config: object) -> AttributionRun:
    """A run that nobody works on yet."""
    return AttributionRun.objects.create(
        feature_store=store,
        method=METHOD,
        code_version=version("tantieme"),
        config={"key": "", "generations": [], "probes": [], **config},
    )


def enqueue_run(run: AttributionRun) -> Job:
    """Ask for a run to be done; the job that is there, queued anew if it had failed."""
    return enqueue(KIND, {"run": str(run.pk)}, queue="gpu", key=str(run.pk))


def lock_arrivals(store: FeatureStore) -> None:
    """Until the transaction ends nobody else opens, joins or begins a run of this store."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('attribution arrivals', %s))", [store.pk]
        )


def begin_run(run_id: UUID | str) -> AttributionRun:
    """The run with its list of pieces fixed; begun again after a kill, it is the same list."""
    run = AttributionRun.objects.select_related("feature_store__training_set").get(pk=run_id)
    if run.config.get("open"):
        _close(run)
    if run.config.get("refused", {}) is None:
        _refuse_unreadable(run)
    return run


@transaction.atomic
def _close(run: AttributionRun) -> None:
    """List those that joined; whoever arrives from now on joins another run."""
    lock_arrivals(run.feature_store)
    run.refresh_from_db(fields=["config"])
    if run.config["open"]:
        joined = sorted(str(pk) for pk in run.arrivals.values_list("pk", flat=True))
        run.config |= {"generations": joined, "open": False, "refused": None}
        run.save(update_fields=["config"])


def _refuse_unreadable(run: AttributionRun) -> None:
    """Take out the pieces that the model cannot read: one must not stop all others."""
    refused = {}
    if run.feature_store.origin == FeatureStore.Origin.OURS:  # others came as rows, looked at then
        reader = reader_of(checkpoints_of(run.feature_store)[0])
        pieces = run.arrivals.select_related("asset")
        found = {piece: _reason(piece.asset, reader) for piece in pieces}
        refused = {str(piece.pk): reason for piece, reason in found.items() if reason}
    kept = [name for name in run.config["generations"] if name not in refused]
    run.config |= {"generations": kept, "refused": refused}
    run.save(update_fields=["config"])


def _reason(asset: Asset | None, reader: Reader) -> str:
    """Why an asset cannot be read; empty if it can."""
    if asset is None:
        return "the platform kept it in its house and sent no features of it"
    try:
        reader.read(asset)
    except UnreadableMusic as error:
        return str(error)
    return ""
