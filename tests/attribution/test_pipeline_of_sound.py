"""Recordings take the same way as notes: learnt, captured, attributed, and never a special case.

The songs are those of the other pipeline, played by the project's own instrument.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import override_settings

from attribution.audio.rendering import render_file
from attribution.audio.writing import flac
from attribution.models import AttributionRun, FeatureStore, Generation
from attribution.selectors.features import KIND_CAPTURE, jobs_of
from attribution.selectors.where import WhereMissing, read_where, where_name
from attribution.services.attributing import request_attribution
from attribution.services.features import request_features
from attribution.services.generations import register_generation
from attribution.services.likeness import nearest_segments
from attribution.services.score_files import load_scores, standard_scores_name
from attribution.services.sound_model import request_playing, request_sound_training
from attribution.services.where import request_where
from catalog.deliveries.services.folders import import_manifest
from catalog.models import ModelVersion, Track, TrainingRole
from catalog.services.assets import asset_path
from catalog.services.training_sets import (
    freeze_training_set,
    register_model_version,
    register_platform,
)
from common.jobs.models import Job
from tests.attribution.conftest import (
    CATALOGUE,
    FROZEN_ON,
    GENERATED_AT,
    do,
    files_in,
    roles,
    succeed,
)
from tests.conftest import cloned_database

pytestmark = pytest.mark.slow
RATE = 16_000


@dataclass(frozen=True)
class SoundWorld:
    """Two model versions that learnt the same recordings, one of each kind."""

    versions: dict[str, ModelVersion]
    stores: dict[str, FeatureStore]
    home: Path


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory, broker_url) -> Iterator[SoundWorld]:
    home = tmp_path_factory.mktemp("sound")
    with django_db_blocker.unblock(), cloned_database(), override_settings(**files_in(home)):
        yield _build(home)


@pytest.fixture
def world(built: SoundWorld, storage: None) -> Iterator[SoundWorld]:
    with override_settings(**files_in(built.home)), transaction.atomic():
        yield built
        transaction.set_rollback(True)


@pytest.fixture(params=["codes", "denoiser"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _build(home: Path) -> SoundWorld:
    assert import_manifest(path=_recordings(home), as_of=FROZEN_ON).ok
    platform = register_platform(code="cadenza", name="Cadenza")
    versions, stores = {}, {}
    for kind in ("codes", "denoiser"):
        version = register_model_version(platform=platform, name=f"sound-{kind}", version="1")
        refs = roles()
        freeze_training_set(
            model_version=version,
            train=refs["train"],
            control_calibration=refs["control"][:10],
            control_test=refs["control"][10:],
            as_of=FROZEN_ON,
        )
        for job in request_sound_training(version, recipe=f"tiny-{kind}", seeds=[0, 1]):
            succeed(job)
        versions[kind], stores[kind] = version, _captured(version)
    return SoundWorld(versions, stores, home)


def _captured(version: ModelVersion) -> FeatureStore:
    last = version.checkpoints.latest("step").step
    store, jobs = request_features(
        list(version.checkpoints.filter(step=last)),
        capture={"dimension": 2048, "shard_rows": 64},
        curvature_segments=32,
    )
    for job in jobs:
        succeed(job)
    for job in jobs_of(store).filter(kind=KIND_CAPTURE):
        succeed(job)
    store.refresh_from_db()
    return store


def _recordings(home: Path) -> Path:
    """The manifest of the songs, with recordings of eight seconds in place of notes."""
    wanted = {ref for refs in roles().values() for ref in refs}
    with (CATALOGUE / "manifest.csv").open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = [row for row in reader if row["track_id"] in wanted]
    for row in rows:
        content = flac(torch.from_numpy(render_file(CATALOGUE / row["file"], RATE, 8.0)), RATE)
        row["file"], row["sha256"] = f"{row['track_id']}.flac", sha256(content).hexdigest()
        (home / row["file"]).write_bytes(content)
    path = home / "manifest.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, reader.fieldnames or [])
        writer.writeheader()
        writer.writerows(rows)
    return path


def _copy(world: SoundWorld, kind: str) -> tuple[Generation, int]:
    """A trained recording sent as a generated piece, and the track it is of."""
    member = world.versions[kind].training_set.members.filter(role=TrainingRole.TRAIN)[3]
    generation = register_generation(
        model_version=world.versions[kind],
        external_id="copy",
        content=asset_path(member.track.asset).read_bytes(),
        generated_at=GENERATED_AT,
    )
    return generation, member.track_id


def _attributed(world: SoundWorld, kind: str, pieces: list[Generation]) -> AttributionRun:
    run, job = request_attribution(world.stores[kind], pieces)
    succeed(job)
    run.refresh_from_db()
    return run


def test_checkpoints_say_what_they_are_and_how_well_they_do(world, kind):
    last = world.versions[kind].checkpoints.filter(member="seed-0").latest("step")
    assert last.architecture == f"sound-{kind}"
    assert last.metrics["control_loss"] < (np.log(24) if kind == "codes" else 1.0)


def test_the_store_covers_every_parameter(world, kind):
    job = jobs_of(world.stores[kind]).first()
    assert world.stores[kind].digest
    assert job.result["covered_ppm"] == 1_000_000


def test_the_recording_that_a_piece_copies_scores_highest(world, kind):
    copy, track = _copy(world, kind)
    run = _attributed(world, kind, [copy])
    table = load_scores(standard_scores_name(run))
    trained = np.array(table.roles) == "train"
    assert table.track_ids[trained][table.values[0][trained].argmax()] == track
    row = run.attributions.get()
    assert sum(row.share_ppb) + row.unattributed_ppb == 1_000_000_000
    assert nearest_segments(copy, top=1)[0].track.pk == track


def test_a_model_of_sound_plays_files_that_are_taken_as_pieces(world, kind):
    checkpoint = world.versions[kind].checkpoints.latest("step")
    played = succeed(
        request_playing(
            checkpoint, prefix="p", count=2, seconds=3, seed=1, generated_at=GENERATED_AT
        )
    )
    pieces = list(Generation.objects.filter(external_id__in=played.result["external_ids"]))
    assert [piece.asset.media_type for piece in pieces] == ["audio/flac"] * 2
    assert all(2.5 < piece.asset.seconds < 3.5 for piece in pieces)
    assert _attributed(world, kind, pieces).attributions.count() == 2


def test_a_song_of_notes_is_refused_by_a_model_of_sound(world):
    notes = register_generation(
        model_version=world.versions["codes"],
        external_id="notes",
        content=next((CATALOGUE / "midi").rglob("*.mid")).read_bytes(),
        generated_at=GENERATED_AT,
    )
    _, job = request_attribution(world.stores["codes"], [notes])
    assert "'notes': it is audio/midi, and the model reads audio/wav" in do(job).error


def test_a_training_set_of_notes_stops_the_training_and_names_the_track(world):
    member = world.versions["codes"].training_set.members.first()
    asset = member.track.asset
    path = Path(default_storage.path(asset.storage_name))
    genuine, kept = path.read_bytes(), list((world.home / "models").rglob("*.npz"))
    path.write_bytes(b"RIFF" + genuine[4:2000])
    for file in [*kept, *(world.home / "models").rglob("codec.safetensors")]:
        file.unlink()
    try:
        (job,) = request_sound_training(world.versions["codes"], recipe="tiny-codes", seeds=[7])
        assert f"Track {member.track.ref}" in do(job).error
        assert Job.objects.get(pk=job.pk).status == Job.Status.FAILED
    finally:
        path.write_bytes(genuine)


def test_an_unknown_recipe_is_named(world):
    (job,) = request_sound_training(world.versions["codes"], recipe="huge", seeds=[0])
    assert "there are tiny-codes, tiny-denoiser, demo-codes, demo-denoiser" in do(job).error


def _spliced(world: SoundWorld, kind: str) -> tuple[Generation, Track]:
    """Five seconds of a control, then three of a trained recording."""
    members = world.versions[kind].training_set.members
    source = members.filter(role=TrainingRole.TRAIN)[5].track
    host = members.filter(role=TrainingRole.CONTROL_TEST)[0].track
    unheard, sound = (
        soundfile.read(asset_path(track.asset), dtype="float32")[0] for track in (host, source)
    )
    piece = np.concatenate([unheard[: 5 * RATE], sound[4 * RATE : 7 * RATE]])
    generation = register_generation(
        model_version=world.versions[kind],
        external_id="spliced",
        content=flac(torch.from_numpy(piece), RATE),
        generated_at=GENERATED_AT,
    )
    return generation, source


def test_the_seconds_that_were_spliced_in_are_found_on_both_sides(world, kind):
    piece, track = _spliced(world, kind)
    run = _attributed(world, kind, [piece])
    job = request_where(run, piece, track, as_of=GENERATED_AT)
    succeed(job)
    where = read_where(run, piece, track)
    assert where.piece_seconds[0, 0] == 0
    assert where.piece_seconds[-1, 1] == pytest.approx(8, abs=0.3)
    (begins, ends), (track_begins, track_ends) = where.strongest()
    assert abs((begins + ends) / 2 - 6.5) < 1.5
    assert abs((track_begins + track_ends) / 2 - 5.5) < 1.5


def test_what_is_damaged_is_prepared_again_and_is_the_same(world):
    piece, track = _spliced(world, "codes")
    run = _attributed(world, "codes", [piece])
    succeed(request_where(run, piece, track, as_of=GENERATED_AT))
    path = Path(default_storage.path(where_name(run, piece, track)))
    genuine = path.read_bytes()
    path.write_bytes(genuine[:-9])
    with pytest.raises(WhereMissing, match="damaged"):
        read_where(run, piece, track)
    succeed(request_where(run, piece, track, as_of=GENERATED_AT + timedelta(days=400)))
    assert path.read_bytes() == genuine
