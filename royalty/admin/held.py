"""Held money: what is held, who asked for its release, and what the second person said."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from common.admin import ReadOnlyAdmin, amount
from common.money import currency
from royalty.models import HeldRelease
from royalty.selectors.held import held_money


@admin.register(HeldRelease)
class HeldReleaseAdmin(ReadOnlyAdmin):
    """Requests to release held money; above them what is held now."""

    note = (
        "Money that no track, owner or use accounts for is held as long as its contract says. Its "
        "release is asked for, and decided by a second person, in the portal: Money, Exceptions, "
        "Held money."
    )
    list_before_template = "admin/held_money.html"
    list_display = (
        *("__str__", "account", amount("amount_atoms", of="account.currency"), "to", "reason"),
        *("requested_by", "decided_by", "status"),
    )
    list_select_related = (
        *("account__contract", "account__party", "period__contract", "journal"),
        *("requested_by", "decided_by"),
    )
    list_filter = ("to", "period__contract")
    search_fields = ("reason", "period__contract__code")
    ordering = ("-requested_at", "pk")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"held": _table(timezone.now()), **(extra_context or {})}
        return super().changelist_view(request, context)


def _table(as_of: datetime) -> list[tuple[str, ...]]:
    """What is held, in words."""
    return [
        (
            f"{held.period}",
            held.account.get_kind_display(),
            f"{currency(held.account.currency).format_atoms(held.atoms)} {held.account.currency}",
            f"{held.age_days(as_of.date()):,} days",
            held.goes,
        )
        for held in held_money()
    ]
