"""For whom a request acts, told to the database before anything is read; and in which language."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from accounts.models import Delegation, Membership, Organisation, User
from accounts.notices.selectors import notices_of, unread_of_membership
from accounts.roles import RIGHTS, Act
from accounts.selectors import valid_delegations
from common.database import tenancy

CHOSEN = "organisation"  # the session's key
THROUGH = "through"  # likewise, where one acts for an organisation by another's grant
ENGLISH_PATHS = ("/api/", "/admin/")  # what programs and operators read


class ActingRequest(HttpRequest):
    """A request behind `ActingOrganisation`."""

    organisation: Organisation | None
    organisations: list[Organisation]
    acts: frozenset[Act]
    delegate: Organisation | None
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
            request.organisation, request.delegate = None, None
            request.acts, request.unread_count = frozenset(), 0
            grant = _granted(request, memberships)
            if grant is not None:
                _act_through(request, *grant)
            elif (chosen := _chosen(request, memberships)) is not None:
                _act_for(request, chosen)
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


def _act_for(request: ActingRequest, chosen: Membership) -> None:
    request.organisation, request.acts = chosen.organisation, RIGHTS[chosen.role]
    request.unread_count = getattr(chosen, "unread", 0)
    tenancy.switch_to(chosen.organisation.tenant)


def _granted(request: HttpRequest, own: list[Membership]) -> tuple[Membership, Delegation] | None:
    """The grant under which somebody acts for another organisation; None once it has ended."""
    through, chosen = request.session.get(THROUGH), request.session.get(CHOSEN)
    if through is None or chosen is None:
        return None
    membership = next((each for each in own if each.organisation_id == through), None)
    if membership is None:
        return None
    with tenancy.acting_as(tenancy.SYSTEM):
        grant = valid_delegations(timezone.now()).filter(
            delegate_id=through, organisation_id=chosen
        )
        found = grant.first()
    return (membership, found) if found is not None else None


def _act_through(request: ActingRequest, membership: Membership, grant: Delegation) -> None:
    """Under a grant one may what it says and what one's own role says, and no more."""
    request.organisation, request.delegate = grant.organisation, membership.organisation
    request.acts = RIGHTS[membership.role] & {Act(act) for act in grant.acts}
    tenancy.switch_to(f"{grant.organisation.tenant}/{grant.delegate_id}")
    own = notices_of(cast(User, request.user), grant.organisation)
    request.unread_count = own.filter(read_at=None).count()


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
