"""Statements of some parties, and what they say together."""

from collections.abc import Collection

from django.db.models import QuerySet

from catalog.models import Party
from royalty.models import Statement


def statements_of(parties: Collection[Party]) -> QuerySet[Statement]:
    """The parties' statements, the newest period first."""
    return (
        Statement.objects.filter(party__in=parties)
        .select_related("party", "period__contract__platform", "run__period__contract__platform")
        .order_by("-period__ends_on", "period__contract__name", "party__name", "-version", "pk")
    )
