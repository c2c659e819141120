"""Exchange rates, as a source published them: what one unit of the base is in the quote currency.

Append-only, and one a pair, day and source: a rate by which money was converted stays findable.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ExchangeRate(models.Model):
    """On `day` one unit of `base` was `rate` units of `quote`, says the source."""

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    source = models.CharField(max_length=20)
    taken_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["source", "base", "quote", "day"], name="one_rate_a_pair_day_and_source"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rates_are_positive"),
        ]

    def __str__(self) -> str:
        return (
            f"1 {self.base} = {self.rate.normalize():f} {self.quote} on {self.day} ({self.source})"
        )
