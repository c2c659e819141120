"""The page of how one signs in: password, address, second factors, passkeys, sessions."""

from datetime import timedelta
from typing import cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import User
from accounts.services.mails import NEW_ADDRESS_SALT, ask_for_new_address, tell_of_a_change
from portal.access import freshly_signed_in
from portal.security.forms import AddressForm

ADDRESS_CHANGED = "security.email_changed"
LINK_AGE = timedelta(days=1)


@never_cache
@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Everything at a glance, with a way to change each."""
    user = cast(User, request.user)
    kept = list(Authenticator.objects.filter(user=user).order_by("pk"))
    by_type = {each.type: each.wrap() for each in kept}
    context = {
        "app": by_type.get(Authenticator.Type.TOTP),
        "codes": by_type.get(Authenticator.Type.RECOVERY_CODES),
        "passkeys": [each.wrap() for each in kept if each.type == Authenticator.Type.WEBAUTHN],
        "sessions": UserSession.objects.purge_and_list(user),
    }
    return render(request, "portal/security/security.html", context)


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Signs out everywhere but here."""
    end_other_sessions(request, cast(User, request.user))
    audit.recorded_by(request, "security.sessions_ended", "")
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("security")


@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """Asks for another address; it counts once its e-mail is answered."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "account/address.html", {"form": form})
    wanted = User.objects.normalize_email(form.cleaned_data["email"])
    ask_for_new_address(cast(User, request.user), wanted)
    messages.success(
        request, _("An e-mail is on its way to the new address. It says how to go on.")
    )
    return redirect("security")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the e-mail's link: good once, for a day, for whoever asked, and for nobody else."""
    user = cast(User, request.user)
    new = _proved(user, token)
    if request.method != "POST" or new is None:
        return render(request, "account/address_confirm.html", {"new": new})
    old = user.email
    try:
        with transaction.atomic():
            user.email = new
            user.save(update_fields=["email"])
    except IntegrityError:
        return render(request, "account/address_confirm.html", {"new": None})
    tell_of_a_change(User(pk=user.pk, email=old), ADDRESS_CHANGED)
    audit.recorded_by(request, ADDRESS_CHANGED, "")
    messages.success(request, _("You sign in by the new address from now on."))
    return redirect("security")


def _proved(user: User, token: str) -> str | None:
    """The new address, if the link is this person's and they still have the old one."""
    try:
        pk, old, new = signing.loads(token, salt=NEW_ADDRESS_SALT, max_age=LINK_AGE)
    except signing.BadSignature:
        return None
    return str(new) if (pk, old) == (user.pk, user.email) else None
