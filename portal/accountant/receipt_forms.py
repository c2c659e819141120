"""What a person says of a receipt: which invoice it pays, or under which contract it is kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.money import MoneyError
from portal.templatetags.figures import amount_text
from royalty.models import Contract, Receipt
from royalty.selectors.receivables import could_be_taken_back, invoices_with_open

MOST_BYTES = 20 << 20


class BankFileForm(forms.Form):
    """The bank's file."""

    file = forms.FileField(label=_("camt.053 or camt.054"), max_length=200)

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file has %(size)s MiB; a bank file has at most %(most)s."),
                params={"size": sent.size >> 20, "most": MOST_BYTES >> 20},
            )
        return sent


class InvoiceForm(forms.Form):
    """An open invoice in the receipt's currency, and perhaps a part of the amount."""

    invoice = forms.ModelChoiceField(invoices_with_open().none(), label=_("Invoice"))
    amount = forms.CharField(
        label=_("Amount (all that fits, if empty)"), required=False, max_length=30
    )

    def __init__(self, *args: Any, receipt: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receipt = receipt
        wanted = invoices_with_open().filter(open_atoms__gt=0, contract__currency=receipt.currency)
        chooser: Any = self.fields["invoice"]
        chooser.queryset = wanted.order_by("due_on", "pk")
        chooser.label_from_instance = _told

    def clean_amount(self) -> int | None:
        written = str(self.cleaned_data["amount"]).strip()
        if not written:
            return None
        try:
            return int(self.receipt.money.parse_atoms(written))
        except MoneyError as error:
            raise forms.ValidationError(str(error)) from None

    def about(self) -> dict[str, Any]:
        """What `match_receipt` takes."""
        chosen = self.cleaned_data
        return {"invoice": chosen["invoice"], "amount_atoms": chosen["amount"]}


class CreditForm(forms.Form):
    """A contract in the receipt's currency."""

    contract = forms.ModelChoiceField(Contract.objects.none(), label=_("Contract"))

    def __init__(self, *args: Any, receipt: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser: Any = self.fields["contract"]
        wanted = Contract.objects.filter(currency=receipt.currency).select_related("platform")
        chooser.queryset = wanted.order_by("code")

    def about(self) -> dict[str, Any]:
        """What `keep_as_credit` takes."""
        return {"contract": self.cleaned_data["contract"]}


class TakenBackForm(forms.Form):
    """The receipt that the bank took back."""

    original = forms.ModelChoiceField(Receipt.objects.none(), label=_("Which receipt it took back"))

    def __init__(self, *args: Any, receipt: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser: Any = self.fields["original"]
        chooser.queryset = could_be_taken_back(receipt).order_by("-booked_on", "pk")
        chooser.label_from_instance = _named

    def about(self) -> dict[str, Any]:
        """What `take_back` takes besides."""
        return {"original": self.cleaned_data["original"]}


def _named(receipt: Any) -> str:
    """A receipt as one chooses it: when, from whom, with which text."""
    words = (receipt.payer_name or "?", receipt.remittance[:80])
    return " · ".join(filter(None, (str(receipt.pk), f"{receipt.booked_on:%Y-%m-%d}", *words)))


def _told(invoice: Any) -> str:
    """An invoice as one chooses it: whose, open for how much, due when."""
    amount = amount_text(invoice.open_atoms, invoice.contract.currency)
    return f"{invoice} · {invoice.customer.name} · {amount} · {invoice.due_on:%Y-%m-%d}"
