"""Signing in and out, choosing for whom to act, and choosing light or dark."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import CHOSEN
from accounts.models import Organisation, User
from common.database import tenancy
from portal.session.forms import SignInForm

THEMES = ("light", "dark")
THEME_SECONDS = 365 * 24 * 3600

sign_in = LoginView.as_view(
    template_name="portal/sign_in.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
)
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
    return redirect("home")


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Remembers light, dark or the system's choice in a cookie, and goes back."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(target) if safe else redirect("home")
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            "theme", theme, THEME_SECONDS, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


def _organisations_of(user: User) -> list[Organisation]:
    """All of them: as one of them the database would show that one alone."""
    with tenancy.acting_as(tenancy.SYSTEM):
        return list(Organisation.objects.filter(members=user).order_by("name", "pk"))
