"""Checkpoints of models of sound: one safetensors file that says itself what it is.

Owns their names, their atomic writing and their verified reading. Sizes and codec stand in the
file's metadata, so that a file alone is a model. Files are hostile input: safetensors holds no
code, and sizes are held against the tensors before memory is taken for them.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import nn

from attribution.audio.codec import Codec, CodecConfig
from attribution.audio.codes_model import CodesConfig, CodesModel
from attribution.audio.denoiser import Denoiser, DenoiserConfig
from attribution.reference.checkpoints import BrokenCheckpoint
from attribution.reference.files import write_atomically

CODES, DENOISER = "sound-codes", "sound-denoiser"
_MODELS: dict[str, tuple[type[Any], type[Any]]] = {
    CODES: (CodesModel, CodesConfig),
    DENOISER: (Denoiser, DenoiserConfig),
}
# Keys of the metadata; the first two are those that an uploaded file is asked for too.
ARCHITECTURE, MODEL, CODEC, RUN, STEP = (
    f"tantieme.{key}" for key in ("architecture", "model", "codec", "run", "step")
)


@dataclass(frozen=True)
class SoundCheckpoint:
    """A file whose metadata could be read; `load_model` verifies the rest."""

    path: Path
    architecture: str
    run: str  # identity of the training run
    step: int

    def sha256(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def architecture_of(model: nn.Module) -> str:
    """What checkpoints of this model are registered as."""
    return next(name for name, kinds in _MODELS.items() if isinstance(model, kinds[0]))


def write(folder: Path, model: nn.Module, *, run: str, step: int) -> SoundCheckpoint:
    """Write a model with its codec; the name appears when the file is whole."""
    architecture = architecture_of(model)
    metadata = {
        ARCHITECTURE: architecture,
        MODEL: json.dumps(asdict(model.config), sort_keys=True),  # type: ignore[call-overload]
        CODEC: model.codec.config.to_json(),  # type: ignore[operator, union-attr]
        RUN: run,
        STEP: str(step),
    }
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    path = folder / f"step-{step:06d}.safetensors"
    write_atomically(path, save(tensors, metadata))
    return SoundCheckpoint(path, architecture, run, step)


def read_checkpoint(path: Path) -> SoundCheckpoint:
    """What a file says of itself. Raises BrokenCheckpoint."""
    said = _metadata(path)
    return SoundCheckpoint(path, said[ARCHITECTURE], said[RUN], int(said[STEP]))


def list_checkpoints(folder: Path) -> list[SoundCheckpoint]:
    """The checkpoints in a folder, by step. Raises BrokenCheckpoint."""
    return [read_checkpoint(path) for path in sorted(folder.glob("step-*.safetensors"))]


def clear(folder: Path) -> None:
    """Remove checkpoints and leftovers of killed writers."""
    for pattern in ("step-*.safetensors", "step-*.part"):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def load_model(path: Path, sha256: str = "") -> CodesModel | Denoiser:
    """The model in evaluation mode.

    Args:
        sha256: what the file has to have, where it was registered.

    Raises:
        BrokenCheckpoint: the file is missing, changed, or does not fit what it says it is.
    """
    said = _metadata(path)
    if sha256 and hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise BrokenCheckpoint(f"{path.name} does not have the sha256 that was registered.")
    try:
        made, config = _MODELS[said[ARCHITECTURE]]
        sizes, codec = config(**json.loads(said[MODEL])), CodecConfig.from_json(said[CODEC])
        tensors = load_file(path)
        _refuse_other_sizes(sizes, codec, tensors)
        model: CodesModel | Denoiser = made(sizes, Codec(codec))
        model.load_state_dict(tensors)
    except (KeyError, RuntimeError, SafetensorError, TypeError, ValueError) as error:
        raise BrokenCheckpoint(f"{path.name} does not fit its model: {error}") from error
    return model.eval()


def _metadata(path: Path) -> dict[str, str]:
    try:
        with safe_open(path, framework="pt") as file:
            said: dict[str, str] = file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise BrokenCheckpoint(f"The weights {path.name} cannot be read: {error}") from error
    missing = [key for key in (ARCHITECTURE, MODEL, CODEC, RUN, STEP) if key not in said]
    if missing or said[ARCHITECTURE] not in _MODELS or not said[STEP].isdigit():
        raise BrokenCheckpoint(
            f"{path.name} is no model of sound: its metadata need {', '.join(_MODELS)} as "
            f"{ARCHITECTURE}, and {MODEL}, {CODEC}, {RUN} and {STEP}."
        )
    return said


def _refuse_other_sizes(sizes: Any, codec: CodecConfig, tensors: dict[str, Any]) -> None:
    """Refuse sizes that the weights do not have before memory is taken for them."""
    there = (
        tuple(tensors["codec.books"].shape),
        tensors["codec.mean"].shape[0],
        len({name.split(".")[1] for name in tensors if name.startswith("blocks.")}),
        tuple(tensors["blocks.0.widen.weight"].shape),
    )
    stated = (
        (codec.codebooks, codec.codes, codec.width),
        codec.patch * codec.spectrum.bands,
        sizes.layers,
        (sizes.hidden, sizes.width),
    )
    if there != stated:
        raise ValueError(f"its weights have the sizes {there}, and {stated} are stated")
    if sizes.steps > 1 << 16 or codec.spectrum.window_samples > 1 << 16:
        raise ValueError("a segment has more steps, or a frame more samples, than any model's")
