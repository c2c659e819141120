"""Language models of another library, built small and at random, as their makers wrote them."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn

from attribution.engine import Featuriser, TokenTask, summed_margin
from attribution.engine.gradients.check import autograd_gradients
from attribution.engine.gradients.survey import survey
from tests.engine.gradient_contract import GradientContract, Subject

transformers: ModuleType = pytest.importorskip(
    "transformers", reason="pip install 'tantieme[transformers]' runs these"
)

VOCABULARY, LENGTH = 23, 12
SIZES = {
    "vocab_size": VOCABULARY,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}


def sequences() -> list[np.ndarray]:
    """Six of different lengths, with the padding token among the tokens."""
    generator = np.random.default_rng(4)
    return [generator.integers(0, VOCABULARY, length) for length in (12, 7, 12, 2, 9, 12)]


def gpt2() -> nn.Module:
    sizes = {"n_embd": 16, "n_layer": 2, "n_head": 4, "n_positions": 32, "vocab_size": VOCABULARY}
    config = transformers.GPT2Config(**sizes, bos_token_id=1, eos_token_id=2)
    return transformers.GPT2LMHeadModel(config)


def llama(**changes: object) -> nn.Module:
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**{**SIZES, **changes}))


def gemma() -> nn.Module:
    config = transformers.Gemma2Config(**SIZES, head_dim=4)
    return transformers.Gemma2ForCausalLM(config)


def mixtral() -> nn.Module:
    config = transformers.MixtralConfig(**SIZES, num_local_experts=2, num_experts_per_tok=1)
    return transformers.MixtralForCausalLM(config)


MODELS: dict[str, Callable[[], nn.Module]] = {
    "GPT-2": gpt2,
    "Llama": llama,
    "Llama, tied": lambda: llama(tie_word_embeddings=True, attention_bias=True),
    "Gemma 2": gemma,
}


class TestHuggingFaceModels(GradientContract):
    """Every parameter by hooks, in whole batches, with nothing of the library imported."""

    @pytest.fixture(params=list(MODELS))
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        return Subject(MODELS[request.param], TokenTask(sequences()))

    def test_the_margin_is_seen_as_well_as_the_loss(self, subject: Subject) -> None:
        task = TokenTask(sequences(), summed_margin, start=1)
        Featuriser(subject.model, task, subject.config()).self_check([1, 3, 5])

    def test_padding_and_company_change_no_gradient(self, subject: Subject) -> None:
        names = [name for name, _ in subject.model.named_parameters()]
        alone = autograd_gradients(subject.model, subject.task, [3], names)
        batch = subject.task.batch(np.array([3, 0]))
        assert batch.tokens.shape == (2, LENGTH - 1)
        output = subject.task.sample_outputs(subject.model.eval(), batch)[0]
        grads = torch.autograd.grad(output, list(subject.model.parameters()))
        for name, grad in zip(names, grads, strict=True):
            torch.testing.assert_close(alone[name][0], grad.flatten(), rtol=1e-3, atol=1e-5)


class TestMixtureOfExperts(GradientContract):
    """Tokens of all samples are sorted to experts, which are run again for every sample."""

    @pytest.fixture
    def subject(self) -> Subject:
        names = [
            f"model.layers.{layer}.mlp.experts.{side}"
            for layer in (0, 1)
            for side in ("gate_up_proj", "down_proj")
        ]
        routers = [f"model.layers.{layer}.mlp.gate.weight" for layer in (0, 1)]
        return Subject(mixtral, TokenTask(sequences()), by_autograd=names + routers)


def test_the_weights_of_gpt2_are_matrices_to_the_engine():
    """Recognised as Linears turned round, they are whitened on both sides."""
    model = gpt2()
    plan = survey(model, TokenTask(sequences()), Subject(gpt2, TokenTask(sequences())).config())
    assert plan.kinds["transformer.h.0.attn.c_attn.weight"] == "linear"
    assert plan.is_matrix("transformer.h.0.attn.c_attn.weight")
    assert set(plan.kinds.values()) == {"linear", "embedding", "norm"}


@pytest.mark.parametrize("make", [gpt2, llama], ids=["GPT-2", "Llama"])
def test_half_precision_is_summed_in_whole(make):
    """bfloat16 weights give rows near those of the same weights in float32, and float32 sums."""
    torch.manual_seed(0)
    model = make().bfloat16()
    torch.manual_seed(0)
    whole = make()
    whole.load_state_dict({name: v.float() for name, v in model.state_dict().items()})
    subject = Subject(make, TokenTask(sequences()))
    rows = []
    for each in (model, whole):
        featuriser = Featuriser(each, subject.task, subject.config())
        featuriser.self_check([0, 1, 3])
        rows.append(featuriser.features(range(6)))
    cosines = (rows[0] * rows[1]).sum(1) / np.linalg.norm(rows, axis=2).prod(0)
    assert rows[0].dtype == np.float32
    assert cosines.min() > 0.999
