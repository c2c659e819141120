"""`nn.MultiheadAttention` and what torch builds of it: hooks see its hidden projections."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from attribution.engine.gradients.attention import exposed
from tests.engine.gradient_contract import GradientContract, Numbers, Subject

LENGTH, WIDTH = 5, 8
PROJECTIONS = ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]
Call = Callable[[nn.MultiheadAttention, Tensor], Tensor]


class Attending(nn.Module):
    """Calls one attention in some way."""

    def __init__(self, call: Call, **options: object) -> None:
        super().__init__()
        self.before = nn.Linear(WIDTH, WIDTH)
        self.attend = nn.MultiheadAttention(WIDTH, 2, **{"batch_first": True, **options})
        self.call = call
        with torch.no_grad():
            self.attend.in_proj_bias.copy_(torch.linspace(-1, 1, 3 * WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        return self.call(self.attend, self.before(x))


def causal(size: int = LENGTH) -> Tensor:
    return torch.ones(size, size).triu(1).bool()


def crossed(attend: nn.MultiheadAttention, y: Tensor) -> Tensor:
    return attend(y, y[:, 1:].sin(), y[:, 1:].cos())[0]


def padded(attend: nn.MultiheadAttention, y: Tensor) -> Tensor:
    return attend(y, y, y, key_padding_mask=y[..., 0] > y[..., 0].mean(1, keepdim=True))[0]


def weighed(attend: nn.MultiheadAttention, y: Tensor) -> Tensor:
    output, weights = attend(y, y, y)
    return output.sum(-1) + weights.square().sum(-1)


def each_head(attend: nn.MultiheadAttention, y: Tensor) -> Tensor:
    output, weights = attend(y, y, y, average_attn_weights=False)
    return output.sum(-1) + (weights.square().sum(-1) * torch.tensor([[[1.0], [2.0]]])).sum(1)


def float_mask(attend: nn.MultiheadAttention, y: Tensor) -> Tensor:
    return attend(y, y, y, attn_mask=torch.eye(LENGTH), need_weights=False)[0]


def mask_of_each_head(attend: nn.MultiheadAttention, y: Tensor) -> Tensor:
    return attend(y, y, y, attn_mask=causal().expand(2 * len(y), -1, -1), need_weights=False)[0]


def masks_of_both_kinds(attend: nn.MultiheadAttention, y: Tensor) -> Tensor:
    hidden = torch.zeros(y.shape[:2]).masked_fill(torch.arange(LENGTH) == LENGTH - 1, -torch.inf)
    mask = torch.zeros(LENGTH, LENGTH).masked_fill(causal(), -torch.inf)
    return attend(y, y, y, attn_mask=mask, key_padding_mask=hidden, need_weights=False)[0]


def time_first(attend: nn.MultiheadAttention, y: Tensor) -> Tensor:
    z = y.transpose(0, 1)
    return attend(z, z, z, attn_mask=causal(), is_causal=True)[0].transpose(0, 1)


def one_at_a_time_inside(attend: nn.MultiheadAttention, y: Tensor) -> Tensor:
    return torch.stack([attend(row, row, row)[0] for row in y])


CALLS: dict[str, Call] = {
    "of itself": lambda attend, y: attend(y, y, y, need_weights=False)[0],
    "with weights": lambda attend, y: attend(y, y, y)[0],
    "to another length": crossed,
    "padded": padded,
    "whose weights count": weighed,
    "whose weights count by head": each_head,
    "with a mask of numbers": float_mask,
    "with a mask for each head": mask_of_each_head,
    "with masks of both kinds": masks_of_both_kinds,
}


class TestAttention(GradientContract):
    @pytest.fixture(params=list(CALLS))
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        call = CALLS[request.param]
        return Subject(lambda: Attending(call), Numbers(LENGTH, WIDTH))

    @pytest.mark.parametrize("call", [*CALLS.values(), one_at_a_time_inside], ids=[*CALLS, "alone"])
    def test_the_exposed_forward_is_torchs(self, call: Call) -> None:
        torch.manual_seed(0)
        model, x = Attending(call).eval(), torch.randn(3, LENGTH, WIDTH)
        expected = model(x)
        with exposed(model):
            torch.testing.assert_close(model(x), expected)
        assert model(x).equal(expected)


class TestAttentionWithTimeFirst(GradientContract):
    @pytest.fixture
    def subject(self) -> Subject:
        make = lambda: Attending(time_first, batch_first=False)  # noqa: E731
        return Subject(make, Numbers(LENGTH, WIDTH))


UNUSUAL: dict[str, dict[str, object]] = {
    "added keys": {"add_bias_kv": True},
    "added zeros": {"add_zero_attn": True},
}


class TestAttentionThatIsNotExposed(GradientContract):
    """The module runs again by itself."""

    @pytest.fixture(params=list(UNUSUAL))
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        options = UNUSUAL[request.param]
        names = PROJECTIONS + (["bias_k", "bias_v"] if "add_bias_kv" in options else [])
        return Subject(
            lambda: Attending(CALLS["of itself"], **options),
            Numbers(LENGTH, WIDTH),
            by_autograd=[f"attend.{name}" for name in names],
        )


class TestAttentionOfLoneSamples(GradientContract):
    """The model calls it for one sample after the other, so that the batch cannot be told apart."""

    @pytest.fixture
    def subject(self) -> Subject:
        return Subject(
            lambda: Attending(one_at_a_time_inside),
            Numbers(LENGTH, WIDTH),
            by_autograd=[f"attend.{name}" for name in PROJECTIONS],
            batched=False,
        )


class Whole(nn.Module):
    """torch's own encoder and decoder, without anything before them that has a gradient."""

    def __init__(self) -> None:
        super().__init__()
        sizes = {"d_model": WIDTH, "nhead": 2, "dim_feedforward": 12, "dropout": 0.5}
        self.net = nn.Transformer(**sizes, num_encoder_layers=1, num_decoder_layers=1)

    def forward(self, x: Tensor) -> Tensor:
        y = x.transpose(0, 1)
        return self.net(y, y.flip(0), tgt_mask=causal()).transpose(0, 1)


@pytest.mark.filterwarnings("ignore:enable_nested_tensor:UserWarning")
class TestTransformer(GradientContract):
    @pytest.fixture
    def subject(self) -> Subject:
        return Subject(Whole, Numbers(LENGTH, WIDTH))


class TestEncoder(GradientContract):
    """Batch first and with nothing before it, torch would run it fused, past all hooks."""

    @pytest.fixture
    def subject(self) -> Subject:
        def make() -> nn.Module:
            layer = nn.TransformerEncoderLayer(WIDTH, 2, 12, batch_first=True)
            return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

        return Subject(make, Numbers(LENGTH, WIDTH))
