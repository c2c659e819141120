"""How a model version reads music: its registered weights, through the adapter of their kind.

Everything that turns files into segments asks a `Reader`, and nothing here or above it knows
whether a model hears notes, codes or noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from catalog.models import Asset, Checkpoint
from catalog.services.assets import asset_path
from common.jobs.registry import JobError

if TYPE_CHECKING:
    from attribution import engine
    from attribution.adapters.protocol import Adapter, Cut, Sequences, Steps


class UnreadableMusic(Exception):
    """A file is nothing that the model can have been given; the message says why."""


@dataclass(frozen=True)
class Reader:
    """An adapter and a loaded model of its kind."""

    adapter: "Adapter"
    model: Any

    @property
    def name(self) -> str:
        """Readers of one name read every file alike."""
        return self.adapter.reading(self.model)

    @property
    def window(self) -> int:
        """The longest segment, in steps."""
        return self.adapter.window(self.model)

    @property
    def seconds_per_step(self) -> float | None:
        return self.adapter.seconds_per_step(self.model)

    def reads(self, asset: Asset) -> bool:
        """Whether the model takes files of this kind at all."""
        return asset.media_type in self.adapter.media_types

    def read(self, asset: Asset) -> "Steps":
        """An asset as steps.

        Raises:
            UnreadableMusic: the model cannot have been given it.
        """
        if not self.reads(asset):
            raise UnreadableMusic(
                f"it is {asset.media_type}, and the model reads "
                f"{', '.join(self.adapter.media_types)}"
            )
        return self.read_file(asset_path(asset))

    def read_file(self, path: Path) -> "Steps":
        """As `read`, of a file whose kind was looked at before."""
        from attribution.adapters.protocol import UnreadablePiece

        try:
            return self.adapter.read(self.model, path)
        except UnreadablePiece as error:
            raise UnreadableMusic(str(error)) from error

    def cut(self, tracks: "Sequence[Steps]") -> "Cut":
        return self.adapter.cut(self.model, tracks)

    def task(
        self, sequences: "Sequences", parts: "Sequence[engine.Part] | None" = None
    ) -> "engine.Task":
        return self.adapter.task(self.model, sequences, parts)

    def embed(self, segments: "Sequence[Steps]") -> "engine.FloatArray":
        return self.adapter.embed(self.model, segments)


def readable_architectures() -> list[str]:
    """The architectures of which checkpoints can be loaded here."""
    from attribution.adapters.registry import architectures

    return architectures()


def load_registered(checkpoint: Checkpoint) -> Any:
    """The model of a registered checkpoint, in evaluation mode.

    Raises:
        JobError: the file is not the one that was registered, or nothing here loads its kind.
    """
    return reader_of(checkpoint).model


def reader_of(checkpoint: Checkpoint) -> Reader:
    """How the model of a registered checkpoint reads music.

    Raises:
        JobError: as `load_registered`.
    """
    from attribution.adapters.protocol import UnusableWeights
    from attribution.adapters.registry import NoAdapter, adapter

    try:
        found = adapter(checkpoint.architecture)
        model = found.load(Path(settings.MODEL_ROOT) / checkpoint.path, checkpoint.sha256)
    except NoAdapter as error:
        raise JobError(str(error)) from error
    except UnusableWeights as error:
        raise JobError(
            f"{error} Restore it from a backup, or register a new model version."
        ) from error
    return Reader(found, model)
