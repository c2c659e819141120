"""For whom a request acts, told to the database before anything is read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.models import Organisation, User
from common.database import tenancy

CHOSEN = "organisation"  # the session's key


class ActingRequest(HttpRequest):
    """A request behind `ActingOrganisation`."""

    organisation: Organisation | None
    organisations: list[Organisation]


class ActingOrganisation:
    """Gives each request a transaction in which the database shows what its person may see.

    `request.organisations` are those that the person may act for, `request.organisation` the one
    that they do: that of the session, else their first; None for nobody, and for programs, whose
    keys the API looks at. Views run in a savepoint
    of it (ATOMIC_REQUESTS), so that an error page can still read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponse:
        with tenancy.acting_as(tenancy.NOBODY):
            request.organisations = _organisations_of(request)
            request.organisation = _chosen(request)
            if request.organisation is not None:
                tenancy.switch_to(request.organisation.tenant)
            return self._get_response(request)


def _organisations_of(request: HttpRequest) -> list[Organisation]:
    if not isinstance(request.user, User) or not request.user.is_active:
        return []
    with tenancy.acting_as(tenancy.SYSTEM):
        return list(Organisation.objects.filter(members=request.user).order_by("pk"))


def _chosen(request: ActingRequest) -> Organisation | None:
    own = request.organisations
    if not own:
        return None
    chosen = request.session.get(CHOSEN)
    return next((each for each in own if each.pk == chosen), own[0])
