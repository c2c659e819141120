"""Making drawn rows again, from content and weights that are here, and comparing.

Weights are here where each member of the store is a registered checkpoint of an architecture that
some adapter reads; content is, where the piece's file was sent, or where a challenge was answered.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from attribution.exchange import FeaturesFile, FeaturesRefused, read_features
from attribution.exchange.agreement import Agreement, compare
from attribution.models import FeatureDraw, FeatureStore, GenerationFeatures
from attribution.services.features import rows_folder
from attribution.services.queries import cut_generations
from attribution.services.reading import Reader, load_registered, readable_architectures, reader_of
from attribution.services.scored import features_path
from attribution.services.verification.findings import Standing, record
from attribution.services.verification.openings import read_openings
from attribution.services.verification.terms import TOLERANCE
from catalog.models import Checkpoint
from common.database import tenancy
from common.jobs.dispatch import enqueue
from common.jobs.registry import JobError, Progress

if TYPE_CHECKING:
    from attribution import engine
    from attribution.adapters.protocol import Steps

KIND = "attribution.recompute_features"


class NotThePiece(Exception):
    """The content cannot be what the features were computed from; the message says why."""


def checkpoints_here(store: FeatureStore) -> dict[str, Checkpoint]:
    """The registered checkpoint of each member of a store; empty unless all files are here."""
    members: Mapping[str, str] = store.config["members"]
    registered = store.model_version.checkpoints.filter(
        sha256__in=members.values(), architecture__in=readable_architectures()
    )
    known = {point.sha256: point for point in registered}
    found = {name: known[sha256] for name, sha256 in members.items() if sha256 in known}
    are_here = all((Path(settings.MODEL_ROOT) / each.path).exists() for each in found.values())
    return found if len(found) == len(members) and are_here else {}


def can_recompute(features: GenerationFeatures) -> bool:
    """Whether nothing is needed from the platform."""
    has_content = features.generation.asset_id is not None
    return has_content and bool(checkpoints_here(features.feature_store))


def request_recomputation(draw: FeatureDraw) -> None:
    """Ask for a draw to be recomputed, as the system, once the transaction is committed."""
    with tenancy.acting_as(tenancy.SYSTEM):
        enqueue(KIND, {"draw": str(draw.pk)}, queue="gpu", key=str(draw.pk))


def recompute_draw(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Compare a draw's rows with our own, and record what is found. Done again, it changes nothing.

    Raises:
        JobError: the stored features are damaged.
    """
    from attribution import engine

    draw = FeatureDraw.objects.select_related(
        "features__generation__asset", "features__feature_store__model_version"
    ).get(pk=payload["draw"])
    file = committed_file(draw.features)
    try:
        sequences = _content(draw, file)
        rows = _computed_rows(draw.features.feature_store, sequences, progress)
    except NotThePiece as refusal:
        return _found(draw, Standing.REFUTED, str(refusal))
    except (engine.EngineError, JobError) as error:
        sentence = f"Its content is known; its gradients could not be recomputed: {error}"
        return _found(draw, Standing.OPENED, sentence)
    agreement = _compared(file, draw.segments, rows)
    return _judge(draw, agreement, len(file.members))


def committed_file(features: GenerationFeatures) -> FeaturesFile:
    """The stored file, if it is still what was committed to when it was received.

    Raises:
        JobError: it is not.
    """
    try:
        file = read_features(features_path(features))
    except (OSError, FeaturesRefused) as error:
        raise JobError(f"The {features} cannot be read ({error}); restore them.") from error
    if file.identity.root != features.root:
        raise JobError(f"The {features} have another root than was received; restore them.")
    return file


def _content(draw: FeatureDraw, file: FeaturesFile) -> "list[Steps]":
    """The steps of each drawn segment. Raises NotThePiece where they cannot be."""
    generation, reader = draw.features.generation, _reader(draw.features.feature_store)
    if generation.asset is None:
        return [_opened(reader, each.content) for each in read_openings(draw)]
    sequences = cut_generations([generation], reader).sequences
    if [len(each) for each in sequences] != file.lengths.tolist():
        raise NotThePiece(
            f"The piece's file has {len(sequences)} segments of other lengths than the features."
        )
    return [sequences[number] for number in draw.segments]


def _opened(reader: Reader, content: bytes) -> "Steps":
    """A segment's opened content as the model reads it."""
    from attribution.adapters.protocol import UnreadablePiece

    try:
        return reader.adapter.steps(reader.model, content)
    except UnreadablePiece as error:
        raise NotThePiece(f"It was opened, but: {error}") from error


def _reader(store: FeatureStore) -> Reader:
    """How the model of the store reads music."""
    return reader_of(next(iter(checkpoints_here(store).values())))


def _computed_rows(
    store: FeatureStore, sequences: "Sequence[Steps]", progress: Progress
) -> "dict[str, engine.FloatArray]":
    """Our own rows of these segments under each member of a store, (n, k)."""
    from attribution import engine
    from attribution.reference.training import one_thread

    opened = engine.FeatureStore.open(rows_folder(store))
    checkpoints = checkpoints_here(store)
    run = engine.Run(
        models={name: partial(load_registered, each) for name, each in checkpoints.items()},
        task=_reader(store).task(sequences.__getitem__),
        n_segments=len(sequences),
        identity={},
    )
    rows = {}
    for place, member in enumerate(sorted(checkpoints)):
        progress(place, len(checkpoints), f"gradients, {member}")
        with one_thread():
            featuriser = engine.open_featuriser(run, opened, member)
            rows[member] = featuriser.features(range(len(sequences)))
    return rows


def _compared(
    file: FeaturesFile, segments: Sequence[int], rows: "Mapping[str, engine.FloatArray]"
) -> Agreement:
    """Received and own rows of the drawn segments, member after member."""
    received = [file.rows(member)[list(segments)] for member in file.members]
    own = [rows[member] for member in file.members]
    return compare(np.concatenate(received), np.concatenate(own))


def _judge(draw: FeatureDraw, agreement: Agreement, n_members: int) -> dict[str, Any]:
    outside = agreement.outside(TOLERANCE)
    count = len(draw.segments)
    if not outside:
        sentence = (
            f"{count:,} of {draw.features.segment_count:,} segments were recomputed by us under "
            f"{n_members} checkpoints and agree."
        )
        return _found(draw, Standing.RECOMPUTED, sentence, agreement)
    wrong = sorted({draw.segments[place % count] for place in outside})
    numbers = ", ".join(map(str, wrong))
    sentence = f"Recomputed by us, the rows of the segments {numbers} are others than were sent."
    return _found(draw, Standing.REFUTED, sentence, agreement)


@transaction.atomic
def _found(
    draw: FeatureDraw, standing: str, sentence: str, agreement: Agreement | None = None
) -> dict[str, Any]:
    record(
        draw.features,
        standing,
        sentence,
        as_of=timezone.now(),
        segments_checked=len(draw.segments),
        agreement=agreement,
    )
    return {"standing": standing, "sentence": sentence}
