"""Payees and payouts: agreements, bank details, and batches that a second person approves."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from common.admin import (
    DatedForm,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ReferenceAdmin,
    amount,
    one_below_another,
)
from common.money import MoneyError, currency
from royalty.documents.pain import BankDetailsError, compact
from royalty.models import (
    BankDetails,
    PayeeTax,
    PayeeTerms,
    PayingAccount,
    Payout,
    PayoutBatch,
    PayoutPart,
    Withholding,
)
from royalty.selectors.most_favoured import currency_breaches
from royalty.services import payees

ENDED = (
    "What was agreed never changes; the database refuses it. It can be given its end, and another "
    "can begin on that day."
)
CURRENCY_OF_BATCH = "batch.currency"


class CurrencyForm(ModelForm):  # type: ignore[type-arg]
    """A row in a currency that is known."""

    def clean_currency(self) -> str:
        try:
            return currency(str(self.cleaned_data["currency"])).code
        except MoneyError as error:
            raise ValidationError(f"{error}.") from None


class TermsForm(CurrencyForm, DatedForm):
    """Terms, whose order names every step of the waterfall once."""

    def clean_order(self) -> list[str]:
        order = [str(rule) for rule in self.cleaned_data["order"]]
        try:
            payees.check_order(order)
        except payees.PayeeError as error:
            raise ValidationError(str(error)) from None
        return order


class AccountForm(ModelForm):  # type: ignore[type-arg]
    """A bank account that a payment file can carry."""

    def clean_iban(self) -> str:
        return compact(str(self.cleaned_data["iban"]))

    def clean_bic(self) -> str:
        return compact(str(self.cleaned_data["bic"]))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            fields = ("name", "street", "building", "postcode", "town", "country", "iban", "bic")
            row = BankDetails(**{field: cleaned[field] for field in fields})
            try:
                _ = row.account
            except BankDetailsError as error:
                raise ValidationError(str(error)) from None
        return cleaned


class PayingAccountForm(AccountForm, CurrencyForm):
    """One in a currency."""


class EndedAdmin(ReferenceAdmin):
    """Rows that are agreed once and then only end."""

    note = ENDED

    def get_readonly_fields(self, _request: HttpRequest, row: Model | None = None) -> list[str]:
        if row is None:
            return []
        return [field.name for field in row._meta.fields if field.name != "valid_until"]

    def save_model(self, request: HttpRequest, row: Any, form: Any, change: bool) -> None:
        if change:  # the application may write this one column
            row.save(update_fields=["valid_until"])
        else:
            super().save_model(request, row, form, change)


class AddedAdmin(ReferenceAdmin):
    """Rows that are only ever added; the newest counts."""

    note = "A change is a new row, and the newest counts; the database refuses to alter one."
    form: type[ModelForm] = AccountForm  # type: ignore[type-arg]
    exclude = ("entered_by",)

    def has_change_permission(self, _request: HttpRequest, row: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, row: Any, form: Any, change: bool) -> None:
        row.entered_by = request.user
        super().save_model(request, row, form, change)


@admin.register(PayeeTerms)
class PayeeTermsAdmin(EndedAdmin):
    """What was agreed with payees about payouts."""

    form = TermsForm
    list_display = (
        *("party", "currency", "admin_fee_ppm", "reserve_ppm", "threshold_minor"),
        *("crosses_contracts", "valid_from", "valid_until"),
    )
    list_select_related = ("party",)
    list_filter = ("currency",)
    search_fields = ("party__name", "party__ref")
    ordering = ("party__ref", "-valid_from")
    autocomplete_fields = ("party",)

    def save_model(self, request: HttpRequest, row: PayeeTerms, form: Any, change: bool) -> None:
        super().save_model(request, row, form, change)
        day = max(row.valid_from, timezone.localdate())
        for sentence in currency_breaches(row.currency, day):
            self.message_user(request, sentence, messages.WARNING)


@admin.register(Withholding)
class WithholdingAdmin(EndedAdmin):
    """How much tax is withheld, and by which document less."""

    form = DatedForm
    list_display = (
        *("party", "statutory_ppm", "reduced_ppm", "document", "document_expires_on"),
        *("valid_from", "valid_until"),
    )
    list_select_related = ("party",)
    search_fields = ("party__name", "party__ref", "document")
    ordering = ("party__ref", "-valid_from")
    autocomplete_fields = ("party",)


@admin.register(BankDetails)
class BankDetailsAdmin(AddedAdmin):
    """Where payees want their money."""

    list_display = ("party", "name", "masked_iban", "country", "entered_by", "created_at")
    list_select_related = ("party", "entered_by")
    search_fields = ("party__name", "party__ref", "name")
    ordering = ("-pk",)
    autocomplete_fields = ("party",)


@admin.register(PayeeTax)
class PayeeTaxAdmin(ReadOnlyAdmin):
    """What payees say of themselves for taxes, to be checked before anything is agreed."""

    note = "Payees enter these. What is withheld follows from the withholding agreed with them."
    list_display = ("party", "country", "vat_number", "entered_by", "created_at")
    list_select_related = ("party", "entered_by")
    search_fields = ("party__name", "party__ref")
    ordering = ("-pk",)


@admin.register(PayingAccount)
class PayingAccountAdmin(AddedAdmin):
    """The catalogue's own accounts."""

    form = PayingAccountForm
    list_display = ("currency", "name", "masked_iban", "entered_by", "created_at")
    list_select_related = ("entered_by",)
    ordering = ("-pk",)


class PayoutsOfBatch(ReadOnlyInline):
    """Whom a batch pays."""

    model = Payout
    fields = ("party", amount("payable_atoms", of=CURRENCY_OF_BATCH), "status", "return_reason")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payout]:
        found: QuerySet[Payout] = super().get_queryset(request)
        return found.select_related("party", "batch").order_by("pk")


@admin.register(PayoutBatch)
class PayoutBatchAdmin(ReadOnlyAdmin):
    """Batches, which one person drafts and another approves."""

    note = (
        "Batches are drafted, approved by a second person, sent and settled on their pages in the "
        "portal (View on site) or with manage.py payouts."
    )
    list_display = (
        *("__str__", "currency", "status", "posted_on", "execution_date"),
        *("made_by", "approved_by", "approved_at"),
    )
    list_select_related = ("made_by", "approved_by", "paying_account")
    list_filter = ("status", "currency")
    search_fields = ("=id", "file_sha256")
    date_hierarchy = "posted_on"
    fields = (
        *("currency", "status", "posted_on", "execution_date", "paying_account", "file_name"),
        *("file_sha256", "made_by", "made_at", "approved_by", "approved_at", "sent_by", "sent_at"),
        one_below_another("notes"),
    )
    readonly_fields = fields
    ordering = ("-pk",)
    inlines = (PayoutsOfBatch,)

    def view_on_site(self, batch: PayoutBatch) -> str:
        return reverse("accountant:payouts-batch", args=[batch.pk])


class PartsOfPayout(ReadOnlyInline):
    """Where the money went, contract by contract."""

    model = PayoutPart
    fields = (
        "contract",
        *(
            amount(f"{name}_atoms", of="contract.currency")
            for name in (
                *("gross", "released", "fee", "reserve", "recoupment", "withholding"),
                "payable",
            )
        ),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayoutPart]:
        found: QuerySet[PayoutPart] = super().get_queryset(request)
        return found.select_related("contract").order_by("contract__code")


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    """What each payee gets from a batch."""

    note = "Amounts are final once they are drafted; what comes back is undone by the books."
    list_display = (
        *("__str__", "batch"),
        amount("payable_atoms", of=CURRENCY_OF_BATCH),
        *("status", "settled_on", "return_reason"),
    )
    list_filter = ("status", "batch__currency")
    search_fields = ("party__name", "party__ref", "=id")
    ordering = ("-pk",)
    inlines = (PartsOfPayout,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payout]:
        """With all that names a payout, for lists and for a row."""
        named = ("party", "batch__paying_account", "bank_details__party")
        found: QuerySet[Payout] = super().get_queryset(request)
        return found.select_related(*named)
