"""Training the reference models of sound by jobs, and letting them play.

Stands for the platform's own training, as `attribution.services.reference_model` does for notes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.dateparse import parse_datetime

from attribution.services.corpora import (
    TrainingCorpus,
    controls,
    load_corpus,
    members_of,
    model_folder,
    trained,
)
from attribution.services.generations import register_generation
from attribution.services.reading import Reader, load_registered
from catalog.models import Checkpoint, ModelVersion, TrainingRole, TrainingSet
from catalog.services.assets import asset_path
from catalog.services.training_sets import register_checkpoint
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from common.jobs.registry import JobError, Progress

if TYPE_CHECKING:
    from attribution.audio.checkpoints import SoundCheckpoint
    from attribution.audio.codec import Codec
    from attribution.audio.corpus import SoundCorpus
    from attribution.audio.recipes import SoundRecipe

KIND_TRAIN, KIND_PLAY = "attribution.train_sound", "attribution.play_sound"


def request_sound_training(
    model_version: ModelVersion, *, recipe: str, seeds: Sequence[int]
) -> list[Job]:
    """Ask for one training run a seed; `recipe` names one of `attribution.audio.recipes`."""
    return [
        enqueue(
            KIND_TRAIN,
            {"model_version": model_version.pk, "recipe": recipe, "seed": seed},
            queue="gpu",
            key=f"{model_version.pk}:{recipe}:{seed}",
        )
        for seed in seeds
    ]


def train_sound(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Train one member and register its checkpoints; returns how well it predicts.

    The losses are nats a code, or squared errors of the noise: `train_loss` on what it was trained
    on, `control_loss` on recordings that it never heard.
    """
    from attribution.audio.checkpoints import load_model
    from attribution.audio.fitting import train
    from attribution.reference.training import Progress as Step

    model_version = ModelVersion.objects.get(pk=payload["model_version"])
    recipe, seed = _recipe(payload["recipe"]), int(payload["seed"])
    everything = _corpus(model_version.training_set, recipe, progress)

    def report(step: Step) -> None:
        note = f"member {seed}: loss {step.loss:.2f}, {step.tokens_per_second:,.0f} steps/s"
        progress(step.tokens, step.tokens_total, note)

    checkpoints = train(
        lambda: recipe.untrained(everything.reader.model.codec, seed),
        recipe.lesson(_sound(trained(everything))),
        recipe.training_of(seed),
        model_folder(model_version) / f"seed-{seed}",
        report,
    )
    metrics = _metrics(load_model(checkpoints[-1].path), everything)
    _register(model_version, f"seed-{seed}", checkpoints, metrics)
    return metrics


def request_playing(
    checkpoint: Checkpoint,
    *,
    prefix: str,
    count: int,
    seconds: float,
    seed: int,
    generated_at: datetime,
) -> Job:
    """Ask a model of sound for `count` pieces named prefix-000, prefix-001, ..."""
    return enqueue(
        KIND_PLAY,
        {
            "checkpoint": checkpoint.pk,
            "prefix": prefix,
            "count": count,
            "seconds": seconds,
            "seed": seed,
            "generated_at": generated_at.isoformat(),
        },
        queue="gpu",
        key=f"{checkpoint.pk}:{prefix}:{count}:{seconds}:{seed}",
    )


def play_sound(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Let a model of sound play, and register what it played; returns the pieces' names."""
    from attribution.audio.generating import play
    from attribution.audio.writing import flac

    checkpoint = Checkpoint.objects.get(pk=payload["checkpoint"])
    generated_at = parse_datetime(payload["generated_at"])
    assert generated_at is not None
    progress(0, payload["count"], "composing")
    model = load_registered(checkpoint)
    sounds = play(model, payload["count"], payload["seconds"], payload["seed"])
    names = [f"{payload['prefix']}-{number:03d}" for number in range(len(sounds))]
    for name, sound in zip(names, sounds, strict=True):
        register_generation(
            model_version=checkpoint.model_version,
            external_id=name,
            content=flac(sound, model.codec.config.spectrum.samples_per_second),
            generated_at=generated_at,
        )
    return {"external_ids": names}


def _recipe(name: str) -> "SoundRecipe":
    from attribution.audio.recipes import RECIPES

    try:
        return RECIPES[name]
    except KeyError:
        raise JobError(
            f"There is no model of sound called {name!r}; there are {', '.join(RECIPES)}."
        ) from None


def _corpus(training_set: TrainingSet, recipe: "SoundRecipe", progress: Progress) -> TrainingCorpus:
    """The training set as a model of this recipe hears it."""
    from attribution.adapters.registry import adapter
    from attribution.audio.checkpoints import architecture_of
    from attribution.audio.codec import kept_codec
    from attribution.reference.training import one_thread

    with one_thread():
        codec = kept_codec(
            model_folder(training_set.model_version) / "codec.safetensors",
            recipe.codec,
            lambda: _fitted(training_set, recipe, progress),
        )
        model = recipe.untrained(codec, seed=0).eval()
        return load_corpus(training_set, Reader(adapter(architecture_of(model)), model), progress)


def _fitted(training_set: TrainingSet, recipe: "SoundRecipe", progress: Progress) -> "Codec":
    """A codec that has heard the tracks that are trained on, and no control."""
    from attribution.audio.codec import fit_codec
    from attribution.audio.reading import UnreadableAudio, read_tensor

    heard = [each for each in members_of(training_set) if each.role == TrainingRole.TRAIN]
    rate, sounds = recipe.codec.spectrum.samples_per_second, []
    for count, member in enumerate(heard):
        try:
            sounds.append(read_tensor(asset_path(member.track.file), rate))
        except UnreadableAudio as error:
            raise JobError(f"Track {member.track.ref}: {error}") from error
        progress(count + 1, len(heard), "listening, for the codec")
    try:
        return fit_codec(sounds, recipe.codec)
    except ValueError as error:
        raise JobError(str(error)) from error


def _metrics(model: Any, everything: TrainingCorpus) -> dict[str, Any]:
    from attribution.audio.lessons import mean_loss

    return {
        "train_loss": mean_loss(model, _sound(trained(everything))),
        "control_loss": mean_loss(model, _sound(controls(everything))),
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
    }


def _register(
    model_version: ModelVersion,
    member: str,
    checkpoints: "Sequence[SoundCheckpoint]",
    metrics: dict[str, Any],
) -> None:
    for checkpoint in checkpoints:
        register_checkpoint(
            model_version=model_version,
            member=member,
            step=checkpoint.step,
            sha256=checkpoint.sha256(),
            path=str(checkpoint.path.relative_to(settings.MODEL_ROOT)),
            metrics=metrics if checkpoint is checkpoints[-1] else {},
            architecture=checkpoint.architecture,
        )


def _sound(corpus: Any) -> "SoundCorpus":
    from attribution.audio.corpus import SoundCorpus

    assert isinstance(corpus, SoundCorpus)
    return corpus
