"""The form of a contract's terms: percentages and amounts as people write them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Platform
from common.money import MoneyError, currency
from royalty.apportionment import MODELS
from royalty.models import Contract
from royalty.models.contracts import (
    FallbackRule,
    IdleSubscribers,
    UnverifiedFeatures,
    allocation_models,
)
from royalty.services.contracts import Terms

PPM_A_PERCENT = 10_000
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def percent(label: Any, initial: int) -> forms.DecimalField:
    """A part of a whole; four decimals are exactly the millionths that a contract keeps."""
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, decimal_places=4, initial=initial
    )


class ContractForm(forms.Form):
    """What is agreed; `terms` gives it in the words of `royalty.services.contracts`."""

    platform = forms.ModelChoiceField(Platform.objects.order_by("name"), label=_("Platform"))
    code = forms.SlugField(label=_("Code, never used before"), max_length=50)
    name = forms.CharField(label=_("Name"), max_length=200)
    service = forms.SlugField(label=_("Service, as the platform reports it"), max_length=50)
    valid_from = forms.DateField(label=_("Begins on"), widget=DAY)
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="EUR")
    country = forms.CharField(
        label=_("Country (two letters, or empty)"), max_length=2, required=False
    )
    allocation_model = forms.ChoiceField(label=_("Money is shared"), choices=allocation_models)
    commission = percent(_("Commission in %"), 30)
    composition = percent(_("Composition's part of each track in %"), 100)
    fallback = forms.ChoiceField(
        label=_("What no track accounts for is"), choices=FallbackRule.choices, initial="held"
    )
    idle_subscribers = forms.ChoiceField(
        label=_("The fee of a subscriber who used nothing is"), choices=IdleSubscribers.choices
    )
    unverified_features = forms.ChoiceField(
        label=_("What features earn that nobody verified is"), choices=UnverifiedFeatures.choices
    )
    guarantee = forms.DecimalField(
        label=_("Guaranteed pool a period"), min_value=0, max_digits=14, decimal_places=2, initial=0
    )
    holding_months = forms.IntegerField(
        label=_("Months that unplaced money is held"), min_value=0, max_value=600, initial=36
    )
    period_months = forms.TypedChoiceField(
        label=_("A period lasts a"),
        choices=list(Contract._meta.get_field("period_months").choices or ()),
        coerce=int,
    )
    reporting_days = forms.IntegerField(
        label=_("Days for reports after a period"), min_value=0, max_value=365, initial=14
    )
    payment_days = forms.IntegerField(
        label=_("Days in which invoices are paid"), min_value=0, max_value=365, initial=30
    )
    vat = percent(_("VAT on invoices in %"), 0)
    most_favoured = forms.BooleanField(label=_("Most favoured"), required=False)
    pays_before_collection = forms.BooleanField(
        label=_("Payees are paid before the platform has paid"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for model in MODELS.values():
            for each in model.parameters:
                self.fields[_field(model.name, each.name)] = forms.IntegerField(
                    label=f"{model.name.replace('_', ' ')}: {each.name}",
                    help_text=each.meaning,
                    min_value=each.low,
                    max_value=each.high,
                    initial=each.customary,
                    required=False,
                )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            money = currency(str(cleaned.get("currency", "")))
            atoms = money.parse_atoms(f"{cleaned.get('guarantee') or Decimal(0):f}")
            cleaned["guarantee_minor"] = atoms // money.atoms_per_minor
        except MoneyError as error:
            self.add_error("currency", f"{error}.")
        return cleaned

    def terms(self) -> Terms:
        """The terms of a form that is valid."""
        said = self.cleaned_data
        model = MODELS[said["allocation_model"]]
        same = (
            *("service", "allocation_model", "fallback", "idle_subscribers", "currency"),
            *("country", "unverified_features", "holding_months", "period_months"),
            *("reporting_days", "payment_days", "most_favoured", "pays_before_collection"),
            "guarantee_minor",
        )
        stated = {each.name: said[_field(model.name, each.name)] for each in model.parameters}
        return Terms(
            commission_ppm=_ppm(said["commission"]),
            composition_ppm=_ppm(said["composition"]),
            vat_ppm=_ppm(said["vat"]),
            model_parameters={name: value for name, value in stated.items() if value is not None},
            **{name: said[name] for name in same},
        )


def initial_of(contract: Contract) -> dict[str, Any]:
    """The form's values for what follows a contract: its terms, to be changed."""
    same = (
        *("platform", "name", "service", "currency", "country", "allocation_model", "fallback"),
        *("idle_subscribers", "unverified_features", "holding_months", "period_months"),
        *("reporting_days", "payment_days", "most_favoured", "pays_before_collection"),
    )
    return {name: getattr(contract, name) for name in same} | {
        "commission": Decimal(contract.commission_ppm) / PPM_A_PERCENT,
        "composition": Decimal(contract.composition_ppm) / PPM_A_PERCENT,
        "vat": Decimal(contract.vat_ppm) / PPM_A_PERCENT,
        "guarantee": Decimal(contract.guarantee_minor) / 10**contract.money.decimals,
        **{
            _field(contract.allocation_model, name): value
            for name, value in contract.model_parameters.items()
        },
    }


def _field(model: str, parameter: str) -> str:
    return f"{model}-{parameter}"


def _ppm(value: Decimal) -> int:
    return int(value * PPM_A_PERCENT)
