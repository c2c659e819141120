"""Where a party's money goes, and what it says of itself for taxes; behind a fresh sign-in.

No page shows a number in full: of an account and of a tax number the last letters tell which one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act
from catalog.models import Party
from portal.access import (
    HolderRequest,
    for_rights_holders,
    freshly_signed_in,
    rights_holders_may_fill_in,
    rights_holders_may_post,
    who_may,
)
from portal.rights_holder.details_forms import BankForm, TaxNumbersForm
from royalty.models import BankDetails, PayeeTax, TaxForm, Withholding
from royalty.selectors.payees import (
    bank_details_of,
    tax_details_of,
    tax_forms_of,
    waiting_bank_details_of,
    withholdings_of,
)
from royalty.services.payee_details import (
    WAIT,
    DetailsError,
    change_bank_details,
    say_tax_details,
    take_back,
)

LISTED = 20


@dataclass(frozen=True)
class Details:
    """What is known of a party."""

    party: Party
    bank: BankDetails | None
    waiting: BankDetails | None
    tax: PayeeTax | None
    tax_form: TaxForm | None
    withholding: Withholding | None
    rate_ppm: int
    earlier: list[BankDetails]

    @property
    def tax_number(self) -> str:
        """Its last four letters."""
        number = self.tax.tax_number if self.tax is not None else ""
        return f"… {number[-4:]}" if len(number) > 4 else "…" * bool(number)


@for_rights_holders
@freshly_signed_in
def details(request: HolderRequest) -> HttpResponse:
    """What is known of each party, and what was before."""
    parties, today = request.parties, timezone.localdate()
    banks, waiting = bank_details_of(parties), waiting_bank_details_of(parties)
    taxes, withheld = tax_details_of(parties), withholdings_of(parties, today)
    tax_forms = tax_forms_of(parties)
    earlier: dict[int, list[BankDetails]] = {}
    rows = BankDetails.objects.filter(party__in=parties)
    for row in rows.select_related("entered_by", "taken_back").order_by("-pk"):
        earlier.setdefault(row.party_id, []).append(row)
    found = [
        Details(
            party=party,
            bank=banks.get(party.pk),
            waiting=waiting.get(party.pk),
            tax=taxes.get(party.pk),
            tax_form=tax_forms.get(party.pk),
            withholding=withheld.get(party.pk),
            rate_ppm=withheld[party.pk].rate_ppm(today) if party.pk in withheld else 0,
            earlier=earlier.get(party.pk, [])[:LISTED],
        )
        for party in parties
    ]
    context = {"details": found, "many_parties": len(parties) > 1}
    return render(request, "portal/rights_holder/details.html", context)


@rights_holders_may_fill_in
def bank_details(request: HolderRequest, pk: int) -> HttpResponseBase:
    """The form for other bank details."""
    return _change_bank(request, _own_party(request, pk))


@freshly_signed_in
@who_may(Act.MONEY)
def _change_bank(request: HolderRequest, party: Party) -> HttpResponse:
    form = BankForm(request.POST or None)

    def act(user: User) -> str:
        made = change_bank_details(
            party=party, account=form.account, user=user, as_of=timezone.now()
        )
        recorded_by(request, "bank_details.entered", f"{party.name}: {made.masked_iban}")
        return _("Your new bank details count in %(days)s days. Everybody of you was told.") % {
            "days": WAIT.days
        }

    return _taken(request, party, form, act, "bank")


@rights_holders_may_fill_in
def tax_details(request: HolderRequest, pk: int) -> HttpResponseBase:
    """The form for taxes."""
    return _change_tax(request, _own_party(request, pk))


@freshly_signed_in
@who_may(Act.MONEY)
def _change_tax(request: HolderRequest, party: Party) -> HttpResponse:
    known = tax_details_of([party]).get(party.pk)
    initial = {} if known is None else {"country": known.country, "vat_number": known.vat_number}
    form = TaxNumbersForm(request.POST or None, initial=initial)

    def act(user: User) -> str:
        said = form.cleaned_data
        say_tax_details(
            party=party,
            country=said["country"].upper(),
            vat_number=said["vat_number"],
            tax_number=said["tax_number"],
            user=user,
        )
        recorded_by(request, "tax_details.entered", party.name)
        return _("Your tax details are kept. What is withheld changes once they are checked.")

    return _taken(request, party, form, act, "tax")


def _taken(
    request: HolderRequest,
    party: Party,
    form: forms.Form,
    act: Callable[[User], str],
    kind: str,
) -> HttpResponse:
    """Do what the form says and go back; or show it once more with what was wrong."""
    if form.is_valid() and isinstance(request.user, User):
        try:
            messages.success(request, act(request.user))
        except DetailsError as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("payment-details")
    context = {"form": form, "party": party, "kind": kind, "days": WAIT.days}
    return render(request, "portal/rights_holder/details_form.html", context)


@rights_holders_may_post
def take_back_details(request: HolderRequest, pk: int) -> HttpResponse:
    """Has bank details that wait never count. It asks for no fresh proof, since it harms nobody."""
    found = BankDetails.objects.filter(pk=pk, party__in=request.parties).first()
    if found is None or not isinstance(request.user, User):
        raise Http404
    try:
        take_back(details=found, user=request.user, as_of=timezone.now())
    except DetailsError as refusal:
        messages.error(request, str(refusal))
    else:
        recorded_by(request, "bank_details.taken_back", f"{found.party.name}: {found.masked_iban}")
        messages.success(request, _("They were taken back. What counted before goes on."))
    return redirect("payment-details")


def _own_party(request: HolderRequest, pk: int) -> Party:
    for party in request.parties:
        if party.pk == pk:
            return party
    raise Http404
