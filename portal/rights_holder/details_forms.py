"""What a payee's people fill in about where its money goes, and for taxes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from royalty.documents.pain import Address, BankAccount, BankDetailsError, compact


class _Form(forms.Form):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""


def _country(label: Any) -> forms.RegexField:
    return forms.RegexField(
        regex=r"^[A-Za-z]{2}$",
        label=label,
        help_text=_("Two letters, as in DE."),
        widget=forms.TextInput(attrs={"maxlength": 2, "autocomplete": "country"}),
    )


class BankForm(_Form):
    """A bank account and its owner's address, checked as banks do."""

    name = forms.CharField(label=_("Name of the account's owner"), max_length=70)
    iban = forms.CharField(
        label=_("IBAN"), max_length=42, widget=forms.TextInput(attrs={"spellcheck": "false"})
    )
    bic = forms.CharField(label=_("BIC (not needed within SEPA)"), max_length=14, required=False)
    street = forms.CharField(label=_("Street"), max_length=70, required=False)
    building = forms.CharField(label=_("Number of the house"), max_length=16, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)
    town = forms.CharField(label=_("Town"), max_length=35)
    country = _country(_("Country"))

    account: BankAccount

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            address = Address(
                town=cleaned["town"],
                country=cleaned["country"].upper(),
                street=cleaned["street"],
                building=cleaned["building"],
                postcode=cleaned["postcode"],
            )
            self.account = BankAccount(
                cleaned["name"], compact(cleaned["iban"]), address, compact(cleaned["bic"])
            )
        except BankDetailsError as error:
            raise forms.ValidationError(str(error)) from error
        return cleaned


class TaxNumbersForm(_Form):
    """Where a payee pays tax, and under which numbers."""

    country = _country(_("Country in which you pay tax"))
    vat_number = forms.CharField(
        label=_("VAT number, if you have one"), max_length=30, required=False
    )
    tax_number = forms.CharField(label=_("Tax number"), max_length=40, required=False)
