"""What platforms reported."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin, amount
from royalty.models import ExchangeRate, IntakeFile, RevenueEvent, SentFile, UsageEvent

APPEND_ONLY = (
    "Append-only: the database refuses to change or remove what a platform reported. A correction "
    "is another event."
)


@admin.register(IntakeFile)
class IntakeFileAdmin(ReadOnlyAdmin):
    """Files that were taken in."""

    note = APPEND_ONLY
    list_display = (
        *("name", "platform", "kind", "line_count", "new_count", "known_count"),
        *("refused_count", "received_at"),
    )
    list_select_related = ("platform",)
    list_filter = ("platform", "kind")
    search_fields = ("name", "sha256")
    date_hierarchy = "received_at"
    ordering = ("-received_at", "pk")


@admin.register(SentFile)
class SentFileAdmin(ReadOnlyAdmin):
    """What platforms sent, and what became of it."""

    note = "What was refused is here as well, with the first faults that were found."
    list_display = (
        *("name", "platform", "kind", "format", "outcome", "line_count", "new_count"),
        *("known_count", "refused_count", "received_at"),
    )
    list_select_related = ("platform",)
    list_filter = ("platform", "kind", "outcome")
    search_fields = ("=id", "name", "sha256")
    date_hierarchy = "received_at"
    ordering = ("-id",)


@admin.register(UsageEvent)
class UsageEventAdmin(ReadOnlyAdmin):
    """Uses of generated pieces."""

    note = APPEND_ONLY
    list_display = ("event_id", "platform", "service", "generation", "count", "used_at")
    list_select_related = ("platform", "generation")
    list_filter = ("platform",)
    search_fields = ("=event_id", "=generation__external_id", "=subscriber")
    ordering = ("-pk",)  # a date hierarchy would read the whole table on every page


@admin.register(RevenueEvent)
class RevenueEventAdmin(ReadOnlyAdmin):
    """Money that platforms earned."""

    note = APPEND_ONLY
    list_display = (
        *("event_id", "platform", "service", "kind"),
        amount("amount_atoms"),
        *("generation", "earned_on", "reported_currency", "reported_rate"),
    )
    list_select_related = ("platform", "generation", "reported_rate", "contract_rate")
    list_filter = ("platform", "kind")
    search_fields = ("=event_id", "=generation__external_id", "=subscriber")
    ordering = ("-pk",)


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadOnlyAdmin):
    """Rates by which money in other currencies is converted when it comes in."""

    note = (
        "Taken in with manage.py rates take, and never changed: money was converted by them. "
        "Revenue is converted by the rate of its day, or of the last day before that has one."
    )
    list_display = ("day", "base", "quote", "rate", "source", "taken_at")
    list_filter = ("quote", "source")
    date_hierarchy = "day"
    ordering = ("-day", "quote", "source")
