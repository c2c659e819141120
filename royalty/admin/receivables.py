"""Money in: how invoices name people, what platforms owe, what the bank's files brought.

Invoices and bank files come by manage.py and by the portal; here one looks at them.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import action

from common.admin import DatedForm, ReadOnlyAdmin, ReadOnlyInline, amount, one_below_another
from royalty.admin.payouts import AddedAdmin, EndedAdmin
from royalty.documents.invoice import InvoiceDocument, invoice_pdf
from royalty.documents.pain import BankDetailsError, check_iban, compact
from royalty.models import (
    BankFile,
    BillingDetails,
    Invoice,
    Match,
    Receipt,
    SelfBilledInvoice,
    SelfBilling,
)
from royalty.selectors.invoice_document import invoice_document, self_billed_document
from royalty.selectors.receivables import invoices_with_open, receipts_with_rest, status_of
from royalty.services import receivables
from royalty.services.ledger import LedgerError
from royalty.vat import VatError, checked_vat_number

OF_CONTRACT, OF_PAYOUT = "contract.currency", "payout.batch.currency"
REFUSALS = (receivables.ReceivableError, LedgerError)


class WithVatNumber(ModelForm):  # type: ignore[type-arg]
    """A form whose VAT number can be one of its country, in one spelling."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and "vat_number" in cleaned:  # a row that only ends shows it alone
            try:
                vat = checked_vat_number(cleaned["country"], cleaned["vat_number"])
            except VatError as error:
                raise ValidationError({"vat_number": str(error)}) from None
            cleaned["vat_number"] = vat
        return cleaned


class BillingForm(WithVatNumber):
    """Billing details that an invoice can carry."""

    def clean_iban(self) -> str:
        iban = compact(str(self.cleaned_data["iban"]))
        try:
            if iban:
                check_iban(iban)
        except BankDetailsError as error:
            raise ValidationError(str(error)) from None
        return iban


@admin.register(BillingDetails)
class BillingDetailsAdmin(AddedAdmin):
    """How invoices name the house and the platforms."""

    form = BillingForm
    list_display = ("name", "platform", "country", "vat_number", "entered_by", "created_at")
    list_select_related = ("platform", "entered_by")
    search_fields = ("name", "vat_number")
    ordering = ("-pk",)
    autocomplete_fields = ("platform",)


class MatchesOfInvoice(ReadOnlyInline):
    """What settled an invoice."""

    model = Match
    fk_name = "invoice"
    fields = (
        "use",
        "invoice",
        amount("amount_atoms", of=OF_CONTRACT),
        "found_by",
        "matched_on",
        "undoes",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Match]:
        found: QuerySet[Match] = super().get_queryset(request)
        named = ("contract", "invoice", "undoes__invoice", "undoes__contract")
        return found.select_related(*named)


def _invoice_line(invoice: Invoice, line: dict[str, Any]) -> str:
    money = invoice.money
    return f"{line['text']}: {money.format_atoms(line['atoms'])} {money.code}"


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """Invoices and credit notes, with what is open of them."""

    note = (
        "Invoices are issued with manage.py invoices. They never change: what lowers the amount is "
        "credited by the next one."
    )
    list_display = (
        *("__str__", "customer", "contract", "issued_on", "due_on"),
        *(amount("gross_atoms", of=OF_CONTRACT), amount("open_atoms", of=OF_CONTRACT), "status"),
    )
    list_filter = ("series", "contract")
    search_fields = ("reference", "customer__name", "=number")
    date_hierarchy = "issued_on"
    ordering = ("-pk",)
    fields = (
        *("reference", "contract", "through", "supplier", "customer", "account"),
        *("issued_on", "due_on", one_below_another("lines", _invoice_line)),
        *(amount("net_atoms", of=OF_CONTRACT), "vat_ppm", amount("vat_atoms", of=OF_CONTRACT)),
        *(amount("gross_atoms", of=OF_CONTRACT), "vat_sentence", "issued_by", "created_at"),
    )
    readonly_fields = fields
    inlines = (MatchesOfInvoice,)
    actions_detail: ClassVar = ["as_pdf"]

    def get_queryset(self, _request: HttpRequest) -> QuerySet[Invoice]:
        found: QuerySet[Invoice] = invoices_with_open().select_related("through__contract")
        return found

    @admin.display(description="status")
    def status(self, invoice: Any) -> str:
        return status_of(invoice, invoice.open_atoms, timezone.localdate())

    @action(description="PDF", url_path="pdf", permissions=["view"])  # type: ignore[untyped-decorator]
    def as_pdf(self, _request: HttpRequest, object_id: int) -> HttpResponse:
        found = Invoice.objects.select_related("contract", "through", "customer", "supplier")
        return _pdf(invoice_document(found.get(pk=object_id)))


class MatchesOfReceipt(MatchesOfInvoice):
    """What became of a receipt."""

    fk_name = "receipt"


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    """What came in, and what of it nobody has said what it is for."""

    note = (
        "Receipts come from the bank's files, and are matched in the portal: Money, Receipts. Here "
        "they can be read."
    )
    list_display = (
        *("__str__", "booked_on", amount("amount_atoms"), amount("rest_atoms", label="unmatched")),
        *("taken_back", "payer_name", "remittance"),
    )
    list_filter = ("is_taken_back", "currency", "bank_file__kind")
    search_fields = ("payer_name", "payer_iban", "remittance", "end_to_end_id", "=id")
    date_hierarchy = "booked_on"
    ordering = ("-booked_on", "-pk")
    inlines = (MatchesOfReceipt,)

    @admin.display(description="taken back", empty_value="")
    def taken_back(self, receipt: Receipt) -> str:
        return "taken back" if receipt.is_taken_back else ""

    def get_queryset(self, _request: HttpRequest) -> QuerySet[Receipt]:
        found: QuerySet[Receipt] = receipts_with_rest().select_related("bank_file")
        return found


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    """What became of receipts and credits, piece by piece."""

    note = "A wrong match is undone in the portal, which leaves both rows in the books."
    list_display = (
        *("__str__", "receipt", amount("amount_atoms", of=OF_CONTRACT), "found_by"),
        *("matched_by", "matched_on", "undoes"),
    )
    list_select_related = (
        *("contract", "invoice", "receipt", "matched_by"),
        *("undoes__invoice", "undoes__contract"),
    )
    list_filter = ("use", "contract")
    search_fields = ("=receipt__id", "=invoice__number", "receipt__payer_name")
    date_hierarchy = "matched_on"
    ordering = ("-pk",)


@admin.register(BankFile)
class BankFileAdmin(ReadOnlyAdmin):
    """The files that the bank sent."""

    note = "A file is taken once, whole, in the portal or with manage.py receipts take."
    list_display = ("__str__", "name", "entry_count", "new_count", "taken_by", "taken_at")
    list_select_related = ("taken_by",)
    list_filter = ("kind",)
    search_fields = ("message_id", "name", "sha256")
    date_hierarchy = "taken_at"
    ordering = ("-pk",)


class SelfBillingForm(WithVatNumber, DatedForm):
    """An agreement with a VAT number that can be right."""


@admin.register(SelfBilling)
class SelfBillingAdmin(EndedAdmin):
    """With whom it is agreed that the house writes their invoices."""

    form = SelfBillingForm
    list_display = ("party", "country", "vat_number", "vat_ppm", "valid_from", "valid_until")
    list_select_related = ("party",)
    search_fields = ("party__name", "party__ref", "vat_number")
    ordering = ("party__ref", "-valid_from")
    autocomplete_fields = ("party",)


@admin.register(SelfBilledInvoice)
class SelfBilledInvoiceAdmin(ReadOnlyAdmin):
    """Invoices that the house wrote in payees' names."""

    note = "They are written when a batch is approved, and cancelled when a payment comes back."
    list_display = (
        *("__str__", "payout", "issued_on", amount("net_atoms", of=OF_PAYOUT)),
        *(amount("vat_atoms", of=OF_PAYOUT), amount("gross_atoms", of=OF_PAYOUT), "cancels"),
    )
    list_select_related = ("payout__batch", "payout__party", "cancels")
    list_filter = ("series",)
    search_fields = ("payout__party__name", "payout__party__ref", "=number")
    date_hierarchy = "issued_on"
    ordering = ("-pk",)
    actions_detail: ClassVar = ["as_pdf"]

    @action(description="PDF", url_path="pdf", permissions=["view"])  # type: ignore[untyped-decorator]
    def as_pdf(self, _request: HttpRequest, object_id: int) -> HttpResponse:
        return _pdf(self_billed_document(SelfBilledInvoice.objects.get(pk=object_id)))


def _pdf(document: InvoiceDocument) -> HttpResponse:
    response = HttpResponse(invoice_pdf(document), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{document.number}.pdf"'
    return response
