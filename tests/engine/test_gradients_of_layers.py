"""Single layers of every kind between two Linears: by rule, by likeness to one, or by autograd."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from attribution.engine import Featuriser
from tests.engine.gradient_contract import GradientContract, Notes, Numbers, Subject


def between(layer: Callable[[], nn.Module], width: int, out: int = 0) -> nn.Sequential:
    """A layer whose input and output are not the ends of the model."""
    return nn.Sequential(nn.Linear(width, width), layer(), nn.Tanh(), nn.Linear(out or width, 3))


CONVOLUTIONS = {
    "Conv1d": (lambda: nn.Conv1d(4, 5, 3), (4, 9)),
    "Conv1d, strided, dilated, padded": (
        lambda: nn.Conv1d(4, 5, 3, stride=2, dilation=2, padding=3),
        (4, 9),
    ),
    "Conv1d, same": (lambda: nn.Conv1d(4, 5, 5, padding="same", bias=False), (4, 9)),
    "Conv1d, circular": (
        lambda: nn.Conv1d(4, 5, 3, padding=2, padding_mode="circular"),
        (4, 9),
    ),
    "Conv2d": (lambda: nn.Conv2d(2, 3, (3, 2), stride=(1, 2), padding=(2, 1)), (2, 5, 9)),
    "Conv2d, reflected": (
        lambda: nn.Conv2d(2, 3, 3, padding=(1, 2), padding_mode="reflect"),
        (2, 5, 9),
    ),
    "Conv3d": (lambda: nn.Conv3d(2, 3, 2, dilation=(1, 2, 1)), (2, 4, 5, 9)),
}


class TestConvolutions(GradientContract):
    @pytest.fixture(params=list(CONVOLUTIONS))
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        layer, shape = CONVOLUTIONS[request.param]
        width = layer()(torch.zeros(1, *shape)).shape[-1]
        return Subject(lambda: between(layer, shape[-1], width), Numbers(*shape))


ODD_LAYERS = {
    "grouped Conv1d": (lambda: nn.Conv1d(4, 6, 3, groups=2), (4, 9), ["weight", "bias"]),
    "ConvTranspose1d": (lambda: nn.ConvTranspose1d(4, 2, 3), (4, 9), ["weight", "bias"]),
    "PReLU of one slope": (nn.PReLU, (4, 9), ["weight"]),
    "weight_norm": (
        lambda: parametrizations.weight_norm(nn.Linear(9, 9)),
        (4, 9),
        ["bias", "parametrizations.weight.original0", "parametrizations.weight.original1"],
    ),
}


class TestLayersThatNoRuleKnows(GradientContract):
    """The layer runs again by itself, for every sample."""

    @pytest.fixture(params=list(ODD_LAYERS))
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        layer, shape, names = ODD_LAYERS[request.param]
        width = layer()(torch.zeros(1, *shape)).shape[-1]
        return Subject(
            lambda: between(layer, shape[-1], width),
            Numbers(*shape),
            by_autograd=[f"1.{name}" for name in names],
        )


class RootMeanSquare(nn.Module):
    """As in Llama, under other names than torch's, or as in Gemma, times 1 + weight."""

    def __init__(self, width: int, offset: float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.linspace(0.5, 1.5, width))
        self.offset = offset

    def forward(self, x: Tensor) -> Tensor:
        scale = torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)
        return x * scale * (self.offset + self.weight)


class Gain(nn.Module):
    """A scale and a shift with names of their own."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.linspace(0.5, 1.5, width))
        self.beta = nn.Parameter(torch.linspace(-1, 1, width))

    def forward(self, x: Tensor) -> Tensor:
        return x.sin() * self.gamma + self.beta


class Turned(nn.Module):
    """A Linear that keeps its matrix the other way round, as GPT-2's `Conv1D`."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(width, width))
        self.bias = nn.Parameter(torch.randn(width))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight + self.bias


class OwnLinear(nn.Linear):
    """A subclass that computes the same in another way."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.einsum("...i,oi->...o", x, self.weight) + self.bias


LIKENESSES = {
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), (4, 9)),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(4), (4, 9)),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(2), (2, 3, 9)),
    "InstanceNorm1d": (lambda: nn.InstanceNorm1d(4, affine=True), (4, 9)),
    "LayerNorm": (lambda: nn.LayerNorm(9), (4, 9)),
    "RMSNorm over two dimensions": (lambda: nn.RMSNorm((4, 9)), (4, 9)),
    "RMSNorm of another library": (lambda: RootMeanSquare(9), (4, 9)),
    "RMSNorm times 1 + weight": (lambda: RootMeanSquare(9, 1.0), (4, 9)),
    "scale and shift": (lambda: Gain(9), (4, 9)),
    "PReLU of each channel": (lambda: nn.PReLU(4), (4, 9)),
    "Linear turned round": (lambda: Turned(9), (4, 9)),
    "Linear turned round, one token": (lambda: Turned(9), (9,)),
    "Linear of a subclass": (lambda: OwnLinear(9, 9), (4, 9)),
}


class TestLayersKnownByWhatTheyDo(GradientContract):
    @pytest.fixture(params=list(LIKENESSES))
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        layer, shape = LIKENESSES[request.param]
        return Subject(lambda: between(layer, shape[-1]), Numbers(*shape))


class ScaledEmbedding(nn.Embedding):
    """As in Gemma: what is looked up is multiplied by a constant."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * 3.0


class OffsetEmbedding(nn.Embedding):
    """As OPT's positions: row v + 2 is looked up for v."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x + 2)


TABLES = {
    "padding row": (lambda: nn.Embedding(5, 4, padding_idx=1), []),
    "scaled": (lambda: ScaledEmbedding(5, 4, padding_idx=0), []),
    "sparse gradients": (lambda: nn.Embedding(5, 4, sparse=True), []),
    "scaled by frequency": (lambda: nn.Embedding(5, 4, scale_grad_by_freq=True), ["0.weight"]),
    "offset": (lambda: OffsetEmbedding(7, 4), ["0.weight"]),
    "bag": (lambda: nn.EmbeddingBag(5, 4), ["0.weight"]),
}


class TestTables(GradientContract):
    @pytest.fixture(params=list(TABLES))
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        table, by_autograd = TABLES[request.param]
        return Subject(
            lambda: nn.Sequential(table(), nn.Linear(4, 3)), Notes(7, 5), by_autograd=by_autograd
        )


class Recurrent(nn.Module):
    """Reads the last state of a recurrent network."""

    def __init__(self, kind: type[nn.LSTM | nn.GRU]) -> None:
        super().__init__()
        self.cell = kind(4, 3, batch_first=True)
        self.out = nn.Linear(3, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.cell(x)[0])


class TestRecurrentNetworks(GradientContract):
    @pytest.fixture(params=[nn.LSTM, nn.GRU], ids=["LSTM", "GRU"])
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        names = [f"cell.{name}_l0" for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        kind = request.param
        return Subject(lambda: Recurrent(kind), Numbers(5, 4), by_autograd=names)


def test_a_padding_row_is_kept_from_vmap_even_if_the_surveyed_segment_has_none():
    """Under vmap torch gives the padding row of later samples a gradient."""
    task = Notes(7, 5)
    task.inputs[0] = task.inputs[0].clamp(max=3)
    task.inputs[1:, 2] = 4
    subject = Subject(
        lambda: nn.Sequential(OffsetEmbedding(7, 4, padding_idx=6), nn.Linear(4, 3)), task
    )
    featuriser = Featuriser(subject.model, task, subject.config())
    assert "0 is run again for one sample after the other" in featuriser.coverage().describe()
    featuriser.self_check(range(6))


def test_nothing_is_concluded_from_a_segment_that_moves_nothing():
    """On zeros a Linear turned round looks like any other."""
    task = Numbers(4, 9)
    task.inputs[0] = 0
    subject = Subject(lambda: nn.Sequential(Turned(9), nn.Linear(9, 3)), task)
    Featuriser(subject.model, task, subject.config()).self_check(range(6))
