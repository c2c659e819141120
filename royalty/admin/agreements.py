"""Contracts, what was computed for them and what parties were told."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from common.admin import DatedForm, ReadOnlyAdmin, ReferenceAdmin, amount
from common.money import MoneyError, currency
from royalty.models import AllocationRun, Contract, Statement
from royalty.selectors.most_favoured import platform_breaches

PPM_A_PERCENT = 10_000
CURRENCY_OF_PERIOD = "period.contract.currency"


class ContractForm(DatedForm):
    """A contract as it is agreed, or given its end; then too all its rules are asked."""

    def _get_validation_exclusions(self) -> set[str]:
        return set(self.errors)

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"])
        try:
            return currency(code).code
        except MoneyError as error:
            raise ValidationError(f"{error}.") from None


@admin.register(Contract)
class ContractAdmin(ReferenceAdmin):
    """Terms, which never change: an agreement that changes ends one and begins another."""

    note = (
        "Terms never change; the database refuses it. A contract can be given its end, and another "
        "can begin on that day."
    )
    form = ContractForm
    list_display = (
        *("code", "name", "platform", "service", "allocation_model", "composition", "commission"),
        *("fallback", "valid_from", "valid_until"),
    )
    list_select_related = ("platform",)
    list_filter = ("platform", "allocation_model", "fallback")
    search_fields = ("code", "name", "service")
    ordering = ("-valid_from", "code")
    autocomplete_fields = ("platform",)

    @admin.display(ordering="composition_ppm")
    def composition(self, contract: Contract) -> str:
        return f"{contract.composition_ppm / PPM_A_PERCENT:g} %"

    @admin.display(ordering="commission_ppm")
    def commission(self, contract: Contract) -> str:
        return f"{contract.commission_ppm / PPM_A_PERCENT:g} %"

    def get_readonly_fields(
        self, _request: HttpRequest, contract: Contract | None = None
    ) -> list[str]:
        if contract is None:
            return []
        return [field.name for field in Contract._meta.fields if field.name != "valid_until"]

    def save_model(self, request: HttpRequest, contract: Contract, form: Any, change: bool) -> None:
        if change:  # the application may write this one column
            contract.save(update_fields=["valid_until"])
        else:
            super().save_model(request, contract, form, change)
        day = max(contract.valid_from, timezone.localdate())
        for sentence in platform_breaches(contract.platform, day):
            self.message_user(request, sentence, messages.WARNING)


@admin.register(AllocationRun)
class AllocationRunAdmin(ReadOnlyAdmin):
    """Apportionments; the last one of a period counts."""

    note = "Runs are append-only; computing a period again adds one, and the last one counts."
    list_display = (
        *("period", "computed_at", "computed_by", "line_count"),
        amount("gross_atoms", of=CURRENCY_OF_PERIOD),
        amount("commission_atoms", of=CURRENCY_OF_PERIOD),
        amount("pool_atoms", of=CURRENCY_OF_PERIOD),
    )
    list_select_related = ("period__contract", "computed_by")
    list_filter = ("period__contract",)
    search_fields = ("period__contract__code", "snapshot_sha256", "lines_sha256")
    date_hierarchy = "computed_at"
    ordering = ("-computed_at", "pk")


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    """What parties were told."""

    note = "A statement is final once it is issued; the database refuses to change its amounts."
    list_display = (
        *("party", "period", "version"),
        amount("opening_atoms"),
        amount("attributed_atoms"),
        amount("fallback_atoms"),
        amount("adjustment_atoms"),
        amount("settled_atoms"),
        amount("closing_atoms"),
        "rendered_at",
        "publication",
    )
    list_filter = ("period__contract", "version")
    search_fields = ("party__name", "party__ref", "period__contract__code")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-closing_atoms", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        """With all that names a statement, for lists and for a row."""
        found: QuerySet[Statement] = super().get_queryset(request)
        return found.select_related(
            "party", "period__contract", "run__period__contract", "publication__period__contract"
        )
