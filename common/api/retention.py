"""Forgetting: what was answered is kept for thirty days, in lines as well as whole.

A request that is sent again later is no replay any more. Pieces and events still count once, by
their names.
"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from common.api.models import KEPT_FOR, LoggedRequest, StoredResponse
from common.ids import least_id_at

BATCH = 10_000


def forget_old_answers(*, as_of: datetime) -> int:
    """Delete what is older than it is kept for, in statements of bounded length.

    Returns:
        how many rows there were.
    """
    until = as_of - KEPT_FOR
    old_requests = LoggedRequest.objects.filter(pk__lt=least_id_at(until))
    old_responses = StoredResponse.objects.filter(created_at__lt=until)
    return _delete(old_requests) + _delete(old_responses)


def _delete(rows: QuerySet[Any]) -> int:
    total = 0
    while count := rows.filter(pk__in=rows.values("pk")[:BATCH]).delete()[0]:
        total += count
    return total
