"""Signing out, choosing for whom to act, a language, and light or dark."""

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import CHOSEN, THROUGH
from accounts.models import Organisation, User
from accounts.services.people import choose_language
from common.database import tenancy

THEMES = ("light", "dark")
THEME_SECONDS = 365 * 24 * 3600

sign_out = LogoutView.as_view()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act_for(request: HttpRequest) -> HttpResponse:
    """Lists one's organisations; posted with one of them, acts for it from then on."""
    own = _organisations_of(cast(User, request.user))
    if request.method != "POST":
        return render(request, "portal/act_for.html", {"organisations": own})
    chosen = request.POST.get("organisation", "")
    if chosen not in {str(organisation.pk) for organisation in own}:
        raise PermissionDenied("You are not a member of that organisation.")
    request.session[CHOSEN] = int(chosen)
    request.session.pop(THROUGH, None)
    return redirect("home")


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Remembers light, dark or the system's choice in a cookie, and goes back."""
    response = _back(request)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            "theme", theme, THEME_SECONDS, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remembers a language, in a cookie and with whoever is signed in, and goes back."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise BadRequest("That is none of the languages that these pages speak.")
    if isinstance(request.user, User):
        choose_language(user=request.user, language=chosen)
    response = _back(request)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        settings.LANGUAGE_COOKIE_AGE,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def _back(request: HttpRequest) -> HttpResponse:
    """To the page whose form was posted, if it is one of ours."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return HttpResponseRedirect(target) if safe else redirect("home")


def _organisations_of(user: User) -> list[Organisation]:
    """All of them: as one of them the database would show that one alone."""
    with tenancy.acting_as(tenancy.SYSTEM):
        return list(Organisation.objects.filter(members=user).order_by("name", "pk"))
