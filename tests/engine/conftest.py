"""A cast of small models that hide their parameters in every usual way, and one task for all."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from attribution.engine import CaptureConfig, Curvature, Featuriser, estimate_curvature

torch.set_num_threads(1)
VOCABULARY, LENGTH, WIDTH, SEGMENTS = 7, 5, 6, 12


class Plain(nn.Module):
    """Embedding, Linear on three dimensions, LayerNorm."""

    def __init__(self) -> None:
        super().__init__()
        self.notes = nn.Embedding(VOCABULARY, WIDTH, padding_idx=0)
        self.norm = nn.LayerNorm(WIDTH)
        self.wide = nn.Linear(WIDTH, 9)
        self.out = nn.Linear(9, VOCABULARY, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(functional.relu(self.wide(self.norm(self.notes(x)))))


class InPlace(Plain):
    """Runs an in-place activation on a module's output, and RMSNorm over two dimensions."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.RMSNorm((LENGTH, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        return self.out(functional.relu_(self.wide(self.norm(self.notes(x)))))


class Tied(Plain):
    """The embedding is also the output matrix, and the batch shares one table of positions."""

    def __init__(self) -> None:
        super().__init__()
        self.places = nn.Embedding(LENGTH, WIDTH)
        self.out = nn.Linear(WIDTH, VOCABULARY)
        self.out.weight = self.notes.weight

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.norm(self.notes(x) + self.places(torch.arange(LENGTH)[None])))


class Shared(Plain):
    """One Linear is called three times, once with a keyword."""

    def __init__(self) -> None:
        super().__init__()
        self.step = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        y = self.notes(x)
        for _ in range(2):
            y = torch.tanh(self.step(y))
        return self.out(self.wide(self.step(input=y)))


class Bare(Plain):
    """A parameter of the model's own, beside modules."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.linspace(0.5, 1.5, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.wide(self.notes(x) * self.scale))


class Functional(Plain):
    """A Linear whose weight is used without calling it."""

    def forward(self, x: Tensor) -> Tensor:
        return self.out(functional.linear(self.notes(x), self.wide.weight, self.wide.bias))


class Attention(Plain):
    """`nn.MultiheadAttention` hides its projections from hooks."""

    def __init__(self) -> None:
        super().__init__()
        self.attend = nn.MultiheadAttention(WIDTH, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.notes(x)
        return self.out(self.wide(y + self.attend(y, y, y, need_weights=False)[0]))


class Convolution(Plain):
    """Conv1d has no rule."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Conv1d(WIDTH, WIDTH, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.wide(self.mix(self.notes(x).mT).mT))


class TimeFirst(Plain):
    """Everything between the ends runs with time as the first dimension."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.wide(self.norm(self.notes(x.T)))
        return self.out(y).transpose(0, 1)


class PositionsWithoutBatch(Plain):
    """The table of positions is looked up as (time, width): no dimension for the sample."""

    def __init__(self) -> None:
        super().__init__()
        self.places = nn.Embedding(LENGTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.wide(self.notes(x) + self.places(torch.arange(LENGTH))))


class Transformer(Plain):
    """Two layers of torch's own transformer, with dropout and a frozen part."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(WIDTH, 2, 8, dropout=0.5, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm.requires_grad_(requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.wide(self.norm(self.layers(self.notes(x)))))


MODELS: dict[str, type[Plain]] = {
    model.__name__: model
    for model in (
        Plain,
        InPlace,
        Tied,
        Shared,
        Bare,
        Functional,
        Attention,
        Convolution,
        TimeFirst,
        PositionsWithoutBatch,
        Transformer,
    )
}


class NextNote:
    """Summed loss of the next note; twelve segments of random notes."""

    def __init__(self, seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.notes = torch.randint(0, VOCABULARY, (SEGMENTS, LENGTH + 1), generator=generator)

    def batch(self, segments: np.ndarray) -> Tensor:
        return self.notes[torch.as_tensor(segments)]

    def sample_outputs(self, model: nn.Module, batch: Tensor) -> Tensor:
        logits = model(batch[:, :-1])
        return functional.cross_entropy(logits.mT, batch[:, 1:], reduction="none").sum(1)


@dataclass(frozen=True)
class Case:
    """A model with its task."""

    name: str
    model: nn.Module
    task: NextNote

    def config(self, **changes: object) -> CaptureConfig:
        return CaptureConfig(**{"dimension": 64, "batch_size": 4, "shard_rows": 4, **changes})

    def curvature(self, **changes: object) -> Curvature:
        return estimate_curvature(self.model, self.task, range(SEGMENTS), self.config(**changes))

    def featuriser(self, **changes: object) -> Featuriser:
        config = self.config(**changes)
        whitened = config.curvature != "none"
        return Featuriser(
            self.model, self.task, config, self.curvature(**changes) if whitened else None
        )


MakeCase = Callable[[str], Case]


@pytest.fixture
def make_case() -> MakeCase:
    def make(name: str) -> Case:
        torch.manual_seed(3)
        return Case(name, MODELS[name](), NextNote())

    return make


@pytest.fixture(params=list(MODELS))
def case(request: pytest.FixtureRequest, make_case: MakeCase) -> Case:
    """Every model in turn."""
    return make_case(request.param)


@pytest.fixture
def plain(make_case: MakeCase) -> Case:
    return make_case("Plain")
