"""Models of `diffusers` as their makers wrote them, small and at random."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn

from attribution.adapters.denoising import DenoiserTask, Latent
from attribution.engine import CaptureConfig
from attribution.engine.gradients.survey import survey
from tests.engine.gradient_contract import SEGMENTS, GradientContract, Subject

diffusers: ModuleType = pytest.importorskip(
    "diffusers", reason="pip install 'tantieme[diffusers]' runs these"
)


def conditioned() -> nn.Module:
    """The family of Stable Audio's and AudioLDM's predecessors: a U-Net that reads a text."""
    return diffusers.UNet2DConditionModel(
        sample_size=8,
        in_channels=2,
        out_channels=2,
        layers_per_block=1,
        block_out_channels=(8, 16),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=8,
        attention_head_dim=4,
        norm_num_groups=4,
    )


def waveforms() -> nn.Module:
    """The family of Dance Diffusion: a U-Net over samples of sound."""
    return diffusers.UNet1DModel(
        sample_size=16,
        time_embedding_type="positional",
        extra_in_channels=32,
        block_out_channels=(32, 32),
        down_block_types=("DownBlock1DNoSkip", "AttnDownBlock1D"),
        up_block_types=("AttnUpBlock1D", "UpBlock1DNoSkip"),
        layers_per_block=1,
    )


def transformer() -> nn.Module:
    """DiT, told of a class."""
    return diffusers.DiTTransformer2DModel(
        num_attention_heads=2,
        attention_head_dim=8,
        in_channels=2,
        num_layers=2,
        sample_size=8,
        patch_size=2,
        num_embeds_ada_norm=10,
        norm_num_groups=2,
    )


def samples(shape: tuple[int, ...], **told: Callable[[np.random.Generator], object]):
    generator = np.random.default_rng(2)
    return [
        Latent(
            generator.standard_normal(shape).astype(np.float32),
            {name: np.asarray(draw(generator)) for name, draw in told.items()},
        )
        for _ in range(SEGMENTS)
    ]


def words(generator: np.random.Generator) -> np.ndarray:
    """What a text encoder makes of a prompt."""
    return generator.standard_normal((3, 8)).astype(np.float32)


def style(generator: np.random.Generator) -> int:
    return int(generator.integers(0, 10))


MODELS = {
    "U-Net told of a text": (conditioned, samples((2, 8, 8), encoder_hidden_states=words)),
    "U-Net of waveforms": (waveforms, samples((2, 16))),
    "DiT told of a class": (transformer, samples((2, 8, 8), class_labels=style)),
}


class Wide(Subject):
    """These have hundreds of parameters, and each needs room in a row."""

    def config(self, **changes: object) -> CaptureConfig:
        return super().config(**{"dimension": 2048, **changes})


class TestDiffusersModels(GradientContract):
    """Every parameter by hooks, in whole batches, several timesteps of a sample at once."""

    @pytest.fixture(params=list(MODELS))
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        make, given = MODELS[request.param]
        scheduler = diffusers.DDPMScheduler()
        task = DenoiserTask(
            given, scheduler.alphas_cumprod, scheduler.config.prediction_type, levels=3
        )
        return Wide(make, task)

    def test_every_parameter_is_seen_as_foretold(self, subject: Subject) -> None:
        plan = survey(subject.model, subject.task, subject.config())
        trained = [name for name, p in subject.model.named_parameters() if p.requires_grad]
        assert plan.covered == trained
        assert plan.of_kind("autograd") == []
        assert plan.batched


@pytest.mark.parametrize("predicts", ["epsilon", "v_prediction", "sample"])
def test_noise_and_targets_are_the_schedulers(predicts):
    """The loss of a training loop as `diffusers` has it: add_noise, then its own target."""
    torch.manual_seed(0)
    model, given = transformer().eval(), MODELS["DiT told of a class"][1]
    scheduler = diffusers.DDPMScheduler(prediction_type=predicts)
    task = DenoiserTask(given, scheduler.alphas_cumprod, predicts, levels=2, seed=4)
    ours = task.sample_outputs(model, task.batch(np.array([3])))[0]
    clean = torch.from_numpy(given[3].numbers).unsqueeze(0)
    losses = []
    for step in task.timesteps:
        drawn = np.random.default_rng([4, int(step)]).standard_normal(clean.shape[1:], np.float32)
        noise, at = torch.from_numpy(drawn).unsqueeze(0), step.reshape(1)
        noisy = scheduler.add_noise(clean, noise, at)
        label = torch.as_tensor(given[3].told["class_labels"]).reshape(1)
        found = model(noisy, at, class_labels=label).sample
        velocity = scheduler.get_velocity(clean, noise, at)
        wanted = {"epsilon": noise, "v_prediction": velocity, "sample": clean}[predicts]
        losses.append((found - wanted).square().sum())
    torch.testing.assert_close(ours, torch.stack(losses).mean())
