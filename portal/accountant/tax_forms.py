"""Tax forms that payees sent: read by owners and accountants alone, then taken or refused."""

from datetime import date
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act
from portal.access import (
    OperatorRequest,
    check,
    for_operators,
    freshly_signed_in,
    operators_may_fill_in,
)
from portal.accountant.decision_forms import WhyForm
from portal.claims.showing import download
from portal.tables import Column, Table
from royalty.models import TaxForm
from royalty.services.tax_forms import TaxFormError, decide_tax_form

QUESTIONS = {
    "take": gettext_lazy("Take the tax form of %(party)s?"),
    "refuse": gettext_lazy("Refuse the tax form of %(party)s?"),
}
BUTTONS = {"take": gettext_lazy("Accept the form"), "refuse": gettext_lazy("Refuse the form")}


def _sent_on(form: TaxForm) -> date:
    return form.created_at.date()


FORMS = Table(
    name="tax-forms",
    caption=gettext_lazy("Tax forms"),
    columns=(
        Column(
            "payee", gettext_lazy("Payee"), sort="party__name", value=lambda row: row.party.name
        ),
        Column("file", gettext_lazy("File"), sort="name", value=lambda row: row.name),
        Column("sent_on", gettext_lazy("Sent"), sort="created_at", value=_sent_on),
        Column("sent_by", gettext_lazy("By"), value=lambda row: str(row.sent_by)),
        Column("state", gettext_lazy("State"), sort="decided_at"),
    ),
    start="-sent_on",
)


@for_operators
def tax_forms(request: OperatorRequest) -> HttpResponse:
    """All forms, the newest first."""
    check(request, Act.MONEY)
    table = FORMS.shown(request, TaxForm.objects.select_related("party", "sent_by"))
    if table.wants_file:
        return table.file()
    context = {"table": table, "rows": table.rows}
    return render(request, "portal/accountant/tax_forms.html", context)


@for_operators
@freshly_signed_in
def file(request: OperatorRequest, pk: UUID) -> HttpResponseBase:
    """The form itself; who reads it is written down."""
    check(request, Act.MONEY)
    found = get_object_or_404(TaxForm.objects.select_related("party"), pk=pk)
    recorded_by(request, "tax_form.read", found.party.name)
    return download(found)


@operators_may_fill_in
@freshly_signed_in
def decide(request: OperatorRequest, pk: UUID, name: str) -> HttpResponse:
    """Takes a form, or refuses it with a reason that the payee reads."""
    check(request, Act.MONEY)
    if name not in BUTTONS:
        raise Http404
    found = get_object_or_404(TaxForm.objects.select_related("party", "sent_by"), pk=pk)
    form = WhyForm(request.POST or None) if name == "refuse" else None
    if request.method == "POST" and (form is None or form.is_valid()):
        why = "" if form is None else form.cleaned_data["reason"]
        return _decided(request, found, name, why)
    context = {
        "title": str(QUESTIONS[name]) % {"party": found.party.name[:100]},
        "sentences": [
            _("%(person)s sent the file %(file)s.") % {"person": found.sent_by, "file": found.name},
            _("The payee is told at once. What is withheld stays as it was agreed."),
        ],
        "form": form,
        "button": BUTTONS[name],
        "is_of_tax_forms": True,
        "back": reverse("accountant:payouts-tax-forms"),
    }
    return render(request, "portal/accountant/decision.html", context)


def _decided(request: OperatorRequest, form: TaxForm, name: str, why: str) -> HttpResponse:
    user = cast(User, request.user)
    try:
        decide_tax_form(form=form, user=user, as_of=timezone.now(), refused_why=why)
    except TaxFormError as refusal:
        messages.error(request, str(refusal))
    else:
        recorded_by(request, f"tax_form.{name}", form.party.name)
        messages.success(request, _("It is decided, and the payee is told."))
    return redirect("accountant:payouts-tax-forms")
