"""Sequences of tokens become one number each, whatever the model returns and however long."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from attribution.engine import (
    BadGradients,
    CaptureConfig,
    Featuriser,
    TokenTask,
    summed_loss,
    summed_margin,
)

VOCABULARY = 6
SEQUENCES = [[1, 2, 3, 4, 5], [5, 0], [2, 2, 0]]


class Reader(nn.Module):
    """Predicts from the last token alone; `wrap` says in which form logits are returned."""

    def __init__(self, wrap: object = lambda logits: logits) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.table = nn.Embedding(VOCABULARY, 4)
        self.out = nn.Linear(4, VOCABULARY)
        self.wrap = wrap

    def forward(self, x: Tensor) -> object:
        return self.wrap(self.out(self.table(x)))


class Looking(Reader):
    """Sees tokens that are still to come, unless a mask hides the padding."""

    def forward(self, x: Tensor, attention_mask: Tensor, use_cache: bool = True) -> Tensor:
        assert not use_cache
        seen = self.table(x) * attention_mask.unsqueeze(-1)
        return self.out(seen + seen.sum(1, keepdim=True))


class Returned:
    def __init__(self, logits: Tensor) -> None:
        self.logits = logits


def outputs(task: TokenTask, model: nn.Module, segments: list[int]) -> Tensor:
    return task.sample_outputs(model, task.batch(np.array(segments)))


@pytest.mark.parametrize("start", [None, 3])
def test_the_loss_is_the_sum_over_the_tokens_that_are_there(start):
    model = Reader()
    found = outputs(TokenTask(SEQUENCES, start=start), model, [0, 1, 2])
    for number, tokens in zip(found, SEQUENCES, strict=True):
        whole = tokens if start is None else [start, *tokens]
        logits = model(torch.tensor([whole[:-1]]))[0]
        expected = functional.cross_entropy(logits, torch.tensor(whole[1:]), reduction="sum")
        torch.testing.assert_close(number, expected)


@pytest.mark.parametrize("model", [Reader(), Looking()], ids=["causal", "masked"])
@pytest.mark.parametrize("output", [summed_loss, summed_margin])
def test_company_and_padding_change_nothing(model, output):
    task = TokenTask(SEQUENCES, output, padding=5)
    together = outputs(task, model, [0, 1, 2])
    alone = torch.cat([outputs(task, model, [segment]) for segment in range(3)])
    torch.testing.assert_close(together, alone)


@pytest.mark.parametrize(
    "wrap",
    [Returned, lambda logits: (logits, None), lambda logits: logits],
    ids=["object", "tuple", "tensor"],
)
def test_logits_are_found_in_what_the_model_returns(wrap):
    expected = outputs(TokenTask(SEQUENCES), Reader(), [0])
    torch.testing.assert_close(outputs(TokenTask(SEQUENCES), Reader(wrap), [0]), expected)


def test_sequences_may_come_from_a_function():
    expected = outputs(TokenTask(SEQUENCES), Reader(), [2, 0])
    found = outputs(TokenTask(lambda segment: np.array(SEQUENCES[segment])), Reader(), [2, 0])
    torch.testing.assert_close(found, expected)


def test_an_output_of_the_users_own_is_differentiated():
    def entropy(logits: Tensor, targets: Tensor, counted: Tensor) -> Tensor:
        odds = logits.log_softmax(-1)
        return -((odds.exp() * odds).sum(-1) * counted).sum(1)

    config = CaptureConfig(dimension=64, curvature="none", batch_size=2)
    one, two = (
        Featuriser(Reader(), TokenTask(SEQUENCES, output), config)
        for output in (entropy, summed_loss)
    )
    one.self_check([0, 1, 2])
    assert not np.allclose(one.features([0]), two.features([0]))


@given(
    st.lists(st.floats(-30, 30, width=32), min_size=2, max_size=6),
    st.integers(0, 5),
)
def test_the_margin_is_the_log_odds(numbers, place):
    target = place % len(numbers)
    logits = torch.tensor(numbers, dtype=torch.float32)
    exact = logits.double().softmax(0)
    others = torch.cat([exact[:target], exact[target + 1 :]]).sum()
    found = summed_margin(logits[None, None], torch.tensor([[target]]), torch.ones(1, 1).bool())
    torch.testing.assert_close(
        found[0].double(), (exact[target] / others).log(), rtol=1e-4, atol=1e-4
    )


def test_the_margin_keeps_a_gradient_where_the_model_is_sure():
    logits = torch.tensor([[[60.0, 0.0, -1.0]]], requires_grad=True)
    target, counted = torch.tensor([[0]]), torch.ones(1, 1).bool()
    (loss,) = torch.autograd.grad(summed_loss(logits, target, counted).sum(), logits)
    (margin,) = torch.autograd.grad(summed_margin(logits, target, counted).sum(), logits)
    assert loss.abs().max() < 1e-20
    assert margin[0, 0, 0] == 1


@pytest.mark.parametrize("tokens", [[], [3], [[1, 2], [3, 4]]], ids=["none", "one", "two rows"])
def test_a_sequence_that_predicts_nothing_is_refused(tokens):
    with pytest.raises(BadGradients, match=r"Segment 1 has .* nothing can be predicted"):
        TokenTask([[1, 2], tokens]).batch(np.array([0, 1]))


@pytest.mark.parametrize("tokens", [[1, 9, 1], [1, -1, 2], [1, 2, 9]])
def test_tokens_of_another_vocabulary_are_refused(tokens):
    with pytest.raises(BadGradients, match="vocabulary"):
        outputs(TokenTask([tokens]), Reader(), [0])


@pytest.mark.parametrize(
    ("wrap", "sentence"),
    [
        (lambda logits: {"scores": logits}, "returned dict and no logits"),
        (lambda logits: logits[:, -1], "TokenTask needs"),
        (lambda logits: logits[:, :-1], "TokenTask needs"),
    ],
    ids=["dictionary", "last token", "one too few"],
)
def test_a_model_that_returns_no_logits_is_refused(wrap, sentence):
    with pytest.raises(BadGradients, match=sentence):
        outputs(TokenTask(SEQUENCES), Reader(wrap), [0])
