"""Where events go, what happened, and each time that we tried to say so.

An *endpoint* is an address of an organisation, an *event* is what happened, a *delivery* is one
event for one endpoint, an *attempt* is one request. Events and all below them are kept for
`KEPT`; endpoints are never deleted, only removed from use, so that what was sent stays explained.
"""

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from common.ids import new_id

KEPT = timedelta(days=30)
EXCERPT_BYTES = 1024  # of a response
URL_LENGTH, TYPE_LENGTH = 500, 64


class Endpoint(models.Model):
    """An address that an organisation wants to be told at.

    Its secret is not stored: it follows from the salt and the installation's key (`secrets`), so
    a copy of the database signs nothing.
    """

    class Disabled(models.TextChoices):
        BY_OWNER = "by_owner", "switched off by its owner"
        GONE = "gone", "it answered 410 Gone"
        FAILING = "failing", "nothing was taken for five days"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="webhook_endpoints"
    )
    url = models.CharField(max_length=URL_LENGTH)
    description = models.CharField(max_length=200, blank=True)
    event_types = ArrayField(
        models.CharField(max_length=TYPE_LENGTH), default=list, help_text="Empty: all types."
    )
    salt = models.BinaryField(max_length=32)
    # Signs as well until the moment beside it, so that receivers can change secrets at leisure.
    previous_salt = models.BinaryField(max_length=32, null=True)
    previous_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=16, choices=Disabled, blank=True)
    failing_since = models.DateTimeField(null=True)  # of the failures since the last success
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_reason="")
                | (Q(disabled_at__isnull=False) & ~Q(disabled_reason="")),
                name="disabled_endpoints_say_why",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def is_enabled(self) -> bool:
        return self.disabled_at is None and self.removed_at is None


class Event(models.Model):
    """Something that happened. Its id is what receivers know a repetition by."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="webhook_events"
    )
    type = models.CharField(max_length=TYPE_LENGTH)
    data = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "id"], name="webhook_events_of"),
            models.Index(fields=["organisation", "created_at"], name="webhook_events_since"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.public_id}"

    @property
    def public_id(self) -> str:
        """As receivers see it, in the header `webhook-id`."""
        return f"evt_{self.pk.hex}"


class Delivery(models.Model):
    """One event for one endpoint. `claimed_until` is set while a worker sends it.

    A worker that dies leaves its claim to run out; the next one has a higher `attempt_count`, and
    what the first may still say is ignored.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        DELIVERED = "delivered", "delivered"
        FAILED = "failed", "given up"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    attempt_count = models.PositiveIntegerField(default=0)  # ever
    tries = models.PositiveSmallIntegerField(default=0)  # since it was last asked for
    next_attempt_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["event", "endpoint"], name="an_event_once_for_an_endpoint"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", next_attempt_at__isnull=False, finished_at=None)
                | (~Q(state="waiting") & Q(next_attempt_at=None, finished_at__isnull=False)),
                name="what_waits_has_a_next_attempt",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["endpoint", "next_attempt_at"],
                condition=Q(state="waiting"),
                name="webhook_deliveries_due",
            ),
            models.Index(
                fields=["endpoint"],
                condition=Q(claimed_until__isnull=False),
                name="webhook_deliveries_under_way",
            ),
            models.Index(fields=["endpoint", "id"], name="webhook_deliveries_of"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} for {self.endpoint_id} ({self.state})"


class Attempt(models.Model):
    """One request, written before it is sent: one without an end is that of a worker that died."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # of the response, if there was one
    error = models.CharField(max_length=300, blank=True)
    response_excerpt = models.CharField(max_length=EXCERPT_BYTES, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempts_are_numbered")
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.delivery_id}"
