"""Where the operator asks for it, its people do nothing before they have a second factor."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import Organisation, User

# What they need to get one, and to leave.
OPEN_PATHS = ("/security/", "/confirm/", "/sign-out/", "/appearance/", "/language/", "/static/")
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class SecondFactorOfOperators:
    """Middleware: leads an operator without a second factor to where one is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.OPERATORS_NEED_SECOND_FACTOR and _lacks_one(request):
            messages.warning(
                request,
                _("The people who run this service need a second factor. Add one to go on."),
            )
            return redirect("security")
        return self._get_response(request)


def _lacks_one(request: HttpRequest) -> bool:
    organisation: Organisation | None = getattr(request, "organisation", None)
    return (
        isinstance(request.user, User)
        and organisation is not None
        and organisation.kind == Organisation.Kind.OPERATOR
        and not request.path.startswith(OPEN_PATHS)
        and not is_mfa_enabled(request.user, FACTORS)
    )
