"""The pieces of the demo: what the model generates, and what is planted among it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from attribution.models import Generation
from attribution.services.generations import register_generation, request_samples
from attribution.services.sound_model import request_playing
from catalog.models import Checkpoint
from common.jobs.models import Job
from demo import music
from demo.music import Roles
from demo.planting import Planted, plant
from demo.recordings import plant_sound
from demo.show import Show
from demo.sizes import Size

GENERATED_AT = datetime(2026, 9, 20, 12, tzinfo=UTC)
PLANT_SEED = 5
PIECE_SECONDS = 12.0  # of a generated recording


@dataclass(frozen=True)
class Pieces:
    """All generations of the demo; `planted` says what is known of some, by generation id."""

    genuine: list[Generation]
    planted: dict[str, Planted]

    @property
    def planted_generations(self) -> list[Generation]:
        return list(Generation.objects.filter(pk__in=self.planted).order_by("external_id"))

    @property
    def all(self) -> list[Generation]:
        return [*self.genuine, *self.planted_generations]


def _asked(size: Size, checkpoint: Checkpoint) -> Job:
    prefix = f"{size.model}-piece"
    if size.is_sound:
        return request_playing(
            checkpoint,
            prefix=prefix,
            count=size.samples,
            seconds=PIECE_SECONDS,
            seed=7,
            generated_at=GENERATED_AT,
        )
    return request_samples(
        checkpoint, prefix=prefix, count=size.samples, seed=7, generated_at=GENERATED_AT
    )


def compose(show: Show, size: Size, checkpoint: Checkpoint, roles: Roles) -> Pieces:
    """Let the model play, and register planted pieces."""
    (done,) = show.wait([_asked(size, checkpoint)])
    genuine = Generation.objects.filter(
        platform=checkpoint.model_version.platform,
        external_id__in=done.result["external_ids"],
    ).order_by("external_id")
    planted = {}
    planting = plant_sound if size.is_sound else plant
    known = music.tracks(roles.train), music.tracks(roles.control_test)
    for piece in planting(*known, seed=PLANT_SEED):
        generation = register_generation(
            model_version=checkpoint.model_version,
            external_id=f"{size.model}-{piece.external_id}",
            content=piece.content,
            generated_at=GENERATED_AT,
        )
        planted[str(generation.pk)] = piece
    return Pieces(list(genuine), planted)
