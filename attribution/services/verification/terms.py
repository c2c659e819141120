"""How much is verified, and how long there is time for an answer."""

from datetime import timedelta

from django.conf import settings

from attribution.exchange.agreement import Tolerance

SEGMENTS = 8  # of a drawn piece, at most
ANSWER_WITHIN = timedelta(days=7)
# For so long after features of a platform were refuted, all of its features are verified.
SUSPICION = timedelta(days=90)
TOLERANCE = Tolerance()


def usual_rate_ppm() -> int:
    """How many of a million pieces are drawn where nothing is suspected."""
    return int(settings.VERIFICATION_RATE_PPM)
