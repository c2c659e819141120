"""The exact kernel is exact, the stream can be killed, and agreement is measured rightly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from attribution.engine import CaptureConfig, Featuriser
from attribution.reference.checkpoints import load_model
from attribution.reference.model import MusicTransformer
from attribution.reference.task import CorpusTask
from benchmarks.fidelity import large, large_report, retraining
from benchmarks.fidelity.large import Kernels
from benchmarks.fidelity.large_music import SEMITONES, Music, many_segments
from benchmarks.fidelity.large_report import agreement
from benchmarks.fidelity.methods import Member
from benchmarks.fidelity.methods.whitened import ExactWhitened
from benchmarks.fidelity.world import GENERATED, HELD_OUT
from tests.benchmarks.small_world import BOS, CONTEXT

PITCHES = range(2, 22)
SMALL = {
    "signs": CaptureConfig(dimension=512),
    "numbers": CaptureConfig(dimension=256, dtype="float16"),
}


@pytest.fixture(scope="module")
def model(world, made) -> MusicTransformer:
    return load_model(retraining.full_model(world, made[0])[-1])


@pytest.fixture(scope="module")
def music(world) -> Music:
    return Music(world.full_corpus(), world.segment_track())


@pytest.fixture(scope="module")
def queries(observed) -> list[np.ndarray]:
    return list(observed.queries.sequences)


@pytest.fixture
def chunks_of_five(monkeypatch) -> None:
    monkeypatch.setattr(large, "CHUNK", 5)


def silent(_: str) -> None:
    pass


def test_the_exact_kernel_is_that_of_autograd(model, music, queries, world, tmp_path):
    """Two implementations that share the curvature alone."""
    member = Member("last", model, world.full_corpus(), queries)
    exact = dict(ExactWhitened().scores(member))[f"damping {CaptureConfig().damping:g}"]
    found = Kernels(model, music, queries, {}, tmp_path).scores(16, silent)["exact"]
    np.testing.assert_allclose(found, exact, rtol=2e-3, atol=2e-3 * np.abs(exact).max())


def test_one_pass_makes_the_rows_that_the_engine_makes_alone(model, music, queries, tmp_path):
    kernels = Kernels(model, music, queries, SMALL, tmp_path)
    task, segments = CorpusTask(music.corpus), np.arange(6)
    for config, rows in zip(kernels.configs.values(), kernels._rows.of(segments), strict=True):
        alone = Featuriser(model, task, config, kernels._curvature).features(segments)
        assert np.array_equal(rows, alone)


@pytest.mark.usefixtures("chunks_of_five")
def test_a_killed_stream_goes_on_and_a_longer_one_begins_with_it(model, music, queries, tmp_path):
    whole = Kernels(model, music, queries, SMALL, tmp_path / "whole").scores(16, silent)
    folder, said = tmp_path / "killed", []
    Kernels(model, music, queries, SMALL, folder).scores(10, silent)
    min(folder.iterdir()).unlink()
    resumed = Kernels(model, music, queries, SMALL, folder).scores(16, said.append)
    assert len(said) == 1 + 2
    for name, scores in whole.items():
        assert np.array_equal(resumed[name], scores)


@pytest.mark.usefixtures("chunks_of_five")
@pytest.mark.parametrize("other", ["queries", "rows", "model"])
def test_scores_of_something_else_are_not_taken_up(other, model, music, queries, tmp_path):
    Kernels(model, music, queries, SMALL, tmp_path).scores(10, silent)
    changed = {
        "queries": (model, music, queries[:3], SMALL),
        "rows": (model, music, queries, {"signs": CaptureConfig(dimension=256)}),
        "model": (MusicTransformer(model.config, seed=9), music, queries, SMALL),
    }
    said: list[str] = []
    Kernels(*changed[other], tmp_path).scores(10, said.append)
    assert len(said) == 2


def test_one_segment_has_no_order_to_agree_on(model, music, queries, tmp_path):
    with pytest.raises(ValueError, match="2 segments or more"):
        Kernels(model, music, queries, SMALL, tmp_path).scores(1, silent)


def test_queries_are_reported_ones_of_both_kinds(observed):
    reported = [
        observed.queries.sequences[query]
        for kind in (GENERATED, HELD_OUT)
        for query in observed.queries.of_kind(kind, tuning=False)
    ]
    asked = large.asked(observed.queries)
    assert [query.tobytes() for query in asked] == [query.tobytes() for query in reported]


def test_rows_keep_their_proportion_to_the_model(model):
    parameters = sum(parameter.numel() for parameter in model.parameters())
    named = large.configurations(model, more=True)
    assert list(large.configurations(model, more=False)) == list(named)[:1]
    for config in named.values():
        assert config.dimension % 16 == 0
        assert config.dimension >= 16
    default = named["engine's default"].dimension
    assert default == pytest.approx(CaptureConfig().dimension * parameters / 486_112, abs=8)
    assert large.exact_config(model).dimension >= parameters


def tune(length: int, low: int = 8) -> np.ndarray:
    return (low + np.arange(length) % 7).astype(np.int16)


def test_fewer_segments_are_the_first_of_more():
    songs = [tune(40), tune(23, 9), tune(70, 10)]
    few, many = (many_segments(songs, CONTEXT, BOS, PITCHES, n) for n in (20, 60))
    for segment in range(20):
        assert np.array_equal(few.corpus.sequence(segment), many.corpus.sequence(segment))
    assert np.array_equal(few.track, many.track[:20])


def test_songs_are_moved_within_the_pitches_and_other_tokens_stay():
    song = np.array([1, 3, 0, 20, 1, 12], dtype=np.int16)  # 0 and 1 are no pitches
    music = many_segments([song], CONTEXT, BOS, PITCHES, len(SEMITONES))
    found = [music.corpus.sequence(segment) for segment in range(len(SEMITONES))]
    for moved in found:
        is_pitch = moved >= PITCHES.start
        assert np.array_equal(moved[~is_pitch], song[~is_pitch])
        assert moved.max() < PITCHES.stop
        assert np.array_equal(np.diff(moved[is_pitch]), np.diff(song[is_pitch]))
    assert {int(moved[1] - song[1]) for moved in found} == {-1, 0, 1}


def test_more_segments_than_the_songs_have_are_refused():
    with pytest.raises(ValueError, match="ask for fewer"):
        many_segments([tune(40)], CONTEXT, BOS, PITCHES, 10_000)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(0.1, 10))
def test_another_unit_changes_no_order_but_is_an_error(seed, scale):
    """Spearman's rho and the tops look at order alone; money does not."""
    scores, track = np.random.default_rng(seed).normal(size=(3, 24)), np.arange(24) // 2
    found = agreement(scores, scale * scores, track)
    assert found.rank_correlation == pytest.approx(1)
    assert found.top_tracks == found.top_segments == 1
    sums = scores.reshape(3, 12, 2).sum(2)
    size = np.sqrt((sums**2).mean(1)) / sums.std(1)
    assert found.track_error == pytest.approx(abs(scale - 1) * size.mean(), abs=1e-9)


def test_track_sums_are_those_of_a_loop(rng):
    exact, other = rng.normal(size=(2, 4, 30))
    track = rng.integers(0, 7, 30)
    sums = [
        np.stack([scores[:, track == one].sum(1) for one in np.unique(track)], 1)
        for scores in (exact, other)
    ]
    error = np.sqrt(((sums[1] - sums[0]) ** 2).mean(1)) / sums[0].std(1)
    assert agreement(exact, other, track).track_error == pytest.approx(error.mean())


def test_what_is_kept_of_the_top_is_counted(rng):
    exact = np.tile(np.arange(200.0), (2, 1))
    other = exact.copy()
    other[:, 150:] = -1  # half of the exact top 100 is lost
    other[:, :50] += 1000
    found = agreement(exact, other, np.arange(200))
    assert found.top_segments == pytest.approx(0.5)
    assert found.top_tracks == 0


def test_opposite_order_is_minus_one(rng):
    scores = rng.normal(size=(3, 40))
    assert agreement(scores, -scores, np.arange(40)).rank_correlation == pytest.approx(-1)


def test_chance_agrees_no_more_than_by_chance(rng):
    exact, other = rng.normal(size=(2, 30, 1000))
    found = agreement(exact, other, np.arange(1000))
    assert abs(found.rank_correlation) < 0.03
    assert found.top_segments == pytest.approx(0.1, abs=0.03)
    assert found.track_error == pytest.approx(np.sqrt(2), abs=0.05)


def test_the_table_has_a_line_for_every_size(rng):
    exact = rng.normal(size=(4, 700)).astype(np.float32)
    scores = {"exact": exact, "signs": exact + 0.1, "numbers": exact * 2}
    console = Console(width=170)
    with console.capture() as captured:
        configs = {"exact": CaptureConfig(dimension=1024, dtype="float32"), **SMALL}
        large_report.show(console, configs, scores, np.arange(700) // 3)
    lines = captured.get().splitlines()
    assert "4 queries" in lines[0]
    assert sum(line.startswith("signs") for line in lines) == 2
    assert [line.split()[3] for line in lines if line.startswith("numbers")] == ["500", "700"]
