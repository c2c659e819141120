"""Generated pieces: those that platforms send, and those that the reference model makes."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from attribution.models import Generation
from attribution.services.reading import load_registered
from catalog.media import MIDI, Prober, kind_of_content
from catalog.models import Asset, Checkpoint, ModelVersion
from catalog.services.assets import store_music
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from common.jobs.registry import Progress

SAMPLE_TOKENS = 512


class GenerationConflict(Exception):
    """A platform used one of its names for two different pieces."""


def register_generation(
    *,
    model_version: ModelVersion,
    external_id: str,
    content: bytes | None,
    generated_at: datetime,
) -> Generation:
    """Take in a generated piece. The same piece under the same name is the one already there.

    Args:
        external_id: the platform's own name for the piece.
        content: a file of music; None for a piece that stays in the platform's house.

    Raises:
        GenerationConflict: the name is taken by another piece.
        UnreadableMedia: the file is no music.
    """
    asset = None if content is None else stored_piece(content, external_id)
    return register_asset(
        model_version=model_version,
        external_id=external_id,
        asset=asset,
        generated_at=generated_at,
    )


def register_asset(
    *, model_version: ModelVersion, external_id: str, asset: Asset | None, generated_at: datetime
) -> Generation:
    """As `register_generation`, of a file that is stored. Raises GenerationConflict."""
    with transaction.atomic():
        generation, _ = Generation.objects.get_or_create(
            platform=model_version.platform,
            external_id=external_id,
            defaults={
                "model_version": model_version,
                "asset": asset,
                "generated_at": generated_at,
            },
        )
    _refuse_another(generation, model_version, asset)
    return generation


def stored_piece(content: bytes, external_id: str, prober: Prober | None = None) -> Asset:
    """A piece's file as an asset, named by what its first bytes show it to be.

    Args:
        prober: who looks into it, where many pieces come at once.

    Raises:
        UnreadableMedia: it is no music.
    """
    kind = kind_of_content(content) or MIDI
    name = f"{external_id.replace('/', '_')}{kind.suffix}"
    return store_music(content, name=name, prober=prober)


def _refuse_another(
    generation: Generation, model_version: ModelVersion, asset: Asset | None
) -> None:
    known = (generation.model_version_id, generation.asset_id)
    if known != (model_version.pk, None if asset is None else asset.pk):
        raise GenerationConflict(
            f"The generation {generation.external_id!r} is already known with another "
            "file or model version. Names are never reused: send it under a new one."
        )


def request_samples(
    checkpoint: Checkpoint, *, prefix: str, count: int, seed: int, generated_at: datetime
) -> Job:
    """Ask the reference model for `count` pieces named prefix-000, prefix-001, ..."""
    return enqueue(
        "attribution.sample_reference",
        {
            "checkpoint": checkpoint.pk,
            "prefix": prefix,
            "count": count,
            "seed": seed,
            "generated_at": generated_at.isoformat(),
        },
        queue="gpu",
        key=f"{checkpoint.pk}:{prefix}:{count}:{seed}",
    )


def sample_pieces(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Let the reference model play and register what it played; returns the pieces' names."""
    import numpy as np

    from attribution.adapters.symbolic import vocabulary
    from attribution.reference.sampling import SamplingConfig, sample

    checkpoint = Checkpoint.objects.get(pk=payload["checkpoint"])
    generated_at = parse_datetime(payload["generated_at"])
    assert generated_at is not None
    progress(0, payload["count"], "composing")
    pieces = sample(
        load_registered(checkpoint),
        [np.zeros(0, dtype=np.int16)] * payload["count"],
        SAMPLE_TOKENS,
        vocabulary().bos,
        SamplingConfig(seed=payload["seed"]),
        never=vocabulary().specials,
    )
    names = [f"{payload['prefix']}-{number:03d}" for number in range(len(pieces))]
    for name, tokens in zip(names, pieces, strict=True):
        register_generation(
            model_version=checkpoint.model_version,
            external_id=name,
            content=vocabulary().decode(tokens),
            generated_at=generated_at,
        )
    return {"external_ids": names}
