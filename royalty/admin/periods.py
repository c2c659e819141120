"""Periods, to look up; people lead them in the portal (`portal.accountant`)."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from common.admin import ReadOnlyAdmin
from royalty.models import Period


@admin.register(Period)
class PeriodAdmin(ReadOnlyAdmin):
    """Periods as rows; each links to its page in the portal, where its steps are taken."""

    note = (
        "Two people lead a period from open to closed, on its page in the portal (View on site) or "
        "with manage.py period; the database refuses every other order, and any change once it is "
        "closed."
    )
    list_display = ("__str__", "status", "computed_by", "reviewed_by", "closed_by", "closed_at")
    list_filter = ("status", "contract")
    search_fields: ClassVar[tuple[str, ...]] = ("contract__code", "contract__name")
    date_hierarchy = "starts_on"
    ordering = ("-starts_on", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Period]:
        """With all that names a period and its people."""
        found: QuerySet[Period] = super().get_queryset(request)
        return found.select_related("contract__platform", "computed_by", "reviewed_by", "closed_by")

    def view_on_site(self, period: Period) -> str:
        return reverse("accountant:period", args=[period.pk])
