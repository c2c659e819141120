"""Registering checkpoints that a platform uploads: looked over, kept below the folder of models.

A checkpoint says in its metadata of which architecture it is. One of the symbolic reference
model then lies as that model's loader expects it (`attribution.reference.checkpoints`): weights,
and a record beside them. Any other one is kept as it is, for the adapter of its architecture; where
there is none, it is evidence of what was trained, and its platform computes the features.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from catalog.models import Checkpoint, ModelVersion
from catalog.models.training import REFERENCE_ARCHITECTURE
from catalog.services.training_sets import register_checkpoint
from catalog.services.training_sets.registering import RegistrationConflict
from catalog.weights import UnreadableWeights, WeightFacts, inspect_weights
from common.storage import write_whole
from common.uploads.models import Upload
from common.uploads.purposes import Purpose
from common.uploads.services import consume, discard, take

# Keys of a safetensors file's metadata by which it says what it is.
ARCHITECTURE_KEY, MODEL_KEY = "tantieme.architecture", "tantieme.model"
MOST_MODEL_LETTERS = 10_000
# Apart from members that were trained here, whose folders hold every step of their run.
SENT_FOLDER = "sent-{member}"


class CheckpointRefused(Exception):
    """The uploaded file cannot be a checkpoint; the message says why."""


@transaction.atomic
def register_uploaded_checkpoint(
    *,
    model_version: ModelVersion,
    upload_id: UUID,
    member: str,
    step: int,
    metrics: dict[str, Any],
    tenant: str,
    as_of: datetime,
) -> tuple[Checkpoint, bool]:
    """The checkpoint that an upload holds, and whether it is new. The same again is known.

    Args:
        member: letters, digits and hyphens; it becomes part of a folder's name.

    Raises:
        UploadRefused: there is no such sealed upload for checkpoints.
        CheckpointRefused: the file is no safetensors file, or says of itself what it is not.
        RegistrationConflict: other weights are registered for this member and step.
    """
    there = model_version.checkpoints.filter(member=member, step=step).first()
    if there is not None:
        sent = Upload.objects.filter(tenant=tenant, pk=upload_id).first()
        if sent is not None and sent.sha256 == there.sha256:
            return there, False
        raise RegistrationConflict(
            f"{there} is registered with other weights ({there.sha256[:12]}); register what was "
            "trained anew as another step or a new model version."
        )
    upload = take(upload_id, Purpose.CHECKPOINT, tenant=tenant)
    facts = _facts(upload)
    model = _reference_model(facts)
    place = Path(str(model_version.pk), SENT_FOLDER.format(member=member), f"step-{step:06d}")
    _keep(upload, place, step=step, model=model)
    checkpoint = register_checkpoint(
        model_version=model_version,
        member=member,
        step=step,
        sha256=upload.sha256,
        path=str(place.with_suffix(".safetensors")),
        metrics=metrics | {"parameters": facts.parameter_count},
        architecture=_architecture(facts),
    )
    consume(upload, as_of=as_of)
    discard(upload)
    return checkpoint, True


def _facts(upload: Upload) -> WeightFacts:
    try:
        return inspect_weights(upload.path)
    except UnreadableWeights as error:
        raise CheckpointRefused(str(error)) from error


def _architecture(facts: WeightFacts) -> str:
    """What the file says that it is; empty where it says nothing."""
    named = facts.metadata.get(ARCHITECTURE_KEY, "")
    longest = Checkpoint._meta.get_field("architecture").max_length or 0
    if len(named) > longest or not named.isprintable():
        raise CheckpointRefused(
            f"{ARCHITECTURE_KEY} in its metadata must be the name of an architecture, of at most "
            f"{longest} letters."
        )
    return named


def _reference_model(facts: WeightFacts) -> dict[str, Any] | None:
    """The sizes of a model of the reference architecture; None where it is another one."""
    if facts.metadata.get(ARCHITECTURE_KEY) != REFERENCE_ARCHITECTURE:
        return None
    text = facts.metadata.get(MODEL_KEY, "")
    try:
        model = json.loads(text) if len(text) <= MOST_MODEL_LETTERS else None
    except (ValueError, RecursionError):
        model = None
    if not isinstance(model, dict) or not all(isinstance(size, int) for size in model.values()):
        raise CheckpointRefused(
            f"Its metadata name the architecture {REFERENCE_ARCHITECTURE}; {MODEL_KEY} must then "
            "be a JSON object with the sizes of the model."
        )
    return model


def _keep(upload: Upload, place: Path, *, step: int, model: dict[str, Any] | None) -> None:
    """Put the weights, and the record by which the reference model's loader knows them, in place.

    If the transaction is undone they stay there unnoticed, and are replaced by the next attempt.
    """
    weights = upload.keep_at(Path(settings.MODEL_ROOT) / place.with_suffix(".safetensors"))
    if model is None:
        return
    record = {
        "run": upload.sha256,
        "model": model,
        "training": {},
        "corpus_sha256": "",
        "step": step,
        "steps": step,
        "tokens_seen": 0,
        "sha256": upload.sha256,
    }
    write_whole(weights.with_suffix(".json"), [json.dumps(record, sort_keys=True).encode()])
