"""What people do about findings and alerts: own them, accept them, look at them."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from catalog.quality.models import Alert, Finding

LONGEST_REASON = 400


class CannotDecide(Exception):
    """What was asked cannot be done to the finding; the message says why."""


@transaction.atomic
def assign(
    finding: Finding, *, steward: User | None, due_on: date | None, by: User, at: datetime
) -> Finding:
    """Let somebody own a finding until it is mended, or nobody."""
    locked = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    locked.steward, locked.due_on = steward, due_on if steward else None
    locked.save(update_fields=["steward", "due_on"])
    whom = f"given to {steward}" if steward else "given back"
    until = f", due on {due_on}" if steward and due_on else ""
    locked.events.create(status=locked.status, by=by, note=f"{whom}{until}", at=at)
    return locked


@transaction.atomic
def accept(finding: Finding, *, until: date, reason: str, by: User, at: datetime) -> Finding:
    """Leave things as they are until a day, for a reason.

    Raises:
        CannotDecide: no reason, a day that has passed, or it is mended.
    """
    locked = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if locked.status == Finding.Status.MENDED:
        raise CannotDecide("The finding is mended; there is nothing left to accept.")
    if not reason.strip():
        raise CannotDecide("Say why it may stay as it is.")
    if len(reason) > LONGEST_REASON:
        raise CannotDecide(f"Say it in at most {LONGEST_REASON} characters.")
    if until <= at.date():
        raise CannotDecide("Name a day to come; on it the finding is open again.")
    locked.status, locked.accepted_until = Finding.Status.ACCEPTED, until
    locked.save(update_fields=["status", "accepted_until"])
    locked.events.create(status=locked.status, by=by, note=f"until {until}: {reason}", at=at)
    return locked


@transaction.atomic
def acknowledge(alert: Alert, *, by: User, at: datetime) -> Alert:
    """Say that somebody looked at an alert; the first one counts."""
    locked = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    if locked.acknowledged_at is None:
        locked.acknowledged_by, locked.acknowledged_at = by, at
        locked.save(update_fields=["acknowledged_by", "acknowledged_at"])
    return locked
