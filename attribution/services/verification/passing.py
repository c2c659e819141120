"""All that is due in verification, in one pass; done again at once, it does nothing."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from attribution.services.verification.challenges import judge_answers
from attribution.services.verification.drawing import draw_due
from attribution.services.verification.findings import mark_overdue, settle_days
from attribution.services.verification.seeds import announce_seeds, reveal_secrets
from common.jobs.registry import Progress

KIND = "attribution.verify"
EVERY_SECONDS = 600


def verify_due(as_of: datetime) -> int:
    """Draw, judge, remind and reveal; returns how many pieces were drawn.

    Secrets come after the draw: all pieces of a day that is over have been drawn by then.
    """
    announce_seeds(as_of)
    drawn = draw_due(as_of)
    judge_answers(as_of)
    mark_overdue(as_of)
    reveal_secrets(as_of)
    settle_days(as_of)
    return len(drawn)


def run_pass(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The pass as a job."""
    drawn = verify_due(timezone.now())
    progress(1, 1, "verified what is due")
    return {"drawn": drawn}
