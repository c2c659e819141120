"""What time it is for a platform of a sandbox, where months pass in a minute."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from catalog.models.training import Platform


class SimulatedClock(models.Model):
    """How far a platform's time is ahead of ours. It runs on from there, and is never set back.

    Only a sandbox has such rows (`catalog.services.clock`).
    """

    platform = models.OneToOneField(Platform, on_delete=models.PROTECT, related_name="clock")
    ahead = models.DurationField(default=timedelta)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ahead__gte=timedelta()), name="simulated_clocks_are_not_late"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform}'s clock, {self.ahead} ahead"
