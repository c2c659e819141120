"""Training the reference model by jobs, and measuring whether it learnt anything.

Stands for the platform's own training: where a platform brings its own checkpoints, they are
registered in the catalogue and nothing here is used.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

from attribution.services.corpora import controls, load_corpus, model_folder, trained
from attribution.services.reading import Reader
from catalog.models import ModelVersion
from catalog.services.training_sets import register_checkpoint
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from common.jobs.registry import JobError, Progress

if TYPE_CHECKING:
    from attribution.adapters.protocol import Cut
    from attribution.reference.recipes import Recipe
    from attribution.reference.segments import Corpus, Windows


def request_training(model_version: ModelVersion, *, size: str, seeds: Sequence[int]) -> list[Job]:
    """Ask for one training run a seed.

    Args:
        size: the name of a configuration of the reference model: "tiny", "demo" or "full".
        seeds: one ensemble member for each.
    """
    return [
        enqueue(
            "attribution.train_reference",
            {"model_version": model_version.pk, "size": size, "seed": seed},
            queue="gpu",
            key=f"{model_version.pk}:{size}:{seed}",
        )
        for seed in seeds
    ]


def train_member(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Train one member and register its checkpoints; returns how well it predicts.

    The losses are nats a token: `train_nats` on what it was trained on, `control_nats` on pieces
    that it never saw.
    """
    from attribution.adapters.symbolic import vocabulary
    from attribution.reference.checkpoints import load_model
    from attribution.reference.training import Progress as Step
    from attribution.reference.training import nats_per_token, train

    model_version = ModelVersion.objects.get(pk=payload["model_version"])
    recipe, seed = _recipe(payload["size"]), int(payload["seed"])
    everything = load_corpus(model_version.training_set, untrained_reader(recipe), progress)

    def report(step: Step) -> None:
        note = f"member {seed}: {step.loss:.2f} nats, {step.tokens_per_second:,.0f} tokens/s"
        progress(step.tokens, step.tokens_total, note)

    checkpoints = train(
        recipe.model(len(vocabulary())),
        recipe.training(seed),
        _notes(trained(everything)),
        model_folder(model_version) / f"seed-{seed}",
        report,
    )
    last = load_model(checkpoints[-1])
    metrics = {
        "train_nats": nats_per_token(last, _notes(trained(everything))),
        "control_nats": nats_per_token(last, _notes(controls(everything))),
        "parameters": sum(parameter.numel() for parameter in last.parameters()),
        "tokens_seen": checkpoints[-1].record.tokens_seen,
    }
    for checkpoint in checkpoints:
        is_last = checkpoint is checkpoints[-1]
        register_checkpoint(
            model_version=model_version,
            member=f"seed-{seed}",
            step=checkpoint.record.step,
            sha256=checkpoint.record.sha256,
            path=str(checkpoint.path.relative_to(settings.MODEL_ROOT)),
            metrics=metrics if is_last else {},
        )
    return metrics


def request_baseline(model_version: ModelVersion, *, size: str) -> Job:
    """Ask for the loss of a smoothed 5-gram model on the same pieces."""
    return enqueue(
        "attribution.score_baseline",
        {"model_version": model_version.pk, "size": size},
        key=f"{model_version.pk}:{size}",
    )


def score_baseline(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Train a 5-gram model on the training tracks; returns its nats a token on the controls."""
    from attribution.adapters.symbolic import vocabulary
    from attribution.reference.ngram import KneserNey

    model_version = ModelVersion.objects.get(pk=payload["model_version"])
    reader = untrained_reader(_recipe(payload["size"]))
    everything = load_corpus(model_version.training_set, reader, progress)
    model = KneserNey(_windows(trained(everything)), len(vocabulary()))
    return {"control_nats": model.nats_per_token(_windows(controls(everything)))}


def untrained_reader(recipe: "Recipe") -> Reader:
    """How a model of this recipe will read music: its vocabulary is fixed, its window chosen."""
    from attribution.adapters.symbolic import SymbolicAdapter, vocabulary
    from attribution.reference.model import MusicTransformer

    return Reader(SymbolicAdapter(), MusicTransformer(recipe.model(len(vocabulary()))))


def _notes(corpus: "Cut") -> "Corpus":
    from attribution.reference.segments import Corpus

    assert isinstance(corpus, Corpus)
    return corpus


def _windows(corpus: "Cut") -> "Windows":
    return _notes(corpus).windows(np.arange(len(corpus.table)))


def _recipe(size: str) -> "Recipe":
    from attribution.reference.recipes import RECIPES

    try:
        return RECIPES[size]
    except KeyError:
        raise JobError(
            f"There is no reference model of size {size!r}; there are {', '.join(RECIPES)}."
        ) from None
