"""Sampling is seeded, continues what it is given, and becomes music that can be read."""

from pathlib import Path

import numpy as np
import pytest
import torch

from attribution.reference.arrays import Tokens
from attribution.reference.checkpoints import load_model
from attribution.reference.model import MusicTransformer
from attribution.reference.recipes import TINY
from attribution.reference.sampling import SamplingConfig, next_token_probabilities, sample
from attribution.reference.segments import Corpus
from attribution.reference.tokens import Vocabulary
from attribution.reference.training import train

EMPTY = np.zeros(0, dtype=np.int64)


@pytest.fixture(scope="module")
def model(
    vocabulary: Vocabulary, corpus: Corpus, tmp_path_factory: pytest.TempPathFactory
) -> MusicTransformer:
    sizes = TINY.model(len(vocabulary))
    return load_model(train(sizes, TINY.training(0), corpus, tmp_path_factory.mktemp("run"))[-1])


def test_one_seed_writes_one_piece_and_another_another(model: MusicTransformer) -> None:
    first, again, other = (
        sample(model, [EMPTY] * 2, 100, 0, SamplingConfig(seed=seed)) for seed in (1, 1, 2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    assert not np.array_equal(first[0], first[1])


def test_a_prompt_is_continued_and_kept(model: MusicTransformer, songs: list[Tokens]) -> None:
    prompts = [song[:20] for song in songs[:3]]
    pieces = sample(model, prompts, 50, 0, SamplingConfig())
    for prompt, piece in zip(prompts, pieces, strict=True):
        assert len(piece) == 50
        assert np.array_equal(piece[:20], prompt)


def test_a_prompt_longer_than_the_context_is_continued(
    model: MusicTransformer, songs: list[Tokens]
) -> None:
    piece = sample(model, [songs[0][:200]], 300, 0, SamplingConfig())[0]
    assert len(piece) == 300
    assert np.array_equal(piece[:200], songs[0][:200])


def test_almost_no_temperature_takes_the_likeliest_token(
    model: MusicTransformer, songs: list[Tokens]
) -> None:
    prompt = songs[1][:10]
    piece = sample(model, [prompt], 40, 0, SamplingConfig(temperature=1e-4))[0]
    with torch.inference_mode():
        for position in range(10, 40):
            so_far = np.concatenate(([0], piece[:position]))[None].astype(np.int64)
            logits = model(torch.from_numpy(so_far))[0, -1]
            logits[0] = -torch.inf
            assert logits[piece[position]] == pytest.approx(float(logits.max()), abs=1e-3)


def test_barred_tokens_are_never_written(model: MusicTransformer, vocabulary: Vocabulary) -> None:
    barred = list(vocabulary.pitches)[::2]
    piece = sample(model, [EMPTY] * 4, 150, vocabulary.bos, SamplingConfig(top_p=1.0), barred)
    assert not np.isin(np.concatenate(piece), [vocabulary.bos, *barred]).any()


def test_top_p_keeps_the_fewest_tokens_that_reach_it() -> None:
    logits = torch.tensor([[0.5, 0.25, 0.15, 0.1]]).log()
    kept = next_token_probabilities(logits, SamplingConfig(top_p=0.7))
    assert kept.tolist()[0] == pytest.approx([2 / 3, 1 / 3, 0, 0])
    everything = next_token_probabilities(logits, SamplingConfig(top_p=1.0))
    assert everything.tolist()[0] == pytest.approx([0.5, 0.25, 0.15, 0.1])
    greedy = next_token_probabilities(logits, SamplingConfig(top_p=1e-9))
    assert greedy.tolist()[0] == [1, 0, 0, 0]


def test_temperature_sharpens_and_flattens() -> None:
    logits = torch.tensor([[0.8, 0.2]]).log()
    cold, hot = (
        next_token_probabilities(logits, SamplingConfig(temperature=t, top_p=1.0))[0, 0]
        for t in (0.5, 2.0)
    )
    assert float(cold) == pytest.approx(0.64 / 0.68)
    assert float(hot) == pytest.approx(2 / 3)


def test_what_is_written_can_be_read_as_music(
    model: MusicTransformer, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    for number, piece in enumerate(sample(model, [EMPTY] * 3, 200, 0, SamplingConfig())):
        path = tmp_path / f"{number}.mid"
        path.write_bytes(vocabulary.decode(piece))
        assert len(vocabulary.encode_file(path)) > 20


def test_prompts_of_several_lengths_are_refused(model: MusicTransformer) -> None:
    with pytest.raises(ValueError, match="one length below 9"):
        sample(model, [EMPTY, np.array([3])], 9, 0, SamplingConfig())
    with pytest.raises(ValueError, match="one length below 1"):
        sample(model, [np.array([3])], 1, 0, SamplingConfig())


@pytest.mark.parametrize(("temperature", "top_p"), [(0.0, 0.9), (1.0, 0.0), (1.0, 1.5)])
def test_senseless_options_are_refused(temperature: float, top_p: float) -> None:
    with pytest.raises(ValueError, match="Temperature must be above 0"):
        SamplingConfig(temperature, top_p)
