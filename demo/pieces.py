"""The pieces of the demo: what the model generates, and what is planted among it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from attribution.models import Generation
from attribution.services.generations import register_generation, request_samples
from catalog.models import Checkpoint
from demo import music
from demo.music import Roles
from demo.planting import Planted, plant
from demo.show import Show
from demo.sizes import Size

GENERATED_AT = datetime(2026, 9, 20, 12, tzinfo=UTC)
PLANT_SEED = 5


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


def compose(show: Show, size: Size, checkpoint: Checkpoint, roles: Roles) -> Pieces:
    """Let the model play, and register planted pieces."""
    job = request_samples(
        checkpoint,
        prefix=f"{size.model}-piece",
        count=size.samples,
        seed=7,
        generated_at=GENERATED_AT,
    )
    (done,) = show.wait([job])
    genuine = Generation.objects.filter(
        platform=checkpoint.model_version.platform,
        external_id__in=done.result["external_ids"],
    ).order_by("external_id")
    planted = {}
    for piece in plant(
        music.tracks(roles.train), music.tracks(roles.control_test), seed=PLANT_SEED
    ):
        generation = register_generation(
            model_version=checkpoint.model_version,
            external_id=f"{size.model}-{piece.external_id}",
            content=piece.content,
            generated_at=GENERATED_AT,
        )
        planted[str(generation.pk)] = piece
    return Pieces(list(genuine), planted)
