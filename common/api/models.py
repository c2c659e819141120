"""What was answered: whole, to requests with an Idempotency-Key; in a line, to all with a key.

Both are kept for `KEPT_FOR` (see `common.api.retention`).
"""

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from common.ids import new_id

KEPT_FOR = timedelta(days=30)


class StoredResponse(models.Model):
    """The response to a request that did something, kept in the transaction that did it.

    `tenant` is who asked (`common.database.tenancy`); a key is unique among that tenant's.
    """

    tenant = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["tenant", "key"], name="one_response_a_key"),
            models.CheckConstraint(condition=~models.Q(tenant=""), name="responses_are_somebodys"),
        ]
        # Rows come in the order of time, so this finds old ones and weighs next to nothing.
        indexes: ClassVar[list[models.Index]] = [
            BrinIndex(fields=["created_at"], name="old_responses", autosummarize=True)
        ]

    def __str__(self) -> str:
        return self.key


class LoggedRequest(models.Model):
    """A request that came with a key of ours, and how it was answered; never what it contained.

    It is written in the request's own transaction. Its id grows with time, so that a time's rows
    are a range of ids. `key` is the key's prefix.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.CharField(max_length=64)
    key = models.CharField(max_length=32)
    request_id = models.CharField(max_length=128)
    answered_at = models.DateTimeField()
    method = models.CharField(max_length=16)
    path = models.CharField(max_length=500)
    status = models.PositiveSmallIntegerField()
    problem = models.CharField(max_length=64, blank=True)
    detail = models.CharField(max_length=1000, blank=True)
    milliseconds = models.PositiveIntegerField()
    received_bytes = models.BigIntegerField()
    idempotency_key = models.CharField(max_length=255, blank=True)
    is_replay = models.BooleanField()
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "request"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(tenant=""), name="requests_are_somebodys")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["tenant", "id"], name="requests_in_order"),
            models.Index(fields=["tenant", "request_id"], name="requests_by_their_id"),
            models.Index(
                fields=["tenant", "id"],
                condition=models.Q(status__gte=400),
                name="refused_requests",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.status}"
