"""The adapter to the attribution engine, and the baseline of plain similarity."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from attribution.reference.arrays import Tokens
from attribution.reference.embedding import embed
from attribution.reference.model import MusicTransformer
from attribution.reference.recipes import TINY
from attribution.reference.segments import Corpus
from attribution.reference.task import CorpusTask, SequenceTask
from attribution.reference.tokens import Vocabulary


@pytest.fixture(scope="module")
def model(vocabulary: Vocabulary) -> MusicTransformer:
    return MusicTransformer(TINY.model(len(vocabulary)), seed=3)


def test_the_output_of_a_window_is_the_sum_of_its_token_losses(
    model: MusicTransformer, corpus: Corpus
) -> None:
    task = CorpusTask(corpus)
    outputs = task.sample_outputs(model, task.batch(np.array([0, 3, 5]))).tolist()
    for row, segment in enumerate((0, 3, 5)):
        tokens = torch.from_numpy(corpus.sequence(segment).astype(np.int64))
        inputs = torch.cat((torch.tensor([corpus.bos]), tokens[:-1]))
        expected = functional.cross_entropy(model(inputs[None])[0], tokens, reduction="sum")
        assert outputs[row] == pytest.approx(expected.item(), rel=1e-5)


def test_an_output_does_not_depend_on_the_rest_of_the_batch(
    model: MusicTransformer, songs: list[Tokens]
) -> None:
    task = SequenceTask([songs[0][:10], songs[1][:64], songs[2][:33]], bos=0)
    together = task.sample_outputs(model, task.batch(np.arange(3)))
    alone = [task.sample_outputs(model, task.batch(np.array([i]))).item() for i in range(3)]
    assert together.tolist() == pytest.approx(alone, rel=1e-5)


def test_a_corpus_and_loose_sequences_agree(model: MusicTransformer, corpus: Corpus) -> None:
    segments = np.arange(4)
    whole = CorpusTask(corpus)
    loose = SequenceTask([corpus.sequence(int(i)) for i in segments], corpus.bos)
    outputs = [task.sample_outputs(model, task.batch(segments)) for task in (whole, loose)]
    assert torch.equal(outputs[0], outputs[1])


def test_gradients_reach_every_parameter(model: MusicTransformer, corpus: Corpus) -> None:
    task = CorpusTask(corpus)
    loss = task.sample_outputs(model, task.batch(np.arange(3))).sum()
    gradients = torch.autograd.grad(loss, list(model.parameters()))
    named = zip(model.named_parameters(), gradients, strict=True)
    assert [name for (name, _), gradient in named if not gradient.any()] == []


def test_embeddings_are_unit_vectors_that_know_a_copy(
    model: MusicTransformer, songs: list[Tokens]
) -> None:
    windows = [song[:64] for song in songs]
    vectors = embed(model, windows, bos=0, batch_size=5)
    assert vectors.shape == (len(songs), 32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(songs)), abs=1e-5)
    copy = embed(model, [windows[7]], bos=0)[0]
    assert int(np.argmax(vectors @ copy)) == 7


def test_an_embedding_does_not_see_padding(model: MusicTransformer, songs: list[Tokens]) -> None:
    short = songs[0][:17]
    alone, beside = embed(model, [short], 0), embed(model, [short, songs[1][:64]], 0)
    assert np.allclose(alone[0], beside[0], atol=1e-5)


def test_no_sequences_give_no_embeddings(model: MusicTransformer) -> None:
    assert embed(model, [], bos=0).shape == (0, 32)
