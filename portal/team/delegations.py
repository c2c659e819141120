"""Letting another organisation act for one's own, ending it, and acting for another."""

from datetime import UTC, date, datetime, time

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.middleware import CHOSEN, THROUGH
from accounts.models import Delegation, Organisation
from accounts.roles import Act
from accounts.selectors import valid_delegations
from accounts.services import delegation as delegations
from accounts.services.membership import PeopleNotChanged
from common.database import tenancy
from portal.access import freshly_signed_in, who_may
from portal.team.forms import DelegationForm, InvitationForm
from portal.team.guard import MemberRequest, for_members
from portal.team.views import team_page


@require_POST
@for_members
@who_may(Act.PEOPLE)
@freshly_signed_in
def delegate(request: MemberRequest) -> HttpResponse:
    """Lets another organisation act; what it is called is told once it was named rightly."""
    form = DelegationForm(request.POST)
    if form.is_valid():
        try:
            made = _granted(request, form)
        except PeopleNotChanged as refusal:
            form.add_error("delegate", str(refusal))
        else:
            audit.recorded_by(request, "delegation.made", f"{made.delegate}: {made.acts}")
            messages.success(
                request,
                _("%(delegate)s acts for you from then on.") % {"delegate": made.delegate},
            )
            return redirect("team")
    return team_page(request, InvitationForm(), form)


def _granted(request: MemberRequest, form: DelegationForm) -> Delegation:
    said = form.cleaned_data
    with tenancy.acting_as(tenancy.SYSTEM):
        other = Organisation.objects.filter(
            pk=said["delegate"], kind=Organisation.Kind.RIGHTS_HOLDER
        ).first()
    if other is None:
        raise PeopleNotChanged(_("There is no rights holder with that number."))
    starts_on, ends_on = said["starts_on"], said["ends_on"]
    return delegations.grant(
        organisation=request.organisation,
        delegate=other,
        acts=[Act(act) for act in said["acts"]],
        starts_at=_midnight(starts_on) if starts_on else timezone.now(),
        ends_at=_midnight(ends_on) if ends_on else None,
        by=request.user,
    )


@require_POST
@for_members
@who_may(Act.PEOPLE)
def end(request: MemberRequest, pk: int) -> HttpResponse:
    """Ends it at once; either side may."""
    own = Q(organisation=request.organisation) | Q(delegate=request.organisation)
    found = get_object_or_404(Delegation.objects.filter(own), pk=pk)
    delegations.end(found, by=request.user, as_of=timezone.now())
    audit.record(request.user, found.organisation, "delegation.revoked", "", request)
    messages.success(request, _("It has ended, and whoever acted under it sees nothing more."))
    return redirect("team")


@require_POST
@for_members
def act_through(request: MemberRequest, pk: int) -> HttpResponse:
    """Begins to act for another organisation, until one chooses another or it is ended."""
    with tenancy.acting_as(tenancy.SYSTEM):
        found = get_object_or_404(
            valid_delegations(timezone.now()).filter(delegate=request.organisation), pk=pk
        )
    request.session[CHOSEN], request.session[THROUGH] = found.organisation_id, found.delegate_id
    audit.record(request.user, found.organisation, "delegation.used", str(found.delegate), request)
    return redirect("home")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
