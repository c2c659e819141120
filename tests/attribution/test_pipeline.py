"""From a frozen training set to rows that say whose music a piece came from."""

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from attribution.models import Attribution, AttributionRun
from attribution.selectors.attributions import Status, standings
from attribution.selectors.features import KIND_CAPTURE, KIND_PREPARE, jobs_of
from attribution.services.attributing import request_attribution
from attribution.services.features import request_features
from attribution.services.generations import GenerationConflict, register_generation
from attribution.services.reference_model import request_baseline, request_training
from attribution.services.score_files import load_scores, similarity_name, standard_scores_name
from attribution.services.similarity import request_comparison
from catalog.models import Checkpoint, TrainingRole
from catalog.services.assets import UnreadableMedia, asset_path
from common.jobs.models import Job
from tests.attribution.conftest import GENERATED_AT, World, do, succeed

pytestmark = pytest.mark.slow


def attributed(world: World) -> AttributionRun:
    run, job = request_attribution(world.store, world.generations)
    succeed(job)
    run.refresh_from_db()
    return run


def test_training_registers_checkpoints_that_predict_music_better_than_chance(world):
    last = world.model_version.checkpoints.filter(member="seed-0").latest("step")
    assert last.metrics["control_nats"] < 0.7 * np.log(306), "306 equally likely tokens"
    assert last.metrics["parameters"] > 0
    baseline = succeed(request_baseline(world.model_version, size="tiny"))
    assert 0 < baseline.result["control_nats"] < np.log(306)


def test_training_again_gives_the_checkpoints_that_are_there(world):
    before = set(Checkpoint.objects.values_list("sha256", flat=True))
    (job,) = request_training(world.model_version, size="tiny", seeds=[0])
    assert job.status == Job.Status.SUCCEEDED, "the same key is the same, finished job"
    assert set(Checkpoint.objects.values_list("sha256", flat=True)) == before


def test_an_unknown_size_of_model_is_named(world):
    (job,) = request_training(world.model_version, size="enormous", seeds=[0])
    assert "there are tiny, demo, full" in do(job).error


def test_the_store_is_sealed_and_knows_what_it_was_made_from(world):
    assert world.store.digest
    assert world.store.sealed_at
    job = Job.objects.filter(kind=KIND_PREPARE).first()
    assert "100.00 % in the features" in job.result["coverage"]
    assert world.store.config["training_set"] == world.model_version.training_set.digest


def test_every_generation_gets_one_whole(world):
    run = attributed(world)
    rows = list(run.attributions.all())
    assert len(rows) == 3
    for row in rows:
        assert sum(row.share_ppb) + row.unattributed_ppb == 1_000_000_000
        assert row.has_model_interval
    trained = world.model_version.training_set.members.filter(role=TrainingRole.TRAIN)
    allowed = set(trained.values_list("track_id", flat=True))
    assert {track for row in rows for track in row.track_ids} <= allowed


def test_the_source_of_a_copy_scores_highest_by_influence_and_similarity(world):
    run = attributed(world)
    succeed(request_comparison(run))
    copy = world.generations[-1]
    source = world.model_version.training_set.members.get(track__ref=world.copied).track_id
    for name in (standard_scores_name(run), similarity_name(run)):
        table = load_scores(name)
        scores = table.values[table.generation_ids.index(str(copy.pk))]
        trained = np.array(table.roles) == "train"
        assert table.track_ids[trained][scores[trained].argmax()] == source, name


def test_a_run_done_twice_changes_nothing(world):
    run, job = request_attribution(world.store, world.generations, key="twice")
    succeed(job)
    before = list(Attribution.objects.order_by("pk").values())
    Job.objects.filter(pk=job.pk).update(status=Job.Status.QUEUED, attempt=0)
    succeed(job)
    again, same_job = request_attribution(world.store, world.generations, key="twice")
    assert (again.pk, same_job.pk) == (run.pk, job.pk)
    assert list(Attribution.objects.order_by("pk").values()) == before


def test_a_sound_run_may_be_paid_by(world):
    run = attributed(world)
    assert run.objections == []
    assert run.quality["judged_on"] == "companions", "three pieces prove nothing"
    assert run.quality["judged"] == 10


def test_a_run_whose_members_contradict_each_other_keeps_its_rows_but_pays_nobody(
    world, monkeypatch
):
    from attribution import engine

    def contradicting(store, queries, **_):
        shape = len(next(iter(queries.values()))), store.n_segments
        one, other = np.random.default_rng(0).normal(size=(2, *shape)).astype(np.float32)
        return np.stack([one, other - one])

    monkeypatch.setattr(engine, "exact_scan", contradicting)
    run = attributed(world)
    assert any("agrees with the others" in said for said in run.objections)
    assert run.attributions.count() == 3
    found = standings(world.generations).values()
    assert {standing.status for standing in found} == {Status.FAILED}
    assert {standing.objections for standing in found} == {tuple(run.objections)}


def test_two_runs_over_the_same_pieces_say_the_same(world):
    first, second = attributed(world), attributed(world)
    assert first.pk != second.pk
    values = [
        list(
            run.attributions.order_by("generation_id").values_list(
                "generation_id", "track_ids", "share_ppb", "low_ppb", "high_ppb"
            )
        )
        for run in (first, second)
    ]
    assert values[0] == values[1]
    assert first.quality == second.quality


@pytest.mark.parametrize(
    "change",
    [
        {"unattributed_ppb": 999_999_999},
        {"track_ids": [1, 1], "share_ppb": [1, 2], "low_ppb": [0, 0], "high_ppb": [9, 9]},
        {"track_ids": [1], "share_ppb": [10], "low_ppb": [11], "high_ppb": [12]},
        {"track_ids": [1], "share_ppb": [10], "low_ppb": [1], "high_ppb": [9]},
        {"track_ids": [1, 2], "share_ppb": [10], "low_ppb": [1], "high_ppb": [12]},
        {"track_ids": [1], "share_ppb": [-5], "low_ppb": [-6], "high_ppb": [0]},
    ],
)
def test_the_database_refuses_shares_that_are_no_whole(world, change):
    run, _ = request_attribution(world.store, world.generations)
    values = {"track_ids": [], "share_ppb": [], "low_ppb": [], "high_ppb": []} | change
    if "unattributed_ppb" not in values:
        values["unattributed_ppb"] = 1_000_000_000 - sum(values["share_ppb"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Attribution.objects.create(
            run=run, generation=world.generations[0], has_model_interval=True, **values
        )


def test_a_checkpoint_that_is_not_the_registered_one_stops_the_run(world):
    from django.conf import settings

    checkpoint = world.model_version.checkpoints.get(
        sha256=next(iter(world.store.config["members"].values()))
    )
    path = settings.MODEL_ROOT / checkpoint.path
    genuine = path.read_bytes()
    path.write_bytes(genuine[:-1] + bytes([genuine[-1] ^ 1]))
    try:
        _, job = request_attribution(world.store, world.generations)
        assert "sha256" in do(job).error
        assert not Attribution.objects.filter(run__config__key="").exists()
    finally:
        path.write_bytes(genuine)


def test_a_store_whose_rows_were_cut_short_stops_the_run_and_names_the_file(world):
    shard = next((world.store_folder / "rows").rglob("*00000.npy"))
    genuine = shard.read_bytes()
    shard.write_bytes(genuine[:-100])
    try:
        _, job = request_attribution(world.store, world.generations)
        assert shard.name in do(job).error
    finally:
        shard.write_bytes(genuine)


def test_a_store_that_was_swapped_for_another_is_refused(world):
    type(world.store).objects.filter(pk=world.store.pk).update(digest="0" * 64)
    _, job = request_attribution(world.store, world.generations)
    assert "not the one that was sealed" in do(job).error


def test_asking_for_the_same_features_again_captures_nothing(world):
    checkpoints = list(
        world.model_version.checkpoints.filter(sha256__in=world.store.config["members"].values())
    )
    store, jobs = request_features(
        checkpoints, capture={"dimension": 4096, "shard_rows": 64}, curvature_segments=32
    )
    assert store.pk == world.store.pk
    filling = list(jobs_of(store).filter(kind=KIND_CAPTURE))
    assert {job.status for job in (*jobs, *filling)} == {Job.Status.SUCCEEDED}
    Job.objects.filter(pk__in=[jobs[0].pk, filling[0].pk]).update(
        status=Job.Status.QUEUED, attempt=0
    )
    assert succeed(jobs[0]).result["segments"] > 0
    assert succeed(filling[0]).result["shards_written"] == 0
    assert list(jobs_of(store).filter(kind=KIND_CAPTURE)) == filling, "shared out once"


def test_a_piece_sent_twice_is_one_piece(world):
    copy = world.generations[-1]
    again = register_generation(
        model_version=world.model_version,
        external_id=copy.external_id,
        content=asset_path(copy.asset).read_bytes(),
        generated_at=GENERATED_AT,
    )
    assert again.pk == copy.pk


def test_a_name_never_stands_for_two_pieces(world):
    other = world.generations[0]
    with pytest.raises(GenerationConflict, match="'copy' is already known"):
        register_generation(
            model_version=world.model_version,
            external_id="copy",
            content=asset_path(other.asset).read_bytes(),
            generated_at=GENERATED_AT,
        )


@pytest.mark.parametrize("content", [b"", b"MThd", b"not music at all", b"RIFF" + bytes(100)])
def test_a_piece_that_is_no_music_is_refused(world, content):
    with pytest.raises(UnreadableMedia):
        register_generation(
            model_version=world.model_version,
            external_id="noise",
            content=content,
            generated_at=GENERATED_AT,
        )


def test_a_copy_is_most_like_the_song_it_copies(world, capsys):
    call_command("look_up", "cadenza", "copy", top=5)
    header, first, *_ = capsys.readouterr().out.splitlines()
    assert header.startswith("cosine")
    assert f"({world.copied})" in first
    assert float(first.split()[0]) > 0.9


def test_a_piece_or_features_that_are_not_there_are_named(world):
    with pytest.raises(CommandError, match="cadenza has no piece 'nothing'"):
        call_command("look_up", "cadenza", "nothing")
    type(world.store).objects.update(digest="", sealed_at=None)
    with pytest.raises(CommandError, match="There are no features of lieder 1"):
        call_command("look_up", "cadenza", "copy")
