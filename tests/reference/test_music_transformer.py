"""The network: causal, relative, open to hooks, and the same from the same seed."""

import math

import pytest
import torch
from torch import Tensor, nn

from attribution.reference.model import ModelConfig, MusicTransformer, skew

CONFIG = ModelConfig(vocabulary=40, context=24, width=16, layers=2, heads=2, hidden=32)


@pytest.fixture
def model() -> MusicTransformer:
    """With large random weights, so that everything has an influence worth measuring."""
    network = MusicTransformer(CONFIG, seed=1).eval()
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0.0, 0.4, generator=generator)
    return network


@pytest.fixture
def tokens() -> Tensor:
    return torch.randint(0, 40, (3, 24), generator=torch.Generator().manual_seed(3))


def test_a_later_token_changes_nothing_before_it(model: MusicTransformer, tokens: Tensor) -> None:
    changed = tokens.clone()
    changed[:, 15] = (changed[:, 15] + 1) % 40
    before, after = model(tokens), model(changed)
    assert torch.equal(before[:, :15], after[:, :15])
    assert not torch.allclose(before[:, 15:], after[:, 15:])


def test_the_skew_puts_each_distance_at_its_place() -> None:
    length = 5
    by_distance = torch.arange(length - 1, -1, -1).float().expand(1, length, length)
    scores = skew(by_distance.contiguous())[0]
    for query in range(length):
        for key in range(query + 1):
            assert scores[query, key] == query - key


def attention_by_definition(model: MusicTransformer, x: Tensor) -> Tensor:
    """The formula of the module docstring, with loops."""
    layer, length = model.blocks[0].attention, x.shape[0]
    q, k, v = (f(x).view(length, 2, 8) for f in (layer.query, layer.key, layer.value))
    mixed = torch.zeros(length, 2, 8)
    for head in range(2):
        for i in range(length):
            keys = [k[j, head] + layer.distance.weight[23 - (i - j)] for j in range(i + 1)]
            scores = torch.stack(keys) @ q[i, head] / math.sqrt(8)
            mixed[i, head] = scores.softmax(0) @ v[: i + 1, head]
    out: Tensor = layer.out(mixed.flatten(1))
    return out


@pytest.mark.parametrize("length", [1, 7, 24])
def test_attention_equals_its_definition(model: MusicTransformer, length: int) -> None:
    x = torch.randn(1, length, 16, generator=torch.Generator().manual_seed(4))
    blocked = torch.ones(length, length, dtype=torch.bool).triu(1)
    fast, _ = model.blocks[0].attention(x, blocked, None)
    assert torch.allclose(fast[0], attention_by_definition(model, x[0]), atol=1e-5)


def test_only_distances_matter_and_not_places(model: MusicTransformer) -> None:
    """The same tokens read later, with the keys before them removed, mean the same."""
    layer = model.blocks[0].attention
    x = torch.randn(1, 20, 16, generator=torch.Generator().manual_seed(5))
    far = torch.zeros(20, 20, dtype=torch.bool)
    far[:, :6] = True
    blocked = torch.ones(20, 20, dtype=torch.bool).triu(1)
    late, _ = layer(x, blocked | far.masked_fill(torch.arange(20)[:, None] < 6, False), None)
    early, _ = layer(x[:, 6:], blocked[:14, :14], None)
    assert torch.allclose(late[:, 6:], early, atol=1e-5)


def test_order_matters(model: MusicTransformer, tokens: Tensor) -> None:
    swapped = tokens.clone()
    swapped[:, [2, 9]] = swapped[:, [9, 2]]
    assert not torch.allclose(model(tokens)[:, -1], model(swapped)[:, -1])


def test_reading_token_by_token_gives_the_same_states(
    model: MusicTransformer, tokens: Tensor
) -> None:
    whole, _ = model.read(tokens)
    state, past = model.read(tokens[:, :10])
    states = [state]
    for position in range(10, 24):
        state, past = model.read(tokens[:, position : position + 1], past)
        states.append(state)
    assert torch.allclose(torch.cat(states, dim=1), whole, atol=1e-4)


def test_more_tokens_than_the_context_are_refused(model: MusicTransformer) -> None:
    with pytest.raises(ValueError, match="25 tokens do not fit a context of 24"):
        model(torch.zeros(1, 25, dtype=torch.int64))


@pytest.mark.parametrize("tied", [True, False])
def test_every_parameter_lies_in_a_module_that_hooks_see_with_the_batch_first(
    tokens: Tensor, tied: bool
) -> None:
    sizes = {**CONFIG.__dict__, "tied": tied}
    network, calls = MusicTransformer(ModelConfig(**sizes)), []
    for name, module in network.named_modules():
        if next(module.parameters(recurse=False), None) is not None:
            assert isinstance(module, nn.Linear | nn.Embedding | nn.LayerNorm)
            module.register_forward_hook(lambda *args, name=name: calls.append((name, args[1])))
    network(tokens)
    assert all(inputs[0].shape[0] == len(tokens) for _, inputs in calls)
    owners = {f"{name}." for name, _ in calls}
    assert len(owners) == len(calls)  # each is called once
    assert all(n.rpartition(".")[0] + "." in owners for n, _ in network.named_parameters())


def test_one_seed_is_one_model_whatever_ran_before() -> None:
    first = MusicTransformer(CONFIG, seed=5).state_dict()
    torch.randn(7)
    again, other = (MusicTransformer(CONFIG, seed=s).state_dict() for s in (5, 6))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["embedding.weight"], other["embedding.weight"])


def test_an_untrained_model_is_almost_indifferent(tokens: Tensor) -> None:
    p = MusicTransformer(CONFIG)(tokens).softmax(-1)
    assert p.max() < 2 / 40


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be split over 5 heads"):
        ModelConfig(vocabulary=4, width=12, heads=5)
    with pytest.raises(ValueError, match="at least 1"):
        ModelConfig(vocabulary=0)
