"""Who sees the pages of an organisation's people: whoever belongs to it, and not its delegates."""

from django.utils.translation import gettext_noop

from accounts.middleware import ActingRequest
from accounts.models import Organisation, User
from portal.access import guard


class MemberRequest(ActingRequest):
    """A request of somebody who belongs to the organisation that they act for."""

    organisation: Organisation
    user: User


def _belongs(request: ActingRequest) -> bool:
    return request.organisation is not None and request.delegate is None


for_members = guard(
    _belongs, gettext_noop("This page is for people who belong to the organisation.")
)
