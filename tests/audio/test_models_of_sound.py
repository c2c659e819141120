"""The delay pattern, the two networks, and what the engine reads of them."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution import engine
from attribution.audio.codec import Codec
from attribution.audio.codes_model import delayed, undelayed
from attribution.audio.corpus import SoundCorpus, code_windows
from attribution.audio.denoiser import LEVELS, alphas_cumprod
from attribution.audio.outputs import NOISE_OUTPUTS
from attribution.audio.tasks import (
    CodesTask,
    LatentsTask,
    shared_noise,
    spread_levels,
    task_of,
)
from tests.audio.tunes import codes_of, latents_of, small_codes_model, small_denoiser

CONFIG = engine.CaptureConfig(dimension=512, batch_size=4)


@given(st.integers(1, 12), st.integers(1, 5), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_the_delay_pattern_can_be_undone(steps: int, books: int, seed: int) -> None:
    codes = torch.from_numpy(np.random.default_rng(seed).integers(0, 9, (steps, books)))
    laid = delayed(codes, 9)
    assert torch.equal(undelayed(laid), codes)
    assert (laid != 9).sum() == steps * books


def test_every_code_is_predicted_once_and_from_what_stands_before_it(codec: Codec) -> None:
    codes = codes_of(codec).segment(0)
    windows = code_windows([codes], 24)
    assert windows.size == codes.numel()
    assert (windows.inputs[0, 0] == 24).all()
    assert torch.equal(
        windows.inputs[0, 1:][windows.counted[0, :-1]],
        windows.targets[0, :-1][windows.counted[0, :-1]],
    )


def test_no_code_knows_what_comes_after_it(codec: Codec) -> None:
    model, codes = small_codes_model(codec), codes_of(codec).segment(0)
    changed = codes.clone()
    changed[10:] = (changed[10:] + 1) % 24
    first, second = (model(code_windows([each], 24).inputs) for each in (codes, changed))
    assert torch.equal(first[0, :11], second[0, :11])
    assert not torch.equal(first[0, 11], second[0, 11])


def test_writing_step_by_step_reads_the_same_as_reading_at_once(codec: Codec) -> None:
    model, inputs = small_codes_model(codec), code_windows([codes_of(codec).segment(0)], 24).inputs
    states, past = model.read(inputs[:, :1])
    for t in range(1, inputs.shape[1]):
        states, past = model.read(inputs[:, t : t + 1], past)
    assert torch.allclose(model.logits(states)[:, -1], model(inputs)[:, -1], atol=1e-5)


def test_padding_changes_nothing_of_a_denoiser(codec: Codec) -> None:
    model, latents = _told(small_denoiser(codec)), latents_of(codec).segment(0)
    levels = torch.tensor([[100, 900]])
    noisy = torch.randn(1, 2, *latents.shape)
    alone = model(noisy, levels)
    padded = torch.nn.functional.pad(noisy, (0, 0, 0, 5))
    counted = torch.arange(padded.shape[2]).unsqueeze(0) < latents.shape[0]
    assert torch.allclose(model(padded, levels, counted)[:, :, :-5], alone, atol=1e-5)


def test_levels_are_looked_at_apart(codec: Codec) -> None:
    model, noisy = _told(small_denoiser(codec)), torch.randn(2, 3, 9, 12)
    levels = torch.tensor([[1, 500, 999], [7, 8, 9]])
    together = model(noisy, levels)
    alone = torch.cat([model(noisy[:, k : k + 1], levels[:, k : k + 1]) for k in range(3)], 1)
    assert torch.allclose(together, alone, atol=1e-5)


def test_the_schedule_goes_from_nearly_clean_to_nearly_noise() -> None:
    left = alphas_cumprod()
    assert left[0] > 0.999
    assert left[-1] < 0.001
    assert (left.diff() <= 0).all()
    assert spread_levels(10).tolist() == list(range(50, LEVELS, 100))


def test_the_shared_noise_of_a_step_does_not_depend_on_what_follows() -> None:
    assert torch.equal(shared_noise(5, 7, 12), shared_noise(5, 24, 12)[:, :, :7])


def test_fine_codes_are_heard_and_do_not_count(codec: Codec) -> None:
    model, corpus = small_codes_model(codec), codes_of(codec)
    batch = CodesTask(corpus.segment, model.codes, books=2).batch(np.arange(2))
    everything = CodesTask(corpus.segment, model.codes, books=model.codebooks).batch(np.arange(2))
    assert torch.equal(batch.inputs, everything.inputs)
    assert torch.equal(batch.counted[:, :, :2], everything.counted[:, :, :2])
    assert everything.counted[:, :, 2:].any()
    assert not batch.counted[:, :, 2:].any()


@pytest.fixture(params=["codes", "all codebooks", *NOISE_OUTPUTS])
def kind(request: pytest.FixtureRequest, codec: Codec) -> tuple[Any, SoundCorpus, engine.Task]:
    """A model, its corpus and its task, for each output function."""
    if request.param in {"codes", "all codebooks"}:
        model, corpus = small_codes_model(codec), codes_of(codec)
        if request.param == "codes":
            return model, corpus, task_of(model, corpus.segment)
        return model, corpus, CodesTask(corpus.segment, model.codes, books=model.codebooks)
    denoiser, latents = _told(small_denoiser(codec)), latents_of(codec)
    return denoiser, latents, LatentsTask(latents.segment, NOISE_OUTPUTS[request.param], levels=3)


def test_every_parameter_agrees_with_autograd(kind: Any) -> None:
    model, corpus, task = kind
    curvature = engine.estimate_curvature(model, task, range(6), CONFIG)
    featuriser = engine.Featuriser(model, task, CONFIG, curvature)
    featuriser.self_check([0, len(corpus.table) - 1])  # the last one is shorter, and padded
    assert featuriser.coverage().covered_ppm == 1_000_000


def test_rows_of_the_parts_add_up_to_the_row_of_the_segment(kind: Any) -> None:
    model, corpus, task = kind
    featuriser = engine.Featuriser(
        model, task, engine.CaptureConfig(dimension=256, curvature="none")
    )
    whole = featuriser.features([0, 3])
    lengths = [int(corpus.table.length[each]) for each in range(4)]
    parts = engine.parts_of(lengths, 7)
    of_parts = featuriser.with_task(_in_parts(task, parts)).features(range(len(parts)))
    for row, segment in zip(whole, (0, 3), strict=True):
        mine = [place for place, part in enumerate(parts) if part.segment == segment]
        assert len(mine) > 1
        np.testing.assert_allclose(of_parts[mine].sum(0), row, atol=2e-4 * np.abs(row).max())


def _in_parts(task: Any, parts: Any) -> engine.Task:
    if isinstance(task, CodesTask):
        return CodesTask(task.segment, task.nothing, task.output, task.books, parts)
    return LatentsTask(task.segment, task.output, task.levels, parts)


def _told(model: Any) -> Any:
    """With no layer at 0, as after training: the last one begins there."""
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            if not parameter.any():
                parameter.normal_(0, 0.1, generator=generator)
    return model
