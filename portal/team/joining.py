"""Behind an invitation's link: who invites, to what, as what; and accepting it."""

from typing import cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.middleware import CHOSEN, THROUGH
from accounts.models import Membership, User
from accounts.services.membership import Opened, PeopleNotChanged, accept, join_as_new, opened
from portal.team.forms import NewAccountForm


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A link that leads nowhere any more says so, whatever became of it."""
    found = opened(token, as_of=timezone.now())
    if found is None:
        return render(request, "portal/team/invitation_gone.html", status=410)
    if isinstance(request.user, User):
        return _for_somebody(request, token, found)
    if found.account is not None:
        return render(request, "portal/team/invitation.html", {"found": found, "sign_in": True})
    return _for_somebody_new(request, token, found)


def _for_somebody(request: HttpRequest, token: str, found: Opened) -> HttpResponse:
    user = cast(User, request.user)
    if user.email.casefold() != found.invitation.email.casefold():
        context = {"found": found, "is_other": True}
        return render(request, "portal/team/invitation.html", context, status=403)
    if request.method != "POST":
        return render(request, "portal/team/invitation.html", {"found": found})
    try:
        membership = accept(token, user=user, as_of=timezone.now())
    except PeopleNotChanged as refusal:
        messages.error(request, str(refusal))
        return redirect("home")
    return _welcome(request, membership)


def _for_somebody_new(request: HttpRequest, token: str, found: Opened) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = NewAccountForm(sent, email=found.invitation.email)
    if form.is_valid():
        try:
            membership = join_as_new(token, as_of=timezone.now(), **form.cleaned_data)
        except PeopleNotChanged as refusal:
            form.add_error(None, str(refusal))
        else:
            login = Login(user=membership.user, redirect_url="/")
            perform_password_login(request, {"email": membership.user.email}, login)
            return _welcome(request, membership)
    return render(request, "portal/team/invitation.html", {"found": found, "form": form})


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    request.session[CHOSEN] = membership.organisation_id
    request.session.pop(THROUGH, None)
    user, organisation = membership.user, membership.organisation
    audit.record(user, organisation, "person.joined", membership.get_role_display(), request)
    messages.success(
        request, _("You act for %(organisation)s now.") % {"organisation": organisation}
    )
    return redirect("home")
