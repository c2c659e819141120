"""Sending the form that proves where a party pays tax; nobody of its own reads it again here."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act
from catalog.claims.services.actors import ClaimError
from catalog.claims.services.attachments import read_sent
from catalog.models import Party
from portal.access import HolderRequest, freshly_signed_in, rights_holders_may_fill_in, who_may
from royalty.services.tax_forms import TaxFormError, send_tax_form


class FileForm(forms.Form):
    """The scan of a form."""

    file = forms.FileField(
        label=gettext_lazy("Tax form"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


@rights_holders_may_fill_in
def tax_form(request: HolderRequest, pk: int) -> HttpResponseBase:
    """The field for the file."""
    party = next((each for each in request.parties if each.pk == pk), None)
    if party is None:
        raise Http404
    return _send(request, party)


@freshly_signed_in
@who_may(Act.MONEY)
def _send(request: HolderRequest, party: Party) -> HttpResponse:
    is_sent = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if is_sent else FileForm()
    if is_sent and form.is_valid() and isinstance(request.user, User):
        file = form.cleaned_data["file"]
        try:
            sent = read_sent(file.name or "", file)
            send_tax_form(party=party, sent=sent, user=request.user)
        except (ClaimError, TaxFormError) as refusal:
            form.add_error("file", str(refusal))
        else:
            recorded_by(request, "tax_form.sent", party.name)
            messages.success(request, _("The form was sent. You are told what came of it."))
            return redirect("payment-details")
    context = {"form": form, "party": party}
    return render(request, "portal/rights_holder/tax_form.html", context)
