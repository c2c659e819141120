"""The generations of a run as segments, and the checkpoints that read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from attribution.models import AttributionRun, FeatureStore, Generation
from attribution.services.features import member_name
from attribution.services.reading import Reader, UnreadableMusic
from catalog.models import Checkpoint
from common.jobs.registry import JobError

if TYPE_CHECKING:
    from attribution.adapters.protocol import Steps


@dataclass(frozen=True)
class Queries:
    """The generations' segments: whose they are."""

    generation: NDArray[np.int64]  # (q,) place of the generation in the run
    number: NDArray[np.int64]  # (q,) of the segment within its generation

    @classmethod
    def of(cls, counts: Sequence[int]) -> "Queries":
        """Of generations with so many segments each."""
        generation = np.repeat(np.arange(len(counts)), counts)
        number = np.concatenate([np.zeros(0, np.int64), *(np.arange(count) for count in counts)])
        return cls(generation, number)


@dataclass(frozen=True)
class CutGenerations:
    """The generations' segments as their model reads them, and whose they are."""

    sequences: "list[Steps]"
    queries: Queries


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


def cut_generations(generations: Sequence[Generation], reader: Reader) -> CutGenerations:
    """Cut each generation into segments as training tracks are cut.

    Raises:
        JobError: a generation that is no music, or that its platform kept, by its name.
    """
    sequences: list[Steps] = []
    counts: list[int] = []
    for generation in generations:
        if generation.asset is None:
            raise JobError(
                f"Generation {generation.external_id!r} stays in its platform's house; only the "
                "features that the platform sent of it can be scored."
            )
        try:
            steps = reader.read(generation.asset)
        except UnreadableMusic as error:
            raise JobError(f"Generation {generation.external_id!r}: {error}") from error
        corpus = reader.cut([steps])
        counts.append(len(corpus.table))
        sequences.extend(corpus.sequence(segment) for segment in range(len(corpus.table)))
    return CutGenerations(sequences, Queries.of(counts))
