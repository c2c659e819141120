"""Holding uses that a rule found, and deciding whether they count.

A run records what its rules found; a person decides, with a reason, and may decide otherwise later.
While the period is open or computed, computing it again follows the decisions; once it is closed,
restating it does. Only this module writes holds and decisions.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from royalty.models import HoldDecision, Period, UsageHold
from royalty.selectors.screening import HeldUses
from royalty.selectors.usage_holds import uncounted_holds, undecided_holds, usage_holds
from royalty.services.by_hand import ByHandError, checked_reason


def record_findings(period: Period, found: tuple[HeldUses, ...], as_of: datetime) -> list[int]:
    """Write down what a run's rules found; returns the ids of the holds whose uses stay out.

    Needs the period's row locked. Holds that nobody has decided upon are replaced by what is found
    now; those that were decided upon stay as they are.
    """
    decided = usage_holds(period).filter(decision__isnull=False)
    known = set(decided.values_list("rule", "subject"))
    undecided = {(hold.rule, hold.subject): hold for hold in undecided_holds(period)}
    for held in found:
        key = (held.rule.value, held.subject)
        if key in known:
            continue
        hold = undecided.pop(key, None) or UsageHold(period=period, rule=key[0], subject=key[1])
        hold.subscribers, hold.uses = list(held.subscribers), held.uses
        hold.sentence, hold.evidence, hold.found_at = held.sentence, held.evidence, as_of
        hold.save()
    UsageHold.objects.filter(pk__in=[hold.pk for hold in undecided.values()]).delete()
    return sorted(uncounted_holds(period).values_list("pk", flat=True))


@transaction.atomic
def decide_hold(
    *,
    hold: UsageHold,
    decision: HoldDecision.Decision,
    reason: str,
    user: User,
    as_of: datetime,
) -> HoldDecision:
    """Say whether held uses count; the last decision is the one that holds.

    Raises:
        ByHandError: it was decided so already, the period is reviewed, or no reason is given.
    """
    told = checked_reason(reason)
    period = Period.objects.select_for_update(of=("self",)).get(pk=hold.period_id)
    if period.status == Period.Status.REVIEWED:
        raise ByHandError(f"{period} is reviewed; have it opened again before deciding otherwise.")
    stands = usage_holds(period).filter(pk=hold.pk).first()
    if stands is None:
        raise ByHandError(f"{hold} is gone: the period was computed again and nothing was found.")
    if stands.decision == decision:
        raise ByHandError(f"{stands.decided_by} decided so already: {stands.reason}")
    return HoldDecision.objects.create(
        hold=stands, decision=decision, reason=told, decided_by=user, decided_at=as_of
    )


def next_step(hold: UsageHold) -> str:
    """What brings a decision into the books."""
    period = hold.period
    if period.status == Period.Status.CLOSED:
        return f"{period} is closed: run period restate to bring the decision into the books."
    return f"{period} is {period.status}: compute it again before it is reviewed."
