"""Training is reproducible, learns, and leaves only whole checkpoints behind."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from attribution.reference import training
from attribution.reference.arrays import Tokens
from attribution.reference.checkpoints import (
    BrokenCheckpoint,
    Checkpoint,
    list_checkpoints,
    load_model,
)
from attribution.reference.model import ModelConfig, MusicTransformer
from attribution.reference.ngram import KneserNey
from attribution.reference.recipes import TINY
from attribution.reference.segments import Corpus, pad
from attribution.reference.tokens import Vocabulary
from attribution.reference.training import Progress, TrainingConfig, nats_per_token, train

SHORT = TrainingConfig(
    epochs=2, batch_size=8, learning_rate=5e-3, transposition=3, checkpoints=3, seed=1
)


@pytest.fixture(scope="module")
def sizes(vocabulary: Vocabulary) -> ModelConfig:
    return TINY.model(len(vocabulary))


@pytest.fixture(scope="module")
def run(
    sizes: ModelConfig, corpus: Corpus, tmp_path_factory: pytest.TempPathFactory
) -> list[Checkpoint]:
    return train(sizes, SHORT, corpus, tmp_path_factory.mktemp("run"))


def test_one_seed_twice_gives_identical_bytes(
    run: list[Checkpoint], sizes: ModelConfig, corpus: Corpus, tmp_path: Path
) -> None:
    torch.manual_seed(99)  # what others drew must not matter
    np.random.seed(99)
    again = train(sizes, SHORT, corpus, tmp_path)
    for first, second in zip(run, again, strict=True):
        assert first.path.read_bytes() == second.path.read_bytes()
        assert first.record == second.record


def test_one_thread_computes_whatever_is_allowed_outside(
    run: list[Checkpoint], sizes: ModelConfig, corpus: Corpus, tmp_path: Path
) -> None:
    """More threads would add in another order, and other bytes would follow."""
    allowed, used = torch.get_num_threads(), set()
    try:
        torch.set_num_threads(2)
        again = train(sizes, SHORT, corpus, tmp_path, lambda _: used.add(torch.get_num_threads()))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(allowed)
    assert used == {1}
    assert again[-1].path.read_bytes() == run[-1].path.read_bytes()


def test_another_seed_gives_another_model(
    run: list[Checkpoint], sizes: ModelConfig, corpus: Corpus, tmp_path: Path
) -> None:
    other = train(sizes, replace(SHORT, seed=2), corpus, tmp_path)
    assert other[-1].record.sha256 != run[-1].record.sha256
    assert other[-1].record.run != run[-1].record.run


def test_checkpoints_are_spread_over_the_run_and_the_last_is_its_end(
    run: list[Checkpoint], corpus: Corpus
) -> None:
    steps = [checkpoint.record.step for checkpoint in run]
    assert len(steps) == 3
    assert steps[-1] == run[-1].record.steps == 2 * -(-len(corpus.table) // 8)
    assert run[-1].record.tokens_seen == 2 * len(corpus.tokens)
    assert len({checkpoint.record.sha256 for checkpoint in run}) == 3


def test_a_record_says_what_made_the_checkpoint(
    run: list[Checkpoint], sizes: ModelConfig, corpus: Corpus
) -> None:
    record = json.loads(run[0].path.with_suffix(".json").read_text())
    assert record["corpus_sha256"] == corpus.sha256()
    assert ModelConfig(**record["model"]) == sizes
    assert TrainingConfig(**record["training"]) == SHORT


def test_a_loaded_checkpoint_is_the_model_that_was_trained(run: list[Checkpoint]) -> None:
    model = load_model(run[-1])
    assert model.head.weight is model.embedding.weight
    assert not model.training


def test_training_lowers_the_loss_of_what_was_trained_on_most(
    vocabulary: Vocabulary, songs: list[Tokens], corpus: Corpus, tmp_path: Path
) -> None:
    held_out = Corpus.of(
        [song[:600] for song in songs[4:8]], 64, vocabulary.bos, vocabulary.pitches
    )
    sizes = TINY.model(len(vocabulary))
    untrained = MusicTransformer(sizes)
    model = load_model(train(sizes, TINY.training(seed=0), corpus, tmp_path)[-1])
    uniform = np.log(len(vocabulary))
    assert nats_per_token(untrained, corpus) == pytest.approx(uniform, rel=0.02)
    assert nats_per_token(model, held_out) < 0.75 * uniform
    assert nats_per_token(model, corpus) < nats_per_token(model, held_out)


def test_the_loss_is_counted_over_tokens_and_not_over_padding(
    run: list[Checkpoint], corpus: Corpus
) -> None:
    model = load_model(run[0])
    losses = [nats_per_token(model, corpus, batch_size=size) for size in (1, 7, 16)]
    assert losses == pytest.approx([losses[0]] * 3, rel=1e-5)


def test_a_finished_run_is_recognised_and_left_alone(
    run: list[Checkpoint], sizes: ModelConfig, corpus: Corpus
) -> None:
    folder, calls = run[0].path.parent, []
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert train(sizes, SHORT, corpus, folder, calls.append) == run
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert calls == []


def test_a_run_with_a_damaged_checkpoint_is_made_again(
    run: list[Checkpoint], sizes: ModelConfig, corpus: Corpus, tmp_path: Path
) -> None:
    first = train(sizes, SHORT, corpus, tmp_path)
    data = bytearray(first[1].path.read_bytes())
    data[-5] ^= 1
    first[1].path.write_bytes(data)
    assert train(sizes, SHORT, corpus, tmp_path) == first
    assert first[1].path.read_bytes() == run[1].path.read_bytes()


def test_another_run_in_the_same_folder_replaces_the_first(
    sizes: ModelConfig, corpus: Corpus, tmp_path: Path
) -> None:
    train(sizes, SHORT, corpus, tmp_path)
    second = train(sizes, replace(SHORT, checkpoints=1, seed=3), corpus, tmp_path)
    assert list_checkpoints(tmp_path) == second
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("damage", ["cut", "flip", "missing", "foreign"])
def test_weights_that_are_not_what_the_record_says_are_refused(
    run: list[Checkpoint], tmp_path: Path, damage: str
) -> None:
    path, data = tmp_path / run[0].path.name, run[0].path.read_bytes()
    changed = {
        "cut": data[:-100],
        "flip": data[:-1] + bytes([data[-1] ^ 1]),
        "foreign": run[1].path.read_bytes(),
    }
    if damage in changed:
        path.write_bytes(changed[damage])
    with pytest.raises(BrokenCheckpoint, match=path.name):
        load_model(Checkpoint(path, run[0].record))


def test_weights_of_another_size_of_model_are_refused(run: list[Checkpoint]) -> None:
    record = replace(run[0].record, model={**run[0].record.model, "layers": 3})
    with pytest.raises(BrokenCheckpoint, match="does not fit its model"):
        load_model(Checkpoint(run[0].path, record))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"step": 4}'])
def test_a_record_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "step-000004.json").write_text(text)
    with pytest.raises(BrokenCheckpoint, match=r"step-000004\.json is not the record"):
        list_checkpoints(tmp_path)


WORKER = textwrap.dedent("""
    import sys
    from pathlib import Path
    import numpy as np
    from attribution.reference.model import ModelConfig
    from attribution.reference.segments import Corpus
    from attribution.reference.training import TrainingConfig, train

    tracks = [np.random.default_rng(i).integers(1, 60, 300) for i in range(4)]
    corpus = Corpus.of(tracks, 16, 0, range(10, 20))
    sizes = ModelConfig(60, context=16, width=16, layers=1, heads=2, hidden=16)
    config = TrainingConfig(epochs=40, batch_size=8, checkpoints=400, transposition=0)
    print("started", flush=True)
    train(sizes, config, corpus, Path(sys.argv[1]))
""")


def test_a_killed_run_leaves_no_torn_checkpoint_and_can_be_repeated(tmp_path: Path) -> None:
    folder, root = tmp_path / "run", Path(__file__).parents[2]
    command = [sys.executable, "-c", WORKER, str(folder)]
    environment = {**os.environ, "PYTHONPATH": f"{root}:{os.environ.get('PYTHONPATH', '')}"}
    for wanted in (1, 6):
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=root)
        assert worker.stdout is not None
        worker.stdout.readline()
        deadline = time.monotonic() + 20
        while len(list(folder.glob("*.json"))) < wanted and time.monotonic() < deadline:
            time.sleep(0.001)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        found = list_checkpoints(folder)
        assert len(found) >= wanted
        for checkpoint in found:
            load_model(checkpoint)  # verifies the hash


def test_a_writer_killed_between_weights_and_record_leaves_nothing_that_counts(
    sizes: ModelConfig, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def fails_on_records(self: Path, target: Path) -> Path:
        if target.suffix == ".json":
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fails_on_records)
    with pytest.raises(KeyboardInterrupt):
        train(sizes, SHORT, corpus, tmp_path)
    assert list_checkpoints(tmp_path) == []
    monkeypatch.undo()
    assert len(train(sizes, SHORT, corpus, tmp_path)) == 3
    assert not list(tmp_path.glob("*.part"))


def test_progress_counts_up_to_all_tokens(
    sizes: ModelConfig, corpus: Corpus, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    train(sizes, replace(SHORT, seed=4), corpus, tmp_path, seen.append)
    assert [p.step for p in seen] == list(range(1, seen[-1].steps + 1))
    assert seen[-1].tokens == seen[-1].tokens_total == 2 * len(corpus.tokens)
    assert all(p.tokens_per_second > 0 for p in seen)
    assert seen[-1].loss < seen[0].loss


def test_a_loss_that_is_no_number_stops_the_run(
    sizes: ModelConfig, corpus: Corpus, tmp_path: Path
) -> None:
    wild = replace(SHORT, learning_rate=1e30)
    with pytest.raises(FloatingPointError, match="lower the rate"):
        train(sizes, wild, corpus, tmp_path)
    assert all(
        torch.isfinite(p).all()
        for c in list_checkpoints(tmp_path)
        for p in load_model(c).parameters()
    )


def test_transposed_windows_move_pitches_alone_and_stay_on_the_keyboard() -> None:
    windows = pad([np.array([12, 50, 19, 13]), np.array([15, 51])], bos=0)
    moved = training.transpose_windows(windows, range(10, 20), np.array([5, -2]))
    # The first row holds the highest pitch already, so it cannot rise at all.
    assert moved.targets.tolist() == [[12, 50, 19, 13], [13, 51, 0, 0]]
    assert moved.inputs.tolist() == [[0, 12, 50, 19], [0, 13, 51, 0]]


def test_an_epoch_visits_every_window_once(corpus: Corpus) -> None:
    config = replace(SHORT, epochs=1, transposition=0)
    seen = [
        row.tobytes()
        for w in training.batches(corpus, config)
        for row in np.where(w.mask, w.targets, -1)
    ]
    assert len(seen) == len(corpus.table)
    total = sum(int(w.targets[w.mask].sum()) for w in training.batches(corpus, config))
    assert total == int(corpus.tokens.astype(np.int64).sum())


def test_the_rate_warms_up_and_cools_down() -> None:
    rates = [training.rate_at(step, 100, SHORT) for step in range(100)]
    assert rates[0] < rates[4] == pytest.approx(SHORT.learning_rate)
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert rates[-1] == pytest.approx(0.1 * SHORT.learning_rate, rel=0.02)


@pytest.mark.slow
def test_a_tiny_model_learns_what_a_five_gram_cannot_see(tmp_path: Path) -> None:
    """Each window repeats twelve random tokens: to foresee them one has to look back twelve."""
    rng = np.random.default_rng(5)
    tracks = [np.tile(rng.integers(1, 20, 12), 4) for _ in range(700)]
    corpus = Corpus.of(tracks[:600], 48, 0, range(0))
    held_out = Corpus.of(tracks[600:], 48, 0, range(0))
    sizes = ModelConfig(20, context=48, width=32, layers=2, heads=2, hidden=64)
    config = TrainingConfig(
        epochs=20, batch_size=16, learning_rate=5e-3, transposition=0, checkpoints=1
    )
    model = load_model(train(sizes, config, corpus, tmp_path)[-1])
    baseline = KneserNey(corpus.windows(np.arange(600)), 20)
    five_gram = baseline.nats_per_token(held_out.windows(np.arange(100)))
    assert nats_per_token(model, held_out) < 0.6 * five_gram
