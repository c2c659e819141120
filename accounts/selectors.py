"""Reading: the log of requests, filtered as whoever asks wants it; which delegations hold."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Delegation, Organisation
from common.api.models import LoggedRequest
from common.ids import least_id_at


@dataclass(frozen=True)
class Sought:
    """What is looked for in a log; None and empty texts stand for everything.

    `status` is one, such as `404`, or a hundred of them, such as `4xx`; `path` is how a path
    begins; of `since` and `until` only the first is within.
    """

    request_id: str = ""
    status: str = ""
    method: str = ""
    path: str = ""
    key: str = ""
    since: datetime | None = None
    until: datetime | None = None


def requests_of(organisation: Organisation, sought: Sought) -> QuerySet[LoggedRequest]:
    """The requests of an organisation's programs that match."""
    found = LoggedRequest.objects.filter(tenant=organisation.tenant)
    exact = {"request_id": sought.request_id, "method": sought.method, "key": sought.key}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if sought.path:
        found = found.filter(path__startswith=sought.path)
    if sought.since is not None:
        found = found.filter(pk__gte=least_id_at(sought.since))
    if sought.until is not None:
        found = found.filter(pk__lt=least_id_at(sought.until))
    return _of_status(found, sought.status)


def _of_status(found: QuerySet[LoggedRequest], status: str) -> QuerySet[LoggedRequest]:
    if not status:
        return found
    if not status.endswith("xx"):
        return found.filter(status=int(status))
    least = int(status[0]) * 100
    return found.filter(status__gte=least, status__lt=least + 100)


def valid_delegations(as_of: datetime) -> QuerySet[Delegation]:
    """Grants that hold at a moment."""
    return Delegation.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=as_of), revoked_at=None, starts_at__lte=as_of
    ).select_related("organisation", "delegate")
