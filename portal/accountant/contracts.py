"""Contracts: their terms in sentences, and new terms, which end one and begin another."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import recorded_by
from accounts.roles import Act, may
from portal.access import (
    OperatorRequest,
    for_operators,
    freshly_signed_in,
    operators_may_fill_in,
    who_may,
)
from portal.accountant.contract_forms import ContractForm, initial_of
from portal.tables import Column, Table
from royalty.apportionment import WHOLE_PPM
from royalty.models import Contract
from royalty.services.contracts import ContractError, replace_contract, sign_contract

CONTRACTS = Table(
    name="contracts",
    caption=gettext_lazy("Contracts"),
    columns=(
        Column("code", value=lambda each: each.code),
        Column("contract", gettext_lazy("Contract"), sort="name", value=lambda each: each.name),
        Column(
            "platform",
            gettext_lazy("Platform"),
            sort="platform__name",
            value=lambda each: each.platform.name,
        ),
        Column(
            "shared",
            gettext_lazy("Money is shared"),
            sort="allocation_model",
            value=lambda each: each.allocation_model,
        ),
        Column("from", gettext_lazy("From"), sort="valid_from", value=lambda each: each.valid_from),
        Column(
            "until",
            gettext_lazy("Until before"),
            sort="valid_until",
            value=lambda each: each.valid_until,
        ),
    ),
    start="-from",
)
PPM_A_PERCENT = 10_000


@for_operators
def contracts(request: OperatorRequest) -> HttpResponse:
    """All contracts, the latest first."""
    table = CONTRACTS.shown(request, Contract.objects.select_related("platform"))
    if table.wants_file:
        return table.file()
    context = {"table": table, "may_agree": may(request, Act.MONEY)}
    return render(request, "portal/accountant/contracts.html", context)


@for_operators
def contract(request: OperatorRequest, pk: int) -> HttpResponse:
    """What was agreed, in sentences."""
    found = get_object_or_404(Contract.objects.select_related("platform"), pk=pk)
    context = {
        "contract": found,
        "sentences": sentences_of(found),
        "may_agree": may(request, Act.MONEY) and found.valid_until is None,
    }
    return render(request, "portal/accountant/contract.html", context)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def agree(request: OperatorRequest, pk: int | None = None) -> HttpResponse:
    """Agree a contract, or what follows another: first said in sentences, then signed."""
    ended = None if pk is None else get_object_or_404(Contract, pk=pk)
    form = ContractForm(request.POST or None, initial=None if ended is None else initial_of(ended))
    if ended is not None:
        form.fields["platform"].disabled = True
    context: dict[str, Any] = {"form": form, "ended": ended}
    if request.method != "POST":
        return render(request, "portal/accountant/contract_form.html", context)
    if not form.is_valid():
        return render(request, "portal/accountant/contract_form.html", context, status=422)
    if request.POST.get("confirmed") != "yes":
        context["sentences"] = sentences_of(_proposed(form))
        return render(request, "portal/accountant/contract_form.html", context)
    try:
        signed = _sign(form, ended)
    except ContractError as error:
        context["refusal"] = str(error)
        return render(request, "portal/accountant/contract_form.html", context, status=422)
    recorded_by(request, "contract.agreed", signed.code)
    messages.success(request, _("%(code)s is agreed.") % {"code": signed.code})
    return redirect("accountant:contract", signed.pk)


def _sign(form: ContractForm, ended: Contract | None) -> Contract:
    said = form.cleaned_data
    same = {"code": said["code"], "name": said["name"], "valid_from": said["valid_from"]}
    if ended is None:
        return sign_contract(platform=said["platform"], terms=form.terms(), **same)
    return replace_contract(ended=ended, terms=form.terms(), **same)


def _proposed(form: ContractForm) -> Contract:
    """The contract that the form would agree; it is not saved."""
    said = form.cleaned_data
    return Contract(
        code=said["code"],
        name=said["name"],
        platform=said["platform"],
        valid_from=said["valid_from"],
        **asdict(form.terms()),
    )


def sentences_of(contract: Contract) -> list[str]:
    """The terms as one says them."""
    said = [
        contract.allocation_sentence,
        _("The platform keeps %(percent)s of what comes in as its commission.")
        % {"percent": _percent(contract.commission_ppm)},
        _("Of each track's money %(first)s goes to the composition, %(rest)s to the recording.")
        % {
            "first": _percent(contract.composition_ppm),
            "rest": _percent(WHOLE_PPM - contract.composition_ppm),
        },
        _("What no track accounts for is %(rule)s.") % {"rule": contract.get_fallback_display()},
        _("The fee of a subscriber who used nothing is %(rule)s.")
        % {"rule": contract.get_idle_subscribers_display()},
        _("What a piece earns by features that nobody verified is %(rule)s.")
        % {"rule": contract.get_unverified_features_display()},
        _("What cannot be placed is held for %(months)d months.")
        % {"months": contract.holding_months},
        _(
            "A period lasts a %(length)s, waits %(reporting)d days for reports, and its invoice is "
            "paid within %(payment)d days."
        )
        % {
            "length": contract.get_period_months_display(),
            "reporting": contract.reporting_days,
            "payment": contract.payment_days,
        },
    ]
    if contract.guarantee_minor:
        amount = f"{contract.money.format_atoms(contract.guarantee_atoms)} {contract.currency}"
        said.append(
            _("At least %(amount)s are shared a period; the platform owes what is missing.")
            % {"amount": amount}
        )
    if contract.country:
        said.append(_("Who owns what in %(country)s is paid.") % {"country": contract.country})
    if contract.most_favoured:
        said.append(_("No other contract of the platform has a better term on the same days."))
    if contract.pays_before_collection:
        said.append(_("Payees are paid although the platform has not paid yet."))
    return said


def _percent(ppm: int) -> str:
    return f"{ppm / PPM_A_PERCENT:g}\N{NO-BREAK SPACE}%"
