"""`python -m attribution.engine`, used by an engineer with a model of her own."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from attribution.engine import FeatureStore
from attribution.engine.__main__ import main
from attribution.engine.cli.loading import RunSpec
from attribution.engine.run import open_featuriser

ROOT = Path(__file__).parents[2]
MINE = """
import os, time
from functools import partial
import torch
from torch import nn
from attribution.engine.run import Run

class Task:
    inputs = torch.randn(96, 3, 4, generator=torch.Generator().manual_seed(1))
    def batch(self, segments):
        return self.inputs[torch.as_tensor(segments)]
    def sample_outputs(self, model, batch):
        time.sleep(float(os.environ.get("PAUSE", 0)))
        return model(batch).square().sum((1, 2))

def load(seed):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))

def training(version="1"):
    return Run(models={"a": partial(load, 0), "b": partial(load, 1)}, task=Task(), n_segments=96,
               identity={"training_set": version}, curvature_sample=range(32))

def queries():
    return Run(models={"a": partial(load, 0), "b": partial(load, 1)}, task=Task(), n_segments=3,
               identity={})

def others():
    return Run(models={"a": partial(load, 0), "b": partial(load, 2)}, task=Task(), n_segments=3,
               identity={})

def nameless():
    return Run(models={"a": partial(load, 0)}, task=Task(), n_segments=9, identity={})

def nothing():
    return 7

def diverged():
    run = training()
    run.task.inputs = run.task.inputs.clone()
    run.task.inputs[50] = float("nan")
    return run

def broken():
    raise RuntimeError("disk on fire")

def unreadable():
    run = training()
    honest = run.task.batch
    def batch(segments):
        if 60 in segments and len(segments) > 1:
            raise OSError("segment 60 is gone")
        return honest(segments)
    run.task.batch = batch
    return run
"""
SETTINGS = {"dimension": 32, "dtype": "sign", "batch_size": 2, "shard_rows": 8}
SHARDS = 2 * 96 // 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the engineer's module and configuration."""
    folder = tmp_path_factory.mktemp("engineer")
    (folder / "mine.py").write_text(MINE)
    (folder / "small.json").write_text(json.dumps(SETTINGS))
    (folder / "huge.json").write_text('{"dimension": 8000000000000}')
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in SETTINGS.items()]
    (folder / "small.toml").write_text("".join(lines))
    return folder


@pytest.fixture
def run(folder, monkeypatch, capsys):
    """Run a command in this process; returns (exit code, stdout, stderr)."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def sealed(folder):
    """A store that was captured in one go by `python -m`."""
    done = start(folder, "capture", "whole", "--run", "mine:training", "--config", "small.json")
    out, error = done.communicate(timeout=120)
    assert done.returncode == 0, error
    assert "100.00 % in the features" in error
    assert "96 of 96 segments" in error
    assert out.startswith("sealed ")
    return folder / "whole"


def start(folder: Path, *arguments: str, pause: float = 0.0) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PAUSE": str(pause)}
    command = [sys.executable, "-m", "attribution.engine", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=folder, env=environment, **pipes)


def content(path: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.suffix != ".part"
    }


def test_a_store_made_in_steps_is_the_one_made_in_one_go(run, sealed, tmp_path):
    path = tmp_path / "steps"
    asked = ("capture", path, "--run", "mine:training")
    assert run(*asked, "--config", "small.toml", "--shards", "none")[1].startswith("0 of 24 shards")
    assert run(*asked, "--shards", "0-2,5")[1].startswith("8 of 24 shards finished; not sealed")
    assert "4 of 12 shards finished" in run("inspect", path)[1]
    code, out, _ = run(*asked)
    assert (code, out) == (0, f"sealed {FeatureStore.open(sealed).digest()}\n")
    assert content(path) == content(sealed)
    assert run(*asked)[1] == out, "asked again, it does nothing"


def test_parts_of_several_machines_are_merged_and_sealed(run, sealed, tmp_path):
    parts = [tmp_path / "one", tmp_path / "two"]
    config = ("--run", "mine:training", "--config", "small.json")
    for part, shards in zip(parts, ("0-5", "6-11"), strict=True):
        assert run("capture", part, *config, "--shards", shards)[0] == 0
    code, out, _ = run("merge", tmp_path / "all", parts[0])
    assert code == 0
    assert "member a: 6 of 12 shards missing: 6, 7, 8, 9, 10 and 1 more" in out
    code, out, _ = run("merge", tmp_path / "all", *parts)
    assert out.endswith(f"sealed {FeatureStore.open(sealed).digest()}\n")
    assert content(tmp_path / "all") == content(sealed)


def test_a_query_prints_the_largest_inner_products_averaged_over_members(run, sealed):
    code, out, _ = run("query", sealed, "--run", "mine:queries", "--top", 4, "--json")
    assert code == 0
    store, made = FeatureStore.open(sealed), RunSpec("mine:queries").load()
    scores = np.zeros((3, 96))
    for member in store.members:
        rows = np.concatenate([store.shard_rows(member, shard) for shard in range(12)])
        scores += open_featuriser(made, store, member).features(range(3)) @ rows.T / 2
    for query, line in enumerate(out.splitlines()):
        answer = json.loads(line)
        best = np.argsort(-scores[query])[:4]
        assert answer["query"] == query
        assert [found["segment"] for found in answer["top"]] == best.tolist()
        told = [found["influence"] for found in answer["top"]]
        np.testing.assert_allclose(told, scores[query, best], rtol=1e-2)
    printed = run("query", sealed, "--run", "mine:queries", "--top", 1)[1].split()
    assert printed[:4] == ["query", "0", "1", "segment"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--run", "mine"), "write module:function"),
        (("--run", "nowhere:training"), "No module named 'nowhere'"),
        (("--run", "mine:missing"), "no function missing"),
        (("--run", "mine:nothing"), "returned int"),
        (("--run", "mine:nameless"), "no identity"),
        (("--run", "mine:broken"), "RuntimeError: disk on fire"),
        (("--run", "mine:training", "--with", "tempo=3"), "unexpected keyword argument 'tempo'"),
        (("--run", "mine:training", "--config", "no.json"), "no.json cannot be read"),
        (("--run", "mine:training", "--config", "mine.py"), "mine.py cannot be read"),
        (("--run", "mine:training", "--config", "huge.json"), "Rows of 8,000,000,000,000 numbers"),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_a_capture_that_makes_no_sense_ends_with_a_sentence(run, tmp_path, arguments, sentence):
    code, out, error = run("capture", tmp_path / "s", *arguments)
    assert (code, out) == (1, "")
    assert sentence in error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--run", "mine:training", "--with", "version=2"), "identity.training_set is '1', not"),
        (("--run", "mine:training", "--shards", "12"), "no shard 12"),
    ],
    ids=["training set", "shard"],
)
def test_a_store_is_not_filled_from_something_else(run, sealed, arguments, sentence):
    before = content(sealed)
    code, _, error = run("capture", sealed, *arguments)
    assert code == 1
    assert sentence in error
    assert content(sealed) == before


def test_queries_by_another_checkpoint_are_refused(run, sealed):
    code, out, error = run("query", sealed, "--run", "mine:others")
    assert (code, out) == (1, "")
    assert "another checkpoint" in error


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("function", "sentence"),
    [("diverged", "segment 50 "), ("unreadable", "Shard 7 of member 'a' failed: OSError")],
)
def test_what_fails_on_the_way_is_named_and_the_rest_stays(
    run, tmp_path, function, sentence, workers
):
    path, config = tmp_path / "s", ("--config", "small.json", "--workers", workers)
    code, out, error = run("capture", path, "--run", f"mine:{function}", *config)
    assert (code, out) == (1, "")
    assert sentence in error.splitlines()[-1]
    finished = set(range(12)) - set(FeatureStore.join(path).missing_shards("a", verify="full"))
    assert len(set(range(6)) - finished) < int(workers)  # what another worker was at is lost
    assert not {6, 7} <= finished


def test_a_broken_store_is_told_by_the_exit_code(run, sealed, tmp_path):
    assert run("verify", sealed)[:2] == (
        0,
        f"sound: 96 segments, 2 members, {FeatureStore.open(sealed).digest()}\n",
    )
    assert json.loads(run("inspect", sealed, "--json")[1])["finished_shards"] == {"a": 12, "b": 12}
    code, _, error = run("verify", tmp_path)
    assert code == 1
    assert "no config.json" in error


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify"],
        ["capture", "s", "--run", "mine:training", "--workers", "0"],
        ["capture", "s", "--run", "mine:training", "--shards", "a-b"],
        ["capture", "s", "--run", "mine:training", "--with", "version"],
        ["query", "s", "--run", "mine:queries", "--top", "0"],
    ],
    ids=["no store", "no worker", "no shard", "no value", "no answer"],
)
def test_a_command_line_that_makes_no_sense_has_a_code_of_its_own(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage:" in capsys.readouterr().err


@pytest.mark.slow
def test_workers_that_are_killed_at_random_leave_the_bytes_of_one_undisturbed_process(
    folder, sealed, tmp_path
):
    chance, path, runs = random.Random(4), tmp_path / "s", 0
    asked = ("capture", str(path), "--run", "mine:training", "--config", "small.json")
    while not (path / "manifest.json").exists():
        runs += 1
        crew = start(folder, *asked, "--workers", "2", pause=0.02 if runs < 4 else 0.0)
        if runs < 4:
            kill_somebody(crew, path, chance)
        _, error = crew.communicate(timeout=120)
        assert crew.returncode in (0, 1, -signal.SIGKILL), error
        assert runs < 8, error
    assert runs > 1
    assert content(path) == content(sealed)


def kill_somebody(crew: subprocess.Popen[str], path: Path, chance: random.Random) -> None:
    """Let them do a few more shards, then kill one worker, both, or the parent."""
    aim = len(list(path.glob("shards/*/*.json"))) + chance.randint(1, 4)
    while len(list(path.glob("shards/*/*.json"))) < aim and crew.poll() is None:
        time.sleep(0.01)
    if crew.poll() is not None:
        return
    parent = psutil.Process(crew.pid)
    workers = [child for child in parent.children() if "spawn_main" in " ".join(child.cmdline())]
    for victim in chance.choice([workers[:1], workers, [parent]]):
        victim.kill()
