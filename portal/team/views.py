"""The team: members with their roles, invitations, and what an owner does about them."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import Delegation, Invitation, Membership
from accounts.roles import Act, Role, may
from accounts.services import membership as people
from accounts.services.membership import PeopleNotChanged
from portal.access import check, freshly_signed_in, who_may
from portal.team.forms import DelegationForm, InvitationForm, RoleForm
from portal.team.guard import MemberRequest, for_members


@require_safe
@for_members
def team(request: MemberRequest) -> HttpResponse:
    """Who belongs to it, who was invited, who acts for it."""
    return team_page(request, InvitationForm(), DelegationForm())


def team_page(
    request: MemberRequest, invitation: InvitationForm, delegation: DelegationForm
) -> HttpResponse:
    """The page with its two forms, which may say what was wrong with what was sent."""
    now, organisation = timezone.now(), request.organisation
    context = {
        "members": Membership.objects.filter(organisation=organisation)
        .select_related("user")
        .order_by("pk"),
        "invitations": people.open_invitations(organisation, as_of=now),
        "given": Delegation.objects.filter(organisation=organisation, revoked_at=None)
        .select_related("delegate")
        .order_by("pk"),
        "received": Delegation.objects.filter(delegate=organisation, revoked_at=None)
        .select_related("organisation")
        .order_by("pk"),
        "form": invitation,
        "delegation_form": delegation,
        "roles": Role.choices,
        "may_change": may(request, Act.PEOPLE),
        "now": now,
    }
    return render(request, "portal/team/team.html", context)


@require_POST
@for_members
@who_may(Act.PEOPLE)
@freshly_signed_in
def invite(request: MemberRequest) -> HttpResponse:
    """Sends an invitation."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return team_page(request, form, DelegationForm())
    email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
    try:
        people.invite(
            organisation=request.organisation,
            email=email,
            role=role,
            by=request.user,
            as_of=timezone.now(),
        )
    except PeopleNotChanged as refusal:
        form.add_error("email", str(refusal))
        return team_page(request, form, DelegationForm())
    audit.recorded_by(request, "person.invited", f"{email}, {role.label}")
    messages.success(request, _("An invitation is on its way. It is good for seven days."))
    return redirect("team")


@require_POST
@for_members
@who_may(Act.PEOPLE)
def send_again(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Sends an invitation once more; the link that was sent before is void."""
    found = get_object_or_404(Invitation, organisation=request.organisation, pk=pk)
    try:
        people.send_again(found, as_of=timezone.now())
    except PeopleNotChanged as refusal:
        messages.error(request, str(refusal))
        return redirect("team")
    audit.recorded_by(request, "invitation.sent_again", found.email)
    messages.success(request, _("It is on its way again, with a new link."))
    return redirect("team")


@require_POST
@for_members
@who_may(Act.PEOPLE)
def take_back(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Takes an invitation back."""
    found = get_object_or_404(Invitation, organisation=request.organisation, pk=pk)
    people.revoke(found, as_of=timezone.now())
    audit.recorded_by(request, "invitation.revoked", found.email)
    messages.success(request, _("The invitation is taken back; its link leads nowhere."))
    return redirect("team")


@require_POST
@for_members
@who_may(Act.PEOPLE)
@freshly_signed_in
def role(request: MemberRequest, pk: int) -> HttpResponse:
    """Gives a member another role."""
    found = _member(request, pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        wanted = Role(form.cleaned_data["role"])
        try:
            people.change_role(found, role=wanted)
        except PeopleNotChanged as refusal:
            messages.error(request, str(refusal))
            return redirect("team")
        audit.recorded_by(request, "person.role_changed", f"{found.user.email}: {wanted.label}")
        messages.success(request, _("The role is changed, from their next click on."))
    return redirect("team")


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Says what removing somebody means, and does it: oneself always, others as an owner."""
    found = _member(request, pk)
    is_oneself = found.user_id == request.user.pk
    if request.method != "POST":
        context = {"member": found, "is_oneself": is_oneself}
        return render(request, "portal/team/remove.html", context)
    if is_oneself:
        return _removed(request, found, "person.left")
    check(request, Act.PEOPLE)
    return cast(HttpResponse, freshly_signed_in(lambda _: _removed(request, found))(request))


def _removed(
    request: MemberRequest, found: Membership, act: str = "person.removed"
) -> HttpResponse:
    try:
        people.remove(found)
    except PeopleNotChanged as refusal:
        messages.error(request, str(refusal))
        return redirect("team")
    audit.recorded_by(request, act, found.user.email)
    if act == "person.left":
        messages.success(request, _("You do not belong to it any more."))
        return redirect("home")
    messages.success(request, _("They do not belong to it any more."))
    return redirect("team")


def _member(request: MemberRequest, pk: int) -> Membership:
    own = Membership.objects.filter(organisation=request.organisation).select_related("user")
    return get_object_or_404(own, pk=pk)
