"""Workers are killed, meet each other, and come back; the store's bytes are always the same."""

import os
import random
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from attribution.engine import FeatureStore, capture

ROOT = Path(__file__).parents[2]
MEMBER, SHARDS = "0", 24

WORKER = """
import sys, time
import torch
from torch import nn
from attribution.engine import CaptureConfig, Featuriser, FeatureStore, capture

torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))

class Task:
    inputs = torch.randn(96, 3, 4, generator=torch.Generator().manual_seed(1))
    def batch(self, segments):
        return self.inputs[torch.as_tensor(segments)]
    def sample_outputs(self, model, batch):
        time.sleep(PAUSE)
        return model(batch).square().sum((1, 2))

path, shards, PAUSE = sys.argv[1], sys.argv[2], 0.0
config = CaptureConfig(dimension=32, curvature="none", batch_size=2, shard_rows=4)
featuriser = Featuriser(model, Task(), config)
PAUSE = float(sys.argv[3])
store = FeatureStore.create(path, config, members=["0"], n_segments=96, identity={"a": "b"})
chosen = [int(shard) for shard in shards.split(",")] if shards else None
capture(featuriser, store, chosen, on_progress=lambda done, total: print(done, flush=True))
"""


def worker(path: Path, shards: str = "", pause: float = 0.0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, str(path), shards, str(pause)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def finish(*workers: subprocess.Popen[str]) -> None:
    for process in workers:
        process.communicate(timeout=60)
        assert process.returncode == 0


def content(path: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.suffix != ".part"
    }


@pytest.fixture(scope="module")
def in_one_go(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "store"
    finish(worker(path))
    return content(path)


@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_killed_capture_goes_on_where_it_was(tmp_path, in_one_go, after):
    path = tmp_path / "store"
    process = worker(path, pause=0.02)
    for _ in range(after):
        assert process.stdout.readline()
    if not after:
        while not (path / "config.json").exists():
            time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    before = {
        name: (path / name).stat().st_mtime_ns
        for name in content(path)
        if name.endswith(".json") and "shards" in name
    }
    assert after <= len(before) < SHARDS
    finish(worker(path))
    assert content(path) == in_one_go
    for name, written in before.items():
        assert (path / name).stat().st_mtime_ns == written, f"{name} was computed again"


def test_workers_on_the_same_and_on_different_shards_make_the_same_bytes(tmp_path, in_one_go):
    path = tmp_path / "store"
    halves = [",".join(str(s) for s in range(start, SHARDS, 2)) for start in (0, 1)]
    finish(*(worker(path, shards, 0.002) for shards in (*halves, halves[0])))
    assert content(path) == in_one_go


def test_what_a_killed_writer_left_half_written_is_never_read(tmp_path, in_one_go):
    path = tmp_path / "store"
    for name, whole in in_one_go.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if name != "shards/0/00003.npy":
            file.write_bytes(whole)
    whole = in_one_go["shards/0/00003.npy"]
    (path / "shards/0/00003.npy.0123.part").write_bytes(whole[: len(whole) // 2])
    store = FeatureStore.join(path)
    assert store.missing_shards(MEMBER) == [3]
    finish(worker(path))
    store.seal()
    FeatureStore.open(path, verify="full")


def test_a_bad_segment_keeps_the_shards_before_it(plain, tmp_path):
    featuriser = plain.featuriser()
    store = FeatureStore.create(
        tmp_path / "s", plain.config(), members=["0"], n_segments=12, identity={}
    )
    honest = plain.task.batch

    def broken(segments):
        if 9 in segments and len(segments) > 1:  # not at the trial of memory, of one segment
            raise RuntimeError("disk on fire")
        return honest(segments)

    plain.task.batch = broken
    with pytest.raises(RuntimeError, match="fire"):
        capture(featuriser, store)
    assert store.missing_shards("0") == [2]
    plain.task.batch = honest
    told = []
    done = capture(featuriser, store, on_progress=lambda *at: told.append(at))
    assert done.written == (2,)
    assert told == [(4, 12), (8, 12), (12, 12)]


def test_killed_at_any_moment_nothing_torn_is_taken_and_nothing_done_twice(plain, tmp_path):
    featuriser = plain.featuriser(shard_rows=1)
    whole, store = (fresh_store(tmp_path / name, plain) for name in ("whole", "killed"))
    capture(featuriser, whole)
    chance, finished, kills, patience_seconds = random.Random(0), {}, 0, 0.003
    while store.missing_shards(MEMBER, verify="full"):
        child = get_context("fork").Process(target=capture, args=(featuriser, store))
        child.start()
        child.join(chance.expovariate(1 / patience_seconds))
        child.kill()
        child.join()
        kills += child.exitcode != 0
        patience_seconds *= 1.1  # however slow the machine is, it comes to an end
        for shard in set(range(12)) - set(store.missing_shards(MEMBER, verify="full")):
            written = (store.path / f"shards/0/{shard:05d}.json").stat().st_mtime_ns
            assert finished.setdefault(shard, written) == written, "it was computed again"
    assert kills > 3
    whole.seal()
    store.seal()
    assert content(store.path) == content(whole.path)


def fresh_store(path, case):
    config = case.config(shard_rows=1)
    return FeatureStore.create(path, config, members=[MEMBER], n_segments=12, identity={"a": "b"})
