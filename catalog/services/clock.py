"""What time it is for a platform: the real one, but in a sandbox where its clock was moved on.

Events are dated, refused as too early, and periods ended by this time. Keys, jobs, rate limits and
logs are the machine's and know only the real one.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalog.models import Platform, SimulatedClock


class ClockError(Exception):
    """A clock that cannot be moved so; the message says why."""


def now_for(platform: Platform) -> datetime:
    """What time it is for the platform."""
    now = timezone.now()
    if not settings.IS_SANDBOX:
        return now
    clock = SimulatedClock.objects.filter(platform=platform).first()
    return now if clock is None else now + clock.ahead


@transaction.atomic
def move_clock(*, platform: Platform, to: datetime) -> datetime:
    """Move a platform's clock forward; returns what it says then. Where it is later already, it
    stays as it is.

    Raises:
        ClockError: this is no sandbox.
    """
    if not settings.IS_SANDBOX:
        raise ClockError("Only a sandbox has clocks that can be moved.")
    made, _ = SimulatedClock.objects.get_or_create(platform=platform)
    clock = SimulatedClock.objects.select_for_update(of=("self",)).get(pk=made.pk)
    now = timezone.now()
    ahead: timedelta = max(clock.ahead, to - now)
    clock.ahead = ahead
    clock.save(update_fields=["ahead"])
    return now + ahead
