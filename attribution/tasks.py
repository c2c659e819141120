"""Which function does which job of attribution."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from attribution.models import AttributionRun
from attribution.selectors.features import KIND_CAPTURE, KIND_PREPARE, KIND_RECEIVE
from attribution.services import (
    arrivals,
    attributing,
    capturing,
    generations,
    received_stores,
    reference_model,
    rolls,
    similarity,
    sound_model,
    where,
)
from attribution.services.verification import passing, recomputing
from common.jobs.dispatch import enqueue
from common.jobs.registry import Progress, handler


@handler("attribution.attribute")
def attribute(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Attribute, and have ready what people will listen to as evidence."""
    quality = attributing.attribute_generations(payload, progress)
    rolls.request_rolls_of(AttributionRun.objects.get(pk=payload["run"]))
    return quality


handler("attribution.train_reference")(reference_model.train_member)
handler("attribution.score_baseline")(reference_model.score_baseline)
handler("attribution.sample_reference")(generations.sample_pieces)
handler(sound_model.KIND_TRAIN)(sound_model.train_sound)
handler(sound_model.KIND_PLAY)(sound_model.play_sound)
handler(KIND_PREPARE)(capturing.prepare_member)
handler(KIND_CAPTURE)(capturing.capture_shards)
handler("attribution.compare_similarity")(similarity.compare_similarity)
handler(rolls.KIND)(rolls.prepare_roll)
handler(rolls.KIND_OF_RUN)(rolls.prepare_rolls_of)
handler(KIND_RECEIVE)(received_stores.look_into)
handler("attribution.welcome_waiting")(arrivals.welcome_waiting)
handler(where.KIND)(where.locate)
handler(recomputing.KIND)(recomputing.recompute_draw)
handler(passing.KIND)(passing.run_pass)


@shared_task(name="attribution.verification")
def ask_for_verification() -> None:
    """Ask for a pass over what is due; asked twice within a while, it is one."""
    slot = int(timezone.now().timestamp()) // passing.EVERY_SECONDS
    enqueue(passing.KIND, {}, key=f"slot:{slot}")
