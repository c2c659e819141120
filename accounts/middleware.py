"""For whom a request acts, told to the database before anything is read; and in which language."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from accounts.models import Membership, Organisation, User
from accounts.notices.selectors import unread_of_membership
from accounts.roles import RIGHTS, Act
from common.database import tenancy

CHOSEN = "organisation"  # the session's key
ENGLISH_PATHS = ("/api/", "/admin/")  # what programs and operators read


class ActingRequest(HttpRequest):
    """A request behind `ActingOrganisation`."""

    organisation: Organisation | None
    organisations: list[Organisation]
    acts: frozenset[Act]
    unread_count: int  # of the person's notices for it


class ActingOrganisation:
    """Gives each request a transaction in which the database shows what its person may see.

    `request.organisations` are those that the person may act for, `request.organisation` the one
    that they do: that of the session, else their first; None for nobody, and for programs, whose
    keys the API looks at. `request.acts` is what their role lets them do for it. All of it is read
    anew at each request: who was removed is out at the next one. Views run in a savepoint of it
    (ATOMIC_REQUESTS), so that an error page can still read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponse:
        with tenancy.acting_as(tenancy.NOBODY):
            memberships = _memberships_of(request)
            request.organisations = [each.organisation for each in memberships]
            chosen = _chosen(request, memberships)
            request.organisation = chosen.organisation if chosen is not None else None
            request.acts = RIGHTS[chosen.role] if chosen is not None else frozenset()
            request.unread_count = getattr(chosen, "unread", 0)
            if request.organisation is not None:
                tenancy.switch_to(request.organisation.tenant)
            return self._get_response(request)


def _memberships_of(request: HttpRequest) -> list[Membership]:
    if not isinstance(request.user, User) or not request.user.is_active:
        return []
    with tenancy.acting_as(tenancy.SYSTEM):
        own = Membership.objects.filter(user=request.user).select_related("organisation")
        own = own.annotate(unread=unread_of_membership())  # here, so that no page asks once more
        return list(own.order_by("organisation_id"))


def _chosen(request: HttpRequest, own: list[Membership]) -> Membership | None:
    if not own:
        return None
    chosen = request.session.get(CHOSEN)
    return next((each for each in own if each.organisation_id == chosen), own[0])


class ReaderLanguage:
    """Answers in the reader's language: as they chose, as their browser did, or as it asks.

    Whoever is signed in and has chosen one gets it in every browser; others by the cookie of their
    choice, then by `Accept-Language`, then English. It ends with the request, so that nothing that
    runs in this thread afterwards speaks German by accident.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(ENGLISH_PATHS):
            return self._get_response(request)
        language = getattr(request.user, "language", "")
        with translation.override(language or translation.get_language_from_request(request)):
            response = self._get_response(request)
        if not language:
            patch_vary_headers(response, ("Accept-Language",))
        return response
