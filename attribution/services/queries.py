"""The generations of a run as segments, and the checkpoints that read them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attribution.models import AttributionRun, FeatureStore, Generation
from attribution.services.corpora import corpus_of, vocabulary
from attribution.services.features import member_name
from catalog.models import Checkpoint
from catalog.services.assets import asset_path
from common.jobs.registry import JobError


@dataclass(frozen=True)
class Queries:
    """The generations' segments: their tokens, and whose they are."""

    sequences: list[NDArray[np.int16]]
    generation: NDArray[np.int64]  # (q,) place of the generation in the run
    number: NDArray[np.int64]  # (q,) of the segment within its generation


def generations_of(run: AttributionRun) -> list[Generation]:
    """The run's generations in the order that all its arrays have."""
    generations = Generation.objects.filter(pk__in=run.config["generations"])
    return sorted(generations.select_related("asset"), key=lambda item: str(item.pk))


def checkpoints_of(store: FeatureStore) -> list[Checkpoint]:
    """The checkpoints that are members of a store, in the order of their names."""
    wanted = store.config["members"]
    checkpoints = store.model_version.checkpoints.filter(sha256__in=wanted.values())
    members = [item for item in checkpoints if wanted.get(member_name(item)) == item.sha256]
    return sorted(members, key=member_name)


def cut_generations(generations: Sequence[Generation], window: int) -> Queries:
    """Cut each generation into segments as training tracks are cut.

    Raises:
        JobError: a generation that is no music, by its name.
    """
    from attribution.reference.tokens import UnreadableMusic

    sequences: list[NDArray[np.int16]] = []
    owner: list[int] = []
    number: list[int] = []
    for place, generation in enumerate(generations):
        try:
            tokens = vocabulary().encode_file(asset_path(generation.asset))
        except UnreadableMusic as error:
            raise JobError(f"Generation {generation.external_id!r}: {error}") from error
        corpus = corpus_of([tokens], window)
        count = len(corpus.table)
        sequences.extend(corpus.sequence(segment) for segment in range(count))
        owner.extend([place] * count)
        number.extend(range(count))
    return Queries(sequences, np.array(owner), np.array(number))
