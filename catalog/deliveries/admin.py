"""Deliveries in the operator's admin: to be looked at, never changed by hand."""

from django.contrib import admin

from catalog.deliveries.models import Delivery, DeliveryRow
from common.admin import ReadOnlyAdmin


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Files about works and tracks, and how far they are."""

    list_display = (
        *("name", "sender", "status", "received_at", "row_count"),
        *("created_count", "changed_count", "rejected_count", "quarantined_count"),
    )
    list_select_related = ("sender",)
    list_filter = ("status", "sender")
    search_fields = ("name", "sha256")
    date_hierarchy = "received_at"
    ordering = ("-received_at", "pk")


@admin.register(DeliveryRow)
class DeliveryRowAdmin(ReadOnlyAdmin):
    """What became of each row."""

    list_display = ("delivery", "number", "kind", "ref", "outcome", "is_written")
    list_select_related = ("delivery",)
    list_filter = ("outcome", "kind")
    search_fields = ("ref",)
    ordering = ("-pk",)
