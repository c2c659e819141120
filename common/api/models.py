"""What was answered to requests with an Idempotency-Key."""

from typing import ClassVar

from django.db import models


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

    def __str__(self) -> str:
        return self.key
