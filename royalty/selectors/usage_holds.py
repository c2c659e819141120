"""Held uses of a period, and what was decided about them.

Each hold comes with what was decided last: its `decision`, the e-mail address of whom it was
`decided_by`, and the `reason`; all None where nobody has decided. (The type checker knows models
and not what is annotated on them, hence Any.)
"""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from royalty.models import HoldDecision, Period, UsageHold

LEAVE_OUT = HoldDecision.Decision.LEAVE_OUT


def usage_holds(period: Period | None = None) -> QuerySet[Any]:
    """Holds of a period, or all."""
    last = HoldDecision.objects.filter(hold=OuterRef("pk")).order_by("-pk")
    holds: QuerySet[Any] = UsageHold.objects.annotate(
        decision=Subquery(last.values("decision")[:1]),
        reason=Subquery(last.values("reason")[:1]),
        decided_by=Subquery(last.values("decided_by__email")[:1]),
    ).order_by("period__starts_on", "period", "pk")
    return holds if period is None else holds.filter(period=period)


def undecided_holds(period: Period) -> QuerySet[Any]:
    """Those that somebody has to decide before the period is reviewed."""
    return usage_holds(period).filter(decision=None)


def uncounted_holds(period: Period) -> QuerySet[Any]:
    """Those whose uses stay out: undecided, or decided to be left out."""
    return usage_holds(period).filter(Q(decision=None) | Q(decision=LEAVE_OUT))
