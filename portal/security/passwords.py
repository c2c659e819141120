"""A forgotten password, and a new one."""

from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.models import User
from accounts.services.mails import ask_for_reset, tell_of_a_change
from portal.security.forms import AddressForm, ChangePasswordForm, NewPasswordForm

CHANGED = "security.password_changed"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks for the address; the answer is the same whether anybody has it."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "account/password_forgotten.html", {"form": form})
    ask_for_reset(form.cleaned_data["email"])
    return render(request, "account/password_sent.html")


class NewPassword(PasswordResetConfirmView):
    """Behind the e-mail's link, which works once; a second factor is asked for at the sign-in."""

    template_name = "account/password_new.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("sign-in")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        user = cast(User, form.user)
        audit.record(user, None, CHANGED, "", self.request)
        tell_of_a_change(user, CHANGED)
        messages.success(self.request, _("Your password is changed. Sign in by it."))
        return response


new_password = NewPassword.as_view()


@never_cache
@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Changes it; wherever else somebody was signed in, they are out."""
    user = cast(User, request.user)
    form = ChangePasswordForm(user, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "account/password_change.html", {"form": form})
    form.save()
    update_session_auth_hash(request, user)
    UserSession.objects.create_from_request(request)
    record_authentication(request, user, "password", reauthenticated=True)
    audit.recorded_by(request, CHANGED, "")
    tell_of_a_change(user, CHANGED)
    messages.success(request, _("Your password is changed, and you are signed out elsewhere."))
    return redirect("security")
