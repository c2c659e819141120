"""The truth is made once, survives being killed, and is refused where it does not belong."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.fidelity import retraining, truth
from benchmarks.fidelity.__main__ import main
from benchmarks.fidelity.world import GENERATED, HELD_OUT, World, bundled
from tests.benchmarks.small_world import make_world

Made = tuple[Path, Path]


@pytest.fixture
def copied(made: Made, tmp_path: Path) -> Made:
    """A work folder and a cache of this test's own."""
    for folder in made:
        shutil.copytree(folder, tmp_path / folder.name)
    return tmp_path / "work", tmp_path / "truth"


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def remake(world: World, folders: Made, seeds: int = 2, subsets: int = 3) -> list[str]:
    said: list[str] = []
    retraining.remake(world, folders[0], seeds, subsets, folder=folders[1], say=said.append)
    return said


def test_every_model_saw_half_of_the_tracks(world, observed):
    assert observed.subsets.sum(1).tolist() == [4, 4, 4]
    assert observed.losses.shape == (2, 3, 6 + 8)
    assert np.isfinite(observed.losses).all()


def test_a_retraining_that_is_done_is_not_done_again(world, copied):
    before = files(copied[0])
    assert remake(world, copied)[0].startswith("6 of 6")
    assert files(copied[0]) == before


def test_a_killed_run_goes_on_and_gives_the_same_bytes(world, copied):
    before = [files(folder) for folder in copied]
    lost = sorted(copied[0].rglob("subset-*.npy"))[4]
    lost.rename(lost.with_suffix(".npy.part"))  # what a killed writer leaves behind
    assert remake(world, copied)[0].startswith("5 of 6")
    assert [files(folder) for folder in copied] == before


def test_more_seeds_and_subsets_add_to_what_is_there(world, copied, observed):
    remake(world, copied, seeds=3, subsets=4)
    grown = truth.read(world, copied[1])
    assert grown.losses.shape == (3, 4, 14)
    assert np.array_equal(grown.losses[:2, :3], observed.losses)


def test_workers_that_share_the_work_give_what_one_gives(world, made, tmp_path):
    folders = tmp_path / "work", tmp_path / "truth"
    said = []
    retraining.remake(world, folders[0], 2, 3, workers=2, folder=folders[1], say=said.append)
    assert len(said) == 1 + 6
    assert files(folders[1]) == files(made[1])


def test_seeds_are_other_draws_of_chance(observed):
    assert (observed.losses[0] != observed.losses[1]).all()


def test_one_retraining_alone_gives_its_row_bit_for_bit(world, observed):
    plan = retraining.Plan(world, observed.queries, world.draw_subsets())
    losses = retraining.retrain(plan, retraining.Job(seed=2, subset=1))
    assert np.array_equal(losses, observed.losses[1, 1])


def test_losses_of_another_world_are_not_taken_up(world, copied):
    slower = replace(world, training=replace(world.training, learning_rate=1e-3))
    assert remake(slower, copied)[0].startswith("0 of 6")


def test_a_truth_about_other_music_is_refused(made):
    with pytest.raises(truth.SpoiledTruth, match="other music"):
        truth.read(make_world(seed=4), made[1])


def test_an_altered_file_is_refused_by_name(world, copied):
    path = copied[1] / "losses-seed-1.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(truth.SpoiledTruth, match=r"losses-seed-1\.npy does not have the sha256"):
        truth.read(world, copied[1])


def test_a_missing_file_is_refused_by_name(world, copied):
    (copied[1] / "halves.npy").unlink()
    with pytest.raises(truth.SpoiledTruth, match=r"halves\.npy"):
        truth.read(world, copied[1])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"seeds": [1]}'])
def test_a_broken_manifest_is_refused(world, copied, text):
    (copied[1] / "manifest.json").write_text(text)
    with pytest.raises(truth.SpoiledTruth, match=r"manifest\.json"):
        truth.read(world, copied[1])


def test_without_a_truth_the_command_to_make_it_is_named(world, tmp_path):
    with pytest.raises(truth.SpoiledTruth, match=r"python -m benchmarks\.fidelity retrain"):
        truth.read(world, tmp_path)


@pytest.mark.parametrize(("seeds", "subsets"), [(0, 3), (1, 2), (1, 6)])
def test_too_few_or_too_many_retrainings_are_refused(world, tmp_path, seeds, subsets):
    with pytest.raises(ValueError, match="Ask for 1 seed or more, and 3 to 5 subsets"):
        retraining.remake(world, tmp_path, seeds, subsets, folder=tmp_path)


def test_windows_of_one_song_tune_together_or_report_together(world, observed):
    queries = observed.queries
    for kind, total in ((GENERATED, 6), (HELD_OUT, 8)):
        halves = [set(queries.of_kind(kind, tuning=tuning)) for tuning in (True, False)]
        assert [len(half) for half in halves] == [total // 2, total // 2]
        groups = [set(queries.group[list(half)]) for half in halves]
        assert not groups[0] & groups[1]


def test_the_bundled_truth_belongs_to_the_bundled_songs():
    world = bundled()
    cached = truth.read(world)
    assert np.array_equal(cached.subsets, world.draw_subsets()[: len(cached.subsets)])
    assert cached.losses.shape[2] == len(cached.queries.sequences) == 240
    names = [*json.loads((truth.FOLDER / "manifest.json").read_text())["files"]]
    assert all((truth.FOLDER / name).stat().st_size < 200_000 for name in names)


def test_an_unknown_retraining_cannot_be_verified(capsys):
    assert main(["verify", "--seed", "77"]) == 1
    assert "The cache has the seeds" in capsys.readouterr().err
