"""Peer libraries are asked rightly: what each returns is what it says that it approximates.

A test of a library that is not installed is skipped; `make peers` installs them all.
"""

import sys
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from attribution.reference.checkpoints import load_model
from benchmarks.fidelity import retraining
from benchmarks.fidelity.methods import Member
from benchmarks.fidelity.methods.base import MethodFailed, Scores
from benchmarks.fidelity.methods.bergson import Bergson, BergsonEkfac, one_position_more
from benchmarks.fidelity.methods.dattri_logra import DattriLogra
from benchmarks.fidelity.methods.dattri_trak import DattriTrak, attribution_task
from benchmarks.fidelity.methods.gram import ExactGram
from benchmarks.fidelity.methods.kronfluence import Kronfluence
from benchmarks.fidelity.methods.peer import (
    Peer,
    absent,
    linear_modules,
    summed_losses,
    windows,
    without_heads,
)
from benchmarks.fidelity.methods.traker import EXPERIMENT, Traker, project_queries

NO_CURVATURE = 1e6  # so much damping leaves the inner product of gradients
SMALL: dict[str, Peer] = {  # for a model of about a thousand parameters
    "dattri TRAK": DattriTrak(256),
    "traker": Traker(256),
    "dattri LoGra": DattriLogra(8),
    "bergson": Bergson(8),
    "bergson EK-FAC": BergsonEkfac(),
    "kronfluence": Kronfluence(),
}


@pytest.fixture(scope="module")
def member(world, observed, made) -> Member:
    model = load_model(retraining.full_model(world, made[0])[-1])
    return Member("last", model, world.full_corpus(), observed.queries.sequences)


@pytest.fixture(scope="module")
def mirrored(member) -> Member:
    """The segments are asked for themselves."""
    return Member("mirrored", member.model, member.corpus, member.segments)


def installed(peer: Peer) -> Peer:
    if peer.installed is None:
        pytest.skip(f"{peer.distribution} is not installed (make peers)")
    return peer


def of(peer: Peer, member: Member) -> dict[str, Scores]:
    return dict(installed(peer).scores(member))


def likeness(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def linear_gradients(member: Member) -> list[np.ndarray]:
    """Gradients of each Linear layer, exact: (n + n_queries, numbers of the layer).

    The head's weight is the embedding's; a hook on the head sees only its own part of the gradient,
    so the two are parted.
    """
    model = without_heads(member.model)
    model.embedding.weight = torch.nn.Parameter(model.embedding.weight.detach().clone())
    parameters = [list(layer.parameters()) for layer in linear_modules(model)]
    rows = []
    for sequence in [*member.segments, *member.queries]:
        inputs, targets, mask = windows(member, [sequence])
        loss = summed_losses(model(inputs), targets, mask).sum()
        found = [torch.autograd.grad(loss, layer, retain_graph=True) for layer in parameters]
        rows.append([torch.cat([part.reshape(-1) for part in layer]).numpy() for layer in found])
    return [np.stack(layer).astype(np.float64) for layer in zip(*rows, strict=True)]


def absolutely(layer: np.ndarray) -> float:
    """The weight of a layer whose damping is the same number as all others'."""
    return 1.0


def by_trace(layer: np.ndarray) -> float:
    """That of a layer with as many numbers as all others, damped by its mean eigenvalue."""
    return 1 / float(np.square(layer).sum())


def by_mean(layer: np.ndarray) -> float:
    """That of a layer damped by its mean eigenvalue."""
    return layer.shape[1] / float(np.square(layer).sum())


@pytest.fixture(scope="module")
def layers(member) -> list[np.ndarray]:
    return linear_gradients(member)


def test_the_flattened_copy_of_the_model_says_the_same(member):
    inputs, _, _ = windows(member, member.segments)
    with torch.no_grad():
        torch.testing.assert_close(without_heads(member.model)(inputs), member.model(inputs))


def test_the_copy_that_reads_one_token_more_says_the_same_of_the_others(member):
    inputs, _, _ = windows(member, member.segments)
    longer = torch.cat((inputs, inputs[:, :1]), dim=1)
    assert longer.shape[1] > member.model.config.context
    with torch.no_grad():
        torch.testing.assert_close(
            one_position_more(member.model)(longer)[:, :-1], member.model(inputs)
        )


def test_losses_of_peers_are_those_of_the_engines_task(member):
    inputs, targets, mask = windows(member, member.segments)
    task, every = member.segment_task, np.arange(member.n_segments)
    with torch.no_grad():
        torch.testing.assert_close(
            summed_losses(member.model(inputs), targets, mask),
            task.sample_outputs(member.model, task.batch(every)),
        )


@pytest.mark.parametrize("peer", [DattriTrak(512), Traker(512)], ids=["dattri", "traker"])
def test_trak_approaches_its_exact_kernel(peer, member):
    exact = dict(ExactGram().scores(member))
    for setting, scores in of(peer, member).items():
        assert likeness(scores, exact[setting]) > 0.95, setting


def test_dattris_own_attributor_gives_the_same_scores(member):
    peer = installed(DattriTrak(64))
    from dattri.algorithm.trak import TRAKAttributor
    from torch.utils.data import DataLoader, TensorDataset

    attributor = TRAKAttributor(
        attribution_task(member),
        correct_probability_func=lambda weights, window: torch.zeros(1),
        projector_kwargs=peer.projector(member),
        regularization=ridge_of(peer, member),
    )
    segments, queries = (
        DataLoader(TensorDataset(*windows(member, sequences)), batch_size=5)
        for sequences in (member.segments, member.queries)
    )
    attributor.cache(segments)
    whole = attributor.attribute(queries).detach().numpy().T
    np.testing.assert_allclose(of(peer, member)["damping 0.1"], whole, rtol=1e-2, atol=1e-3)


def ridge_of(peer: DattriTrak, member: Member) -> float:
    """A tenth of the mean eigenvalue of the projected rows' Gram matrix."""
    rows = peer.projected(attribution_task(member), member, windows(member, member.segments))
    return 0.1 * float(rows.square().sum()) / len(rows)


def test_trakers_own_scores_are_the_same_up_to_scale(member, tmp_path):
    peer = installed(Traker(256))
    found = of(peer, member)["damping 0.1"]
    tracer = peer.featurised(member, str(tmp_path))
    rows = np.asarray(tracer.saver.current_store["grads"])
    tracer.score_computer.lambda_reg = 0.1 * float(np.square(rows).sum()) / len(rows)
    tracer.finalize_features()
    project_queries(tracer, member)
    whole = np.asarray(tracer.finalize_scores(EXPERIMENT)).T
    np.testing.assert_allclose(found, whole, rtol=1e-3, atol=1e-5 * np.abs(whole).max())


@pytest.mark.parametrize(
    ("peer", "weight", "least"),
    [
        (DattriLogra(24, (NO_CURVATURE,)), by_trace, 0.9),
        (Bergson(24, (NO_CURVATURE,)), by_trace, 0.9),
        (BergsonEkfac((NO_CURVATURE,)), by_mean, 0.98),  # its traces are of sampled labels
        (Kronfluence((NO_CURVATURE,)), absolutely, 0.9999),
    ],
    ids=["dattri LoGra", "bergson", "bergson EK-FAC", "kronfluence"],
)
def test_without_curvature_scores_are_inner_products_of_linear_gradients(
    peer, weight, least, member, layers
):
    *_, scores = of(peer, member).values()
    n = member.n_segments
    dots = sum(weight(layer[:n]) * layer[n:] @ layer[:n].T for layer in layers)
    assert scores.shape == dots.shape
    assert likeness(scores, dots) > least


@pytest.mark.parametrize("peer", SMALL.values(), ids=SMALL)
def test_a_segment_explains_itself_better_than_any_other_does(peer, mirrored):
    for setting, scores in of(peer, mirrored).items():
        assert np.isfinite(scores).all(), setting
        own = scores.diagonal() > 0
        first = scores.argmax(1) == np.arange(len(scores))
        assert own.all(), setting
        assert first.mean() > 0.7, setting


class _Nowhere(Peer):
    """A library that nobody can install."""

    name, distribution = "nowhere", "a-library-that-does-not-exist"

    def peer_scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        raise AssertionError("asked although it is not there")


class _Broken(Peer):
    """A library that is there, and raises."""

    name, distribution = "broken", "numpy"

    def peer_scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        sys.stdout.write("half a progress bar")
        yield "good so far", np.zeros((1, 1))
        raise RuntimeError("no such tensor\nand a hundred lines more")


def test_a_peer_that_is_not_installed_says_how_to_install_it(member):
    assert absent([_Nowhere(), _Broken(), _Nowhere()]) == ["a-library-that-does-not-exist"]
    with pytest.raises(MethodFailed, match=r"does-not-exist is not installed.*make peers"):
        list(_Nowhere().scores(member))


def test_what_a_peer_raises_is_told_in_a_line_and_what_it_prints_is_not(member, capsys):
    with pytest.raises(MethodFailed, match=r"^numpy \S+ failed: RuntimeError: no such tensor$"):
        list(_Broken().scores(member))
    assert capsys.readouterr().out == ""


def test_a_peer_leaves_random_numbers_and_the_model_as_they_were(member):
    before = {name: value.clone() for name, value in member.model.state_dict().items()}
    torch.manual_seed(5)
    first = torch.rand(1)
    for peer in SMALL.values():
        if peer.installed is None:
            continue
        torch.manual_seed(5)
        list(peer.scores(member))
        assert torch.equal(torch.rand(1), first), f"{peer.name} drew from our random numbers"
        assert not any(module._forward_hooks for module in member.model.modules())
        assert all(value.requires_grad for value in member.model.parameters())
        for name, value in member.model.state_dict().items():
            assert torch.equal(value, before[name]), f"{peer.name} changed {name}"
