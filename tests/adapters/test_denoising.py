"""Diffusion models under the shared noise: losses, targets, gradients, and what is refused."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from attribution.adapters.denoising import DenoiserTask, Latent
from attribution.audio.outputs import NOISE_OUTPUTS, summed_square
from attribution.engine import CaptureConfig, Featuriser, estimate_curvature
from attribution.engine.errors import BadGradients
from tests.engine.gradient_contract import GradientContract, Subject

STYLES, STEPS = 3, 50
ALPHAS = torch.linspace(0.999, 0.01, STEPS)


class Denoiser(nn.Module):
    """Convolutions that are told of timestep and style, as any module may be."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Conv1d(2, 8, 5, padding=2)
        self.style = nn.Embedding(STYLES, 8)
        self.time = nn.Linear(1, 8)
        self.norm = nn.GroupNorm(2, 8)
        self.leave = nn.Conv1d(8, 2, 5, padding=2)

    def forward(self, noisy: Tensor, timestep: Tensor, style: Tensor) -> Tensor:
        told = self.style(style) + self.time(timestep.to(noisy).unsqueeze(1) / STEPS)
        hidden = self.norm(self.enter(noisy) + told.unsqueeze(2))
        return self.leave(nn.functional.silu(hidden))


def latents(count: int = 6, steps: int = 12) -> list[Latent]:
    generator = np.random.default_rng(1)
    return [
        Latent(
            generator.standard_normal((2, steps)).astype(np.float32),
            {"style": np.array(place % STYLES)},
        )
        for place in range(count)
    ]


class TestGradientsOfADenoiser(GradientContract):
    """Each sample is `levels` rows of the model's batch, and the engine keeps them together."""

    @pytest.fixture(params=list(NOISE_OUTPUTS))
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        output = NOISE_OUTPUTS[request.param]
        return Subject(Denoiser, DenoiserTask(latents(), ALPHAS, output=output, levels=3))


@pytest.mark.parametrize("predicts", ["epsilon", "v_prediction", "sample"])
def test_the_loss_is_that_of_each_level_by_itself(predicts):
    """Written once more without axes: one sample and one timestep after the other."""
    torch.manual_seed(0)
    model, given = Denoiser(), latents(2)
    task = DenoiserTask(given, ALPHAS, predicts, levels=4, seed=8)
    ours = task.sample_outputs(model, task.batch(np.array([0, 1])))
    assert task.timesteps.tolist() == [6, 18, 31, 43]
    for place, sample in enumerate(given):
        losses = []
        for step in task.timesteps.tolist():
            noise = np.random.default_rng([8, step]).standard_normal((2, 12), np.float32)
            x, e, a = torch.from_numpy(sample.numbers), torch.from_numpy(noise), ALPHAS[step]
            noisy = a.sqrt() * x + (1 - a).sqrt() * e
            style = torch.as_tensor(sample.told["style"]).reshape(1)
            found = model(noisy.unsqueeze(0), torch.tensor([step]), style)[0]
            v = a.sqrt() * e - (1 - a).sqrt() * x
            wanted = {"epsilon": e, "v_prediction": v, "sample": x}[predicts]
            losses.append((found - wanted).square().sum())
        torch.testing.assert_close(ours[place], torch.stack(losses).mean())


def test_the_noise_is_shared_and_another_seed_is_another_noise():
    torch.manual_seed(0)
    model, given = Denoiser(), latents(2)
    found = [
        task.sample_outputs(model, task.batch(np.array(segments))).tolist()
        for task, segments in (
            (DenoiserTask(given, ALPHAS), [0, 0, 1]),
            (DenoiserTask(given[:1], ALPHAS), [0]),  # as a query of another list
            (DenoiserTask(given, ALPHAS, seed=1), [0]),
        )
    ]
    assert found[0][0] == pytest.approx(found[0][1])
    assert found[1][0] == pytest.approx(found[0][0])
    assert found[2][0] != pytest.approx(found[0][0])


def test_conditioning_is_part_of_the_sample():
    torch.manual_seed(0)
    model, sound = Denoiser(), latents(1)[0].numbers
    task = DenoiserTask([Latent(sound, {"style": np.array(s)}) for s in range(3)], ALPHAS)
    found = task.sample_outputs(model, task.batch(np.arange(3)))
    assert len(set(found.tolist())) == 3


def test_a_copied_sound_is_found_among_those_it_was_trained_with():
    torch.manual_seed(0)
    model, trained = Denoiser(), latents(16)
    task = DenoiserTask(trained, ALPHAS)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(60):
        optimiser.zero_grad()
        task.sample_outputs(model, task.batch(np.arange(16))).mean().backward()
        optimiser.step()
    config = CaptureConfig(dimension=256, batch_size=4)
    task = DenoiserTask(trained, ALPHAS, output=summed_square)
    curvature = estimate_curvature(model, task, range(16), config)
    rows = Featuriser(model, task, config, curvature).features(range(16))
    asked = DenoiserTask([trained[11], trained[4]], ALPHAS, output=summed_square)
    queries = Featuriser(model, asked, config, curvature).features([0, 1])
    cosines = queries @ (rows / np.linalg.norm(rows, axis=1, keepdims=True)).T
    assert cosines.argmax(1).tolist() == [11, 4]


def test_a_model_of_half_precision_is_given_its_own():
    """Its outputs are sums in float32, near those of the same weights in float32."""
    torch.manual_seed(0)
    model, task = Denoiser().bfloat16(), DenoiserTask(latents(2), ALPHAS)
    half = task.sample_outputs(model, task.batch(np.arange(2)))
    whole = task.sample_outputs(model.float(), task.batch(np.arange(2)))
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, whole, rtol=0.02, atol=0)


def test_what_does_not_fit_is_refused_in_a_sentence():
    given = latents(1)
    with pytest.raises(BadGradients, match=r"different shapes, \(2, 9\) and \(2, 12\)"):
        DenoiserTask(given + latents(1, 9), ALPHAS).batch(np.arange(2))
    with pytest.raises(BadGradients, match=r"tell the model \['style'\], others do not"):
        DenoiserTask([*given, Latent(given[0].numbers)], ALPHAS).batch(np.arange(2))
    with pytest.raises(BadGradients, match="known are epsilon, v_prediction, sample"):
        DenoiserTask(given, ALPHAS, "flow")
    with pytest.raises(BadGradients, match="levels is 51; the scheduler has 50"):
        DenoiserTask(given, ALPHAS, levels=51)
    plain = DenoiserTask([Latent(given[0].numbers)], ALPHAS, levels=2)
    with pytest.raises(BadGradients, match=r"shape \(2, 1, 12\) to latents of shape \(2, 2, 12\)"):
        plain.sample_outputs(FirstChannel(), plain.batch(np.array([0])))


class FirstChannel(nn.Module):
    """Answers for one channel alone."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Linear(1, 1)

    def forward(self, noisy: Tensor, timestep: Tensor) -> Tensor:
        return self.scale(noisy[:, :1].mT).mT
