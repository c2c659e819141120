"""An operator invites a party's person to its own data."""

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import User
from accounts.roles import Act, Role
from accounts.services.membership import PeopleNotChanged, invite
from catalog.models import Party
from catalog.services.representing import organisation_of_its_own
from portal.access import OperatorRequest, freshly_signed_in, operators_may_fill_in, who_may


class PartyInvitationForm(forms.Form):
    """Which party, and whose address."""

    party = forms.CharField(
        label=gettext_lazy("Reference of the party"),
        max_length=200,
        help_text=gettext_lazy("As it stands on the party’s page in the catalogue."),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)

    def clean_party(self) -> Party:
        found = Party.objects.filter(ref=self.cleaned_data["party"]).first()
        if found is None:
            raise forms.ValidationError(_("There is no party with that reference."))
        return found


@operators_may_fill_in
@who_may(Act.PEOPLE)
@freshly_signed_in
def invite_party(request: OperatorRequest) -> HttpResponse:
    """They become an owner of the party's own organisation, which is made if there is none."""
    sent = request.POST if request.method == "POST" else None
    form = PartyInvitationForm(
        sent, initial={"party": request.GET.get("party", "")}, label_suffix=""
    )
    if form.is_valid():
        party, email = form.cleaned_data["party"], form.cleaned_data["email"]
        try:
            invite(
                organisation=organisation_of_its_own(party),
                email=email,
                role=Role.OWNER,
                by=cast(User, request.user),
                as_of=timezone.now(),
            )
        except PeopleNotChanged as refusal:
            form.add_error("email", str(refusal))
        else:
            audit.recorded_by(request, "person.invited", f"{email}, {party.name}")
            messages.success(request, _("An invitation is on its way. It is good for seven days."))
            return redirect("invite-party")
    return render(request, "portal/team/invite_party.html", {"form": form})
