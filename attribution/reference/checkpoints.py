"""Checkpoints on disk: a safetensors file of weights and a JSON record beside it.

Owns their names, their atomic writing and their verified reading. The record is written last and
holds the sha256 of the weights, so a checkpoint counts only when both files are whole: whatever
moment a writer is killed at, a reader sees the whole checkpoint or none. Weights are hostile
input: safetensors holds no code, and a file that does not match its record is refused. It must
not train anything.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from attribution.reference.files import write_atomically
from attribution.reference.model import ModelConfig, MusicTransformer


class BrokenCheckpoint(ValueError):
    """A checkpoint is missing, torn, or not what its record says."""


@dataclass(frozen=True)
class CheckpointRecord:
    """What is known about a checkpoint beside its weights."""

    run: str  # identity of the run: hash of both configurations and the corpus
    model: dict[str, Any]  # a `ModelConfig`
    training: dict[str, Any]  # a `TrainingConfig`
    corpus_sha256: str
    step: int
    steps: int  # of the whole run
    tokens_seen: int
    sha256: str  # of the weights file


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint whose record could be read; `load_model` verifies its weights."""

    path: Path  # the weights
    record: CheckpointRecord


def weights(model: MusicTransformer) -> bytes:
    """The weights as safetensors; tied ones are stored once."""
    tensors = dict(model.state_dict())
    if model.config.tied:
        del tensors["head.weight"]
    return save({name: tensor.contiguous() for name, tensor in tensors.items()})


def write(folder: Path, content: bytes, record: CheckpointRecord) -> Checkpoint:
    """Writes weights, then their record."""
    if hashlib.sha256(content).hexdigest() != record.sha256:
        raise ValueError("The record does not describe these weights.")
    path = folder / f"step-{record.step:06d}.safetensors"
    write_atomically(path, content)
    text = json.dumps(asdict(record), indent=2, sort_keys=True)
    write_atomically(path.with_suffix(".json"), text.encode())
    return Checkpoint(path, record)


def read_record(path: Path) -> CheckpointRecord:
    """Raises BrokenCheckpoint when the JSON file is not a record."""
    try:
        return CheckpointRecord(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, TypeError, ValueError) as error:
        raise BrokenCheckpoint(f"{path.name} is not the record of a checkpoint: {error}") from error


def list_checkpoints(folder: Path) -> list[Checkpoint]:
    """Checkpoints with a record, in order of their step. Raises BrokenCheckpoint."""
    records = sorted(folder.glob("step-*.json"))
    return [Checkpoint(path.with_suffix(".safetensors"), read_record(path)) for path in records]


def clear(folder: Path) -> None:
    """Removes checkpoints and leftovers of killed writers; records first, as they count."""
    for pattern in ("step-*.json", "step-*.safetensors", "step-*.part"):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def load_model(checkpoint: Checkpoint) -> MusicTransformer:
    """The model in evaluation mode.

    Raises BrokenCheckpoint when the weights are missing, changed or do not fit the model.
    """
    name = checkpoint.path.name
    try:
        content = checkpoint.path.read_bytes()
    except OSError as error:
        raise BrokenCheckpoint(f"The weights {name} cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != checkpoint.record.sha256:
        raise BrokenCheckpoint(f"{name} does not have the sha256 that its record states.")
    try:
        tensors = load(content)
        config = ModelConfig(**checkpoint.record.model)
        _refuse_other_sizes(config, tensors)
        model = MusicTransformer(config)
        if model.config.tied:
            tensors["head.weight"] = tensors["embedding.weight"]
        model.load_state_dict(tensors)
    except (KeyError, RuntimeError, SafetensorError, TypeError, ValueError) as error:
        raise BrokenCheckpoint(f"{name} does not fit its model: {error}") from error
    return model.eval()


def _refuse_other_sizes(config: ModelConfig, tensors: Mapping[str, Tensor]) -> None:
    """Refuse sizes that the weights do not have before memory is taken for them.

    A record may come from outside. All that a model allocates follows from these sizes.
    """
    there = (
        *tensors["embedding.weight"].shape,
        len({name.split(".")[1] for name in tensors if name.startswith("blocks.")}),
        tensors["blocks.0.widen.weight"].shape[0],
        tensors["blocks.0.attention.distance.weight"].shape[0],
    )
    stated = (config.vocabulary, config.width, config.layers, config.hidden, config.context)
    if there != stated:
        raise ValueError(f"its weights have the sizes {there}, and {stated} are stated.")
