"""The audit log: who did what, for whom, about what, from where. It is only ever added to.

A row is written in the transaction of what it tells of, so that one is there if and only if the
other is. Rows hold no secret and no amount. The address is kept as a network, enough to tell home
from abroad and not whose desk it was.
"""

import ipaddress

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import AuditEvent, Organisation, User
from common.database import tenancy

LONGEST_ABOUT = AuditEvent._meta.get_field("about").max_length or 0
_BITS_KEPT = {4: 24, 6: 48}


def record(
    user: User | None, organisation: Organisation | None, act: str, about: str, request: HttpRequest
) -> AuditEvent:
    """Write down that somebody did something.

    Args:
        organisation: for whom; None where it concerns the person alone.
        act: what, as a name such as `key.made`; `accounts.audit.ACTS` has the words for it.
        about: what it was done to, in few words; cut off at 300 characters.
    """
    delegate: Organisation | None = getattr(request, "delegate", None)
    with tenancy.acting_as(tenancy.SYSTEM):  # also while somebody signs in, and is nobody yet
        return AuditEvent.objects.create(
            user=user,
            organisation=organisation,
            through=delegate,
            act=act,
            about=about[:LONGEST_ABOUT],
            network=network_of(request.META.get("REMOTE_ADDR", "")),
            request_id=getattr(request, "request_id", ""),
        )


def recorded_by(request: HttpRequest, act: str, about: str) -> AuditEvent:
    """The same, of the request's own person and organisation."""
    user = request.user if isinstance(request.user, User) else None
    return record(user, getattr(request, "organisation", None), act, about, request)


def network_of(address: str) -> str:
    """The network of an address: 203.0.113.0/24, 2001:db8:1::/48; empty for what is none."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((known, _BITS_KEPT[known.version]), strict=False))


def events_of(organisation: Organisation) -> QuerySet[AuditEvent]:
    """What was done for an organisation, and what its people did for others, the newest first."""
    return (
        AuditEvent.objects.filter(Q(organisation=organisation) | Q(through=organisation))
        .select_related("user", "organisation", "through")
        .order_by("-pk")
    )
