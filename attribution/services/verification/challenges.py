"""Challenges: the platform opens the drawn segments, and nothing else of the piece.

The answer is held against the commitments in the file that was received before anything was drawn.
One that does not fit is refused and changes nothing, since a wrong salt is a mistake more often
than a lie; the time for a right one goes on. What fits is taken as the platform, and judged by the
system (`passing`).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from attribution.exchange import FeaturesFile, Opening, opens
from attribution.models import FeatureDraw, FeatureOpening
from attribution.services.verification.findings import UNDECIDED, Standing, record
from attribution.services.verification.openings import keep_openings, opening_bytes
from attribution.services.verification.recomputing import (
    checkpoints_here,
    committed_file,
    request_recomputation,
)
from common.hashing import sha256_bytes


class AnswerRefused(Exception):
    """An answer that opens nothing; `faults` says for which place in it why."""

    def __init__(self, faults: dict[int, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


class AnsweredAlready(Exception):
    """There is an answer, and it is another one."""


@transaction.atomic
def answer_challenge(
    draw: FeatureDraw, openings: Sequence[Opening], as_of: datetime
) -> FeatureOpening:
    """Take the answer to a challenge; the same one again is the one already there.

    Raises:
        AnswerRefused: it does not open exactly what was drawn.
        AnsweredAlready: another answer was taken.
    """
    in_order = sorted(openings, key=lambda each: each.number)
    digest = sha256_bytes(opening_bytes(in_order))
    kept = FeatureOpening.objects.filter(draw=draw).first()
    if kept is None:
        faults = _faults(draw, openings, committed_file(draw.features))
        if faults:
            raise AnswerRefused(faults)
        name = keep_openings(draw, in_order)
        kept, _ = FeatureOpening.objects.get_or_create(  # of two at once, the first one stays
            draw=draw, defaults={"storage_name": name, "sha256": digest, "received_at": as_of}
        )
    if kept.sha256 != digest:
        raise AnsweredAlready("This challenge was answered, and otherwise. Answers stay.")
    return kept


def _faults(draw: FeatureDraw, openings: Sequence[Opening], file: FeaturesFile) -> dict[int, str]:
    """What is wrong with an answer, by place; at the place after the last, what it lacks."""
    faults, asked = {}, set(draw.segments)
    for place, opening in enumerate(openings):
        if opening.number not in asked:
            faults[place] = f"Segment {opening.number} was not asked for, or is opened twice."
        elif not opens(file.commitments[opening.number].tobytes(), opening):
            faults[place] = (
                f"Content and salt of segment {opening.number} do not hash to its commitment."
            )
        asked.discard(opening.number)
    if asked:
        numbers = ", ".join(map(str, sorted(asked)))
        faults.setdefault(len(openings), f"The segments {numbers} are not opened.")
    return faults


def judge_answers(as_of: datetime) -> None:
    """Recompute what was opened where the weights are here; elsewhere the opening counts."""
    answered = FeatureDraw.objects.filter(
        opening__isnull=False, features__standing__in=UNDECIDED
    ).select_related("features__feature_store__model_version")
    for draw in answered:
        if checkpoints_here(draw.features.feature_store):
            request_recomputation(draw)
            continue
        count = len(draw.segments)
        record(
            draw.features,
            Standing.OPENED,
            f"The platform opened {count:,} of {draw.features.segment_count:,} segments: their "
            "content is what it committed to. Their gradients were not recomputed.",
            as_of=as_of,
            segments_checked=count,
        )
