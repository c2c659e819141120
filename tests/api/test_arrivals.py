"""Pieces are attributed as they arrive: soon, in few runs, none lost, and none by its company."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import symusic

from attribution.models import FeatureStore, Generation
from attribution.selectors.attributions import Status, standings
from attribution.services.arrivals import welcome, welcome_waiting
from attribution.services.generations import register_generation
from attribution.services.runs import begin_run
from catalog.services.assets import asset_path
from common.jobs import runner
from common.jobs.models import Job
from common.jobs.registry import ignore_progress
from tests.api.conftest import SONGS
from tests.attribution.conftest import World, built_world, module_broker, world  # noqa: F401

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 2, 20, tzinfo=UTC)


@pytest.fixture
def trained(world: World) -> World:  # noqa: F811
    """The small trained world, as its tests left it."""
    return world


def arrive(world: World, path: Path, name: str = "") -> Generation:  # noqa: F811
    generation = register_generation(
        model_version=world.model_version,
        external_id=name or f"arrival-{uuid4()}",
        content=path.read_bytes(),
        generated_at=NOW,
    )
    welcome(generation)
    return generation


def work() -> None:
    """Do all jobs that attribute, as a worker would."""
    jobs = Job.objects.filter(kind="attribution.attribute", status="queued")
    for job in jobs.order_by("created_at"):
        done = runner.run(job.pk)
        assert done is not None
        assert done.status == Job.Status.SUCCEEDED, done.error


def shares(generation: Generation) -> dict[int, int]:
    row = generation.attributions.get()
    return dict(zip(row.track_ids, row.share_ppb, strict=True))


def standing(generation: Generation) -> Status:
    generation.refresh_from_db()
    return standings([generation])[generation.pk].status


@pytest.fixture
def training_song(trained: World) -> Path:
    return asset_path(trained.generations[-1].asset)


def too_low(folder: Path) -> Path:
    """A MIDI file that sounds, but below a piano's lowest key."""
    score = symusic.Score(480)
    track = symusic.Track()
    track.notes.append(symusic.Note(0, 480, 5, 80))
    score.tracks.append(track)
    path = folder / "low.mid"
    score.dump_midi(path)
    return path


def test_a_piece_earns_the_same_alone_as_in_company(trained, training_song):
    alone = arrive(trained, training_song)
    work()
    company = [arrive(trained, song) for song in SONGS[:3]]
    among_others = arrive(trained, training_song)
    assert among_others.arrival_run_id == company[0].arrival_run_id != alone.arrival_run_id
    work()
    assert shares(alone)
    assert shares(among_others).keys() == shares(alone).keys()
    for track, share in shares(alone).items():
        assert abs(shares(among_others)[track] - share) < 1000, "up to rounding of floats"


def test_a_piece_that_the_model_cannot_read_stops_no_other(trained, training_song, tmp_path):
    unreadable, readable = arrive(trained, too_low(tmp_path)), arrive(trained, training_song)
    assert unreadable.arrival_run_id == readable.arrival_run_id
    work()
    assert standing(readable) is Status.ATTRIBUTED
    assert standing(unreadable) is Status.FAILED
    assert "no note between A0 and C8" in standings([unreadable])[unreadable.pk].reason
    welcome(unreadable)
    assert standing(unreadable) is Status.FAILED, "asking again does not change the piece"


def test_a_run_of_nothing_readable_ends(trained, tmp_path):
    piece = arrive(trained, too_low(tmp_path))
    work()
    assert standing(piece) is Status.FAILED
    assert piece.arrival_run.attributions.count() == 0


def test_a_run_that_was_killed_after_it_began_goes_on_with_the_same_pieces(trained, training_song):
    first = arrive(trained, training_song)
    begun = begin_run(first.arrival_run_id)
    later = arrive(trained, SONGS[0])
    assert later.arrival_run_id != begun.pk
    assert begin_run(begun.pk).config == begun.config
    work()
    assert standing(first) is standing(later) is Status.ATTRIBUTED
    assert first.attributions.count() == later.attributions.count() == 1


def test_pieces_that_came_before_the_features_follow_when_those_are_sealed(trained, training_song):
    sealed_at = trained.store.sealed_at
    FeatureStore.objects.update(sealed_at=None)
    early = arrive(trained, training_song)
    assert standing(early) is Status.WAITING_FOR_FEATURES
    FeatureStore.objects.update(sealed_at=sealed_at)
    done = welcome_waiting({"model_version": trained.model_version.pk}, ignore_progress)
    assert done["generations"] >= 1
    assert standing(early) is Status.QUEUED
