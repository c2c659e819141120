"""Our model, batch and loss in the shapes that public libraries ask for."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from benchmarks.featurise.world import summed_losses


class OnDevice(nn.Module):
    """bergson reads `model.device`, as Hugging Face models have it."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.device = next(inner.parameters()).device

    def forward(self, tokens: Tensor) -> Tensor:
        logits: Tensor = self.inner(tokens)
        return logits


class MeanLoss(nn.Module):
    """Called with a batch, returns its mean of summed losses: dattri multiplies by the number."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, inputs: Tensor, targets: Tensor) -> SimpleNamespace:
        return SimpleNamespace(loss=summed_losses(self.inner(inputs), targets).mean())


class OneBatch:
    """Walks like the loader that dattri asks for, without the time that a real one takes."""

    def __init__(self, batch: dict[str, Tensor]) -> None:
        self.batch = batch
        self.batch_size = len(batch["inputs"])
        self.dataset = range(self.batch_size)
        self.sampler = torch.utils.data.SequentialSampler(self.dataset)

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        yield self.batch


class MinusLoss:
    """The model output, as `trak.modelout_functions.AbstractModelOutput` asks for it."""

    @staticmethod
    def get_output(
        model: nn.Module, weights: Any, buffers: Any, inputs: Tensor, targets: Tensor
    ) -> Tensor:
        """Minus the loss of one segment, a scalar."""
        logits: Tensor = functional_call(model, {**weights, **buffers}, (inputs[None],))
        return -summed_losses(logits, targets[None])[0]

    @staticmethod
    def get_out_to_loss_grad(model: nn.Module, weights: Any, buffers: Any, batch: Any) -> Tensor:
        """1 − the probability of the whole segment, (n, 1), which is 1 in every digit."""
        return torch.ones(len(batch[0]), 1, device=batch[0].device)


class SummedLoss:
    """What `kronfluence.task.Task` asks for; a batch is (inputs, targets)."""

    enable_post_process_per_sample_gradient = False

    def compute_train_loss(
        self, batch: list[Tensor], model: nn.Module, sample: bool = False
    ) -> Tensor:
        """The summed loss of all segments; with `sample`, of labels drawn from the model."""
        inputs, targets = batch
        logits = model(inputs)
        if sample:
            with torch.no_grad():
                drawn = torch.multinomial(logits.softmax(-1).flatten(0, 1), num_samples=1)
                targets = drawn.view_as(targets)
        return summed_losses(logits, targets).sum()

    def compute_measurement(self, batch: list[Tensor], model: nn.Module) -> Tensor:
        """What is explained: the same loss."""
        return self.compute_train_loss(batch, model)

    def get_influence_tracked_modules(self) -> None:
        """All that the library knows."""

    def get_attention_mask(self, batch: list[Tensor]) -> None:
        """No padding."""
