"""Where weights and content are here, drawn rows are computed again: honest ones agree, others not.

The house and its world are those of `test_features_from_a_house`.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from attribution.engine.piece_features import open_segments
from attribution.exchange import read_features, write_features
from attribution.models import FeatureDraw, Generation, GenerationFeatures
from attribution.selectors.attributions import Status, standings
from attribution.services.generations import register_generation
from attribution.services.received_features import receive_features
from attribution.services.verification.challenges import answer_challenge
from attribution.services.verification.passing import verify_due
from attribution.services.verification.recomputing import KIND
from common.jobs.models import Job
from tests.attribution.conftest import GENERATED_AT, succeed
from tests.attribution.test_features_from_a_house import (
    World,
    build,
    send_store,
    settings_in,
    shares,
    uploaded,
)
from tests.conftest import cloned_database

pytestmark = pytest.mark.slow
EVERYTHING = {"VERIFICATION_RATE_PPM": 1_000_000}


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory, module_broker) -> Iterator[World]:
    home = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), cloned_database(), override_settings(**settings_in(home)):
        world = build(home)
        send_store(world, world.package)
        yield world


@pytest.fixture
def world(built: World) -> Iterator[World]:
    with override_settings(**settings_in(built.home), **EVERYTHING), transaction.atomic():
        yield built
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def honest(built: World) -> Path:
    """The file of features that the house makes of a song."""
    return built.house.features("song", built.song)


def send(world: World, path: Path, content: bytes | None) -> GenerationFeatures:
    """A piece with these features, whose own file comes along or stays in the house."""
    piece = register_generation(
        model_version=world.model_version,
        external_id="song",
        content=content,
        generated_at=GENERATED_AT,
    )
    upload = uploaded(path, "generation_features", world.tenant)
    features, _ = receive_features(piece, upload.pk, tenant=world.tenant, as_of=timezone.now())
    return features


def forged(honest: Path, change) -> Path:
    """The honest file with other rows, hashed anew: all in order but for what it says."""
    file = read_features(honest)
    rows = np.stack([file.rows(member) for member in file.members])
    content, _ = write_features(change(rows), file.lengths, file.commitments, file.identity)
    path = honest.with_name("forged.safetensors")
    path.write_bytes(content)
    return path


def recompute() -> None:
    verify_due(timezone.now())
    succeed(Job.objects.get(kind=KIND))


def test_what_the_house_computed_honestly_is_found_equal(world, honest):
    features = send(world, honest, world.song)
    recompute()
    features.refresh_from_db()
    finding = features.findings.get()
    assert features.standing == "recomputed"
    assert finding.segments_checked == len(features.draw.segments) > 1
    assert features.draw.due_at is None
    assert finding.cosine_gap < 1e-9
    assert finding.norm_gap < 1e-5


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: rows * np.float32(1.01), id="scaled"),
        pytest.param(lambda rows: rows[:, ::-1], id="segments in another order"),
        pytest.param(lambda rows: rows[::-1], id="members exchanged"),
        pytest.param(
            lambda rows: np.repeat(rows[:, :1], rows.shape[1], axis=1), id="one row for all"
        ),
    ],
)
def test_other_rows_are_refuted_and_pay_nobody(world, honest, change):
    features = send(world, forged(honest, change), world.song)
    piece = Generation.objects.get(pk=features.generation_id)
    shares(piece)  # the forged rows are attributed before they are looked at
    assert standings([piece])[piece.pk].status is Status.ATTRIBUTED
    recompute()
    features.refresh_from_db()
    assert features.standing == "refuted"
    assert "are others than were sent" in features.findings.get().sentence
    told = standings([piece])[piece.pk]
    assert (told.status, told.attribution) == (Status.FAILED, None)
    assert "refuted" in told.objections[0]


def test_features_of_another_piece_are_refuted(world, honest):
    other = world.model_version.training_set.members.select_related("track__asset")[5]
    from catalog.services.assets import asset_path

    features = send(world, honest, asset_path(other.track.asset).read_bytes())
    recompute()
    features.refresh_from_db()
    assert features.standing == "refuted"


def test_content_that_stayed_in_the_house_is_opened_and_then_recomputed(world, honest):
    from attribution.engine import FeatureStore as Rows
    from attribution.reference.runs import midi_folder

    features = send(world, honest, None)
    verify_due(timezone.now())
    draw = FeatureDraw.objects.get()
    assert draw.due_at is not None
    run = midi_folder(
        midi=str(world.house.root / "pieces"), checkpoints=str(world.house.root / "models")
    )
    secret = bytes.fromhex((world.house.root / "secret").read_text())
    openings = open_segments(run, Rows.open(world.house.store), secret, 0, draw.segments)
    answer_challenge(draw, openings, timezone.now())
    recompute()
    features.refresh_from_db()
    assert features.standing == "recomputed"
