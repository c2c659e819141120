"""Webhooks, as the operator sees them: where events go and what became of them. Read only."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from accounts.webhooks.models import Attempt, Delivery, Endpoint, Event
from common.admin import ReadOnlyAdmin, ReadOnlyInline


class AttemptsOfDelivery(ReadOnlyInline):
    """Every request of a delivery."""

    model = Attempt
    fields = ("number", "started_at", "duration_ms", "status", "error", "response_excerpt")


@admin.register(Endpoint)
class EndpointAdmin(ReadOnlyAdmin):
    """Where organisations want to be told."""

    note = (
        "Organisations set these up themselves, by the API or in their console. Nothing is sent to "
        "one that is switched off."
    )
    list_display = ("url", "organisation", "is_on", "disabled_reason", "failing_since")
    list_select_related = ("organisation",)
    list_filter = ("disabled_reason",)
    search_fields = ("=id", "url", "organisation__name")
    ordering = ("-created_at",)
    exclude = ("salt", "previous_salt")

    @admin.display(description="on", boolean=True)
    def is_on(self, endpoint: Endpoint) -> bool:
        return endpoint.is_enabled


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened to organisations."""

    note = "Events are kept for 30 days, whether somebody listens or not."
    list_display = ("public_id", "type", "organisation", "created_at")
    list_select_related = ("organisation",)
    list_filter = ("type",)
    search_fields = ("=id", "organisation__name")
    ordering = ("-id",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Each event for each endpoint."""

    note = "An organisation has its deliveries sent again itself."
    list_display = ("id", "event", "endpoint", "state", "requests", "next_attempt_at")
    list_select_related = ("event", "endpoint")
    list_filter = ("state", "event__type")
    search_fields = ("=id", "=event__id", "endpoint__url")
    ordering = ("-id",)
    inlines = (AttemptsOfDelivery,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        found: QuerySet[Delivery] = super().get_queryset(request)
        return found.annotate(requests=Count("attempts"))

    @admin.display(ordering="requests")
    def requests(self, delivery: Delivery) -> int:
        return int(delivery.requests)  # type: ignore[attr-defined]
