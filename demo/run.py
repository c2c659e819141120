"""The stages of the demo, one after the other."""

from pathlib import Path

from django.core.management import call_command
from rich.console import Console

from attribution.models import AttributionRun, FeatureStore
from attribution.selectors.features import jobs_of
from attribution.services.attributing import request_attribution
from attribution.services.features import request_features
from attribution.services.reference_model import request_baseline, request_training
from attribution.services.similarity import request_comparison
from attribution.services.sound_model import request_sound_training
from catalog.models import Checkpoint, ModelVersion
from common.jobs.models import Job
from config.embedded.worker import running_worker
from demo import (
    accounting,
    collecting,
    locating,
    music,
    passwords,
    paying,
    people,
    recordings,
    tables,
)
from demo.pieces import Pieces, compose
from demo.show import DemoFailed, Show
from demo.sizes import SIZES, Size
from demo.truth import findings

WORKER_PROCESSES = 2


def run(size_name: str, console: Console, home: Path) -> int:
    """Do all stages; returns the exit status."""
    show = Show(console)
    try:
        with show.stage("Start PostgreSQL, Valkey and a worker") as stage:
            call_command("migrate", verbosity=0)
            stage.outcome = f"running; their files are in {home}"
        with running_worker(home, concurrency=WORKER_PROCESSES) as show.worker:
            _stages(show, SIZES[size_name], home)
    except DemoFailed as failure:
        console.print(f"\n[red]The demo stopped:[/] {failure}")
        return 1
    return 0


def _stages(show: Show, size: Size, home: Path) -> None:
    manifest = _recorded(show, home) if size.is_sound else music.MANIFEST
    with show.stage("Import the bundled catalogue") as stage:
        stage.outcome = music.bring_in(manifest=manifest)
    with show.stage("Freeze the training set") as stage:
        model_version, roles = music.freeze(size)
        stage.outcome = (
            f"{len(roles.train)} songs to train on, {len(roles.control_calibration)} controls for "
            f"the null, {len(roles.control_test)} controls to test it"
        )
    learnt = _train(show, size, model_version)
    checkpoints = ensemble(model_version, size)
    store = capture(show, size, checkpoints)
    with show.stage("Generate pieces, and plant some") as stage:
        pieces = compose(show, size, checkpoints[-1], roles)
        stage.outcome = f"{len(pieces.genuine)} generated, {len(pieces.planted)} planted"
    attribution_run = _attribute(show, store, pieces)
    located = locating.locate(show, attribution_run, pieces) if size.is_sound else []
    books = accounting.month(show, size, pieces, home)
    with show.stage("Let people in to look at it") as stage:
        users = people.introduce(books, home / "demo")
        stage.outcome = f"their passwords are in {home / 'demo' / passwords.FILE}"
    accounting.publish(show, books)
    collecting.collect(show, books, home)
    payments = paying.pay(show, books, home)
    tables.close(
        show,
        learnt=learnt,
        found=(attribution_run, findings(attribution_run, pieces.planted), located),
        books=books,
        payments=payments,
        users=users,
    )


def _recorded(show: Show, home: Path) -> Path:
    """The bundled songs as recordings."""
    with show.stage("Play the bundled songs, to have recordings") as stage:
        folder = home / "demo" / "recordings"
        manifest = recordings.recorded_manifest(folder, lambda done, total: None)
        stage.outcome = f"{recordings.SONG_SECONDS:g} seconds of each, in {folder}"
    return manifest


def _train(show: Show, size: Size, model_version: ModelVersion) -> tuple[list[Job], Job | None]:
    with show.stage(f"Train {len(size.seeds)} members of the platform's model") as stage:
        if size.is_sound:
            heard = show.wait(
                request_sound_training(model_version, recipe=size.model, seeds=size.seeds)
            )
            losses = [job.result["control_loss"] for job in heard]
            stage.outcome = (
                f"{heard[0].result['parameters']:,} parameters; "
                f"{sum(losses) / len(losses):.3f} nats a code on songs never heard"
            )
            return heard, None
        jobs = request_training(model_version, size=size.model, seeds=size.seeds)
        baseline = request_baseline(model_version, size=size.model)
        *trained, baseline = show.wait([*jobs, baseline])
        nats = [job.result["control_nats"] for job in trained]
        stage.outcome = (
            f"{trained[0].result['parameters']:,} parameters; "
            f"{sum(nats) / len(nats):.3f} nats a token on songs never seen, "
            f"a smoothed 5-gram {baseline.result['control_nats']:.3f}"
        )
    return trained, baseline


def ensemble(model_version: ModelVersion, size: Size) -> list[Checkpoint]:
    """The last checkpoints of each member."""
    chosen: list[Checkpoint] = []
    for seed in size.seeds:
        own = model_version.checkpoints.filter(member=f"seed-{seed}").order_by("-step")
        chosen.extend(own[: size.checkpoints])
    return sorted(chosen, key=lambda checkpoint: (checkpoint.step, checkpoint.member))


def capture(show: Show, size: Size, checkpoints: list[Checkpoint]) -> FeatureStore:
    """The features of the training set under these checkpoints, sealed."""
    with show.stage("Store the gradients of all segments") as stage:
        store, jobs = request_features(
            checkpoints, capture=size.capture, curvature_segments=size.curvature_segments
        )
        done = show.wait(jobs)
        show.wait(list(jobs_of(store)))
        store.refresh_from_db()
        coverage = done[0].result["covered_ppm"]
        stage.outcome = (
            f"{len(checkpoints)} checkpoints, {done[0].result['segments']:,} segments, "
            f"{coverage / 10_000:.4g} % of the parameters; sealed as {store.digest[:12]}"
        )
    return store


def _attribute(show: Show, store: FeatureStore, pieces: Pieces) -> AttributionRun:
    with show.stage("Attribute every piece") as stage:
        run, job = request_attribution(
            store, pieces.all, probes=pieces.planted_generations, key="demo"
        )
        show.wait([job])
        show.wait([request_comparison(run)])
        run.refresh_from_db()
        stage.outcome = (
            f"{run.attributions.count()} pieces; chance passes the gate at "
            f"{run.quality['gate_z']:.1f} standard scores"
        )
    return run
