"""From the header Authorization to the organisation for which a program acts.

Cookies never open the API: a page that a signed-in person visits could otherwise use it.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ApiKey, Organisation
from accounts.services.admission import (
    AddressRefused,
    KeyRefused,
    KeyUnknown,
    admit_key,
    find_key,
)
from common.api.callers import introduce
from common.api.limits import count_request, count_wrong_key
from common.api.log import address_of
from common.api.problems import FORBIDDEN, INVALID_KEY, Problem, kind, translates
from common.database import tenancy

if TYPE_CHECKING:  # the framework imports this module to make its views
    from common.api.resources import Resource

SCHEME = "Bearer"
ADDRESS_REFUSED = kind(
    "address-refused",
    403,
    "The key may not be used from here",
    "The key is good, but only from the networks that were named for it, and the detail says from "
    "which address it was used. Call from one of them, have the network added to a new key, or "
    "look whether a proxy of yours changes the address.",
)


class ByKey(BaseAuthentication):
    """`Authorization: Bearer <key>`; from then on the database shows what the key's owner may see.

    `request.auth` is the key. There is no user: keys belong to organisations.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _, text = header.partition(" ")
        if scheme.lower() != SCHEME.lower():
            raise KeyRefused(f"Write {SCHEME} before the key, not {scheme[:20]!r}.")
        key, address = _found(text.strip(), request), address_of(request._request)
        introduce(request._request, key)
        count_request(request._request, key)
        admit_key(key=key, address=address, as_of=timezone.now())
        request._request.organisation = key.organisation  # type: ignore[attr-defined]
        return AnonymousUser(), key

    def authenticate_header(self, _request: Request) -> str:
        return SCHEME


def _found(text: str, request: Request) -> ApiKey:
    """The key that was sent; from then on the database shows what its organisation may see."""
    tenancy.switch_to(tenancy.SYSTEM)
    try:
        key = find_key(text)
    except KeyUnknown:
        tenancy.switch_to(tenancy.NOBODY)
        count_wrong_key(address_of(request._request) or "")
        raise
    tenancy.switch_to(key.tenant)
    return key


@translates(KeyRefused)
def _refused(refusal: KeyRefused) -> Problem:
    return Problem(INVALID_KEY, str(refusal))


@translates(AddressRefused)
def _from_elsewhere(refusal: AddressRefused) -> Problem:
    return Problem(ADDRESS_REFUSED, str(refusal))


class HasScope(BasePermission):
    """The key has the scope that the resource needs, by its `reading` or its `writing`."""

    def has_permission(self, request: Request, view: "Resource") -> bool:  # type: ignore[override]
        key: Any = request.auth
        if not isinstance(key, ApiKey):
            return False  # nobody asks: 401, not 403
        scope = view.reading if request.method in SAFE_METHODS else view.writing
        if scope:
            require_scope(request, scope)
        return True


def require_scope(request: Request, scope: str) -> None:
    """Refuse a key that lacks a scope; for methods whose scope the request's content decides.

    Raises:
        Problem: it does.
    """
    key: Any = request.auth
    if scope not in key.scopes:
        raise Problem(
            FORBIDDEN,
            f"The key {key.prefix} lacks the scope {scope!r}; it has {', '.join(key.scopes)}.",
        )


def organisation_of(request: Request) -> Organisation:
    """For whom the request's key acts."""
    key: Any = request.auth
    assert isinstance(key, ApiKey)
    return key.organisation
