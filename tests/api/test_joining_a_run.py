"""Which run a piece joins when it arrives: the one that has not begun and has room."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from attribution.models import AttributionRun, FeatureStore, Generation
from attribution.services.arrivals import MOST_PIECES, welcome
from attribution.services.features import member_name
from attribution.services.generations import register_generation
from attribution.services.runs import begin_run
from tests.api.conftest import SONGS, acme_world
from tests.attribution.house import register

NOW = datetime(2026, 11, 2, 20, tzinfo=UTC)


@pytest.fixture
def features(features, models) -> FeatureStore:
    return with_a_model(features, models)


@pytest.fixture
def models(settings, tmp_path) -> Path:
    settings.MODEL_ROOT = tmp_path
    return tmp_path


def with_a_model(features: FeatureStore, models: Path) -> FeatureStore:
    """Give features a model that loads: a run begins by reading its pieces as the model does."""
    checkpoint = register(features.model_version, models, seed=0)
    features.config |= {"members": {member_name(checkpoint): checkpoint.sha256}}
    features.save()
    return features


def arrive(features: FeatureStore, name: str) -> Generation:
    generation = register_generation(
        model_version=features.model_version,
        external_id=name,
        content=SONGS[0].read_bytes(),
        generated_at=NOW,
    )
    welcome(generation)
    return generation


def test_pieces_join_the_run_that_has_not_begun(features):
    first, second = arrive(features, "first"), arrive(features, "second")
    assert first.arrival_run_id == second.arrival_run_id
    begun = begin_run(first.arrival_run_id)
    assert begun.config["generations"] == sorted([str(first.pk), str(second.pk)])
    assert arrive(features, "third").arrival_run_id != begun.pk


def test_a_piece_that_arrives_twice_joins_once(features):
    assert arrive(features, "piece").arrival_run_id == arrive(features, "piece").arrival_run_id
    assert AttributionRun.objects.filter(config__open=True).count() == 1


def test_a_piece_that_is_attributed_already_joins_none(features, world):
    welcome(world.generations["G1"])
    assert world.generations["G1"].arrival_run is None
    assert not AttributionRun.objects.filter(config__open=True).exists()


def test_a_full_run_takes_no_more(features):
    first = arrive(features, "first")
    Generation.objects.bulk_create(
        Generation(
            platform=first.platform,
            model_version=first.model_version,
            external_id=f"filler-{number}",
            asset=first.asset,
            generated_at=NOW,
            arrival_run=first.arrival_run,
        )
        for number in range(MOST_PIECES - 1)
    )
    assert arrive(features, "one too many").arrival_run_id != first.arrival_run_id


def test_no_piece_falls_between_joining_and_the_beginning_of_the_run(committed_db, models):
    with transaction.atomic():
        acme_world()
        FeatureStore.objects.update(sealed_at=NOW, digest="f" * 64)
        features = with_a_model(FeatureStore.objects.get(), models)
    with transaction.atomic():
        run = arrive(features, "first").arrival_run
    barrier = threading.Barrier(9)

    def join(number: int) -> None:
        try:
            barrier.wait()
            with transaction.atomic():
                arrive(features, f"piece-{number}")
        finally:
            connection.close()

    threads = [threading.Thread(target=join, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    barrier.wait()
    listed = begin_run(run.pk).config["generations"]
    for thread in threads:
        thread.join()
    assert listed == sorted(str(pk) for pk in run.arrivals.values_list("pk", flat=True))
    assert Generation.objects.exclude(arrival_run=None).count() == 9
    assert AttributionRun.objects.filter(config__open=True).count() <= 1
