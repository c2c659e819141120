"""Data quality in the operator's admin: to be looked at; the portal's pages decide."""

from django.contrib import admin

from catalog.quality.models import Alert, CheckRun, Finding, Score
from common.admin import ReadOnlyAdmin


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    """What rules found."""

    list_display = ("rule", "severity", "subject", "subject_name", "status", "sender", "steward")
    list_select_related = ("sender", "steward")
    list_filter = ("status", "severity", "dimension", "cause")
    search_fields = ("rule", "subject_name", "subject_ref")
    ordering = ("-last_seen_at", "pk")


@admin.register(CheckRun)
class CheckRunAdmin(ReadOnlyAdmin):
    """When rules ran."""

    list_display = ("as_of", "started_at", "finished_at", "opened_count", "mended_count")
    ordering = ("-started_at", "pk")


@admin.register(Score)
class ScoreAdmin(ReadOnlyAdmin):
    """Scores of each day."""

    list_display = ("day", "scope", "name", "value", "subject_count", "faulty_count")
    list_filter = ("scope",)
    search_fields = ("name", "key")
    ordering = ("-day", "scope", "pk")


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """What was unusual about deliveries."""

    list_display = ("sender", "monitor", "severity", "sentence", "raised_at", "acknowledged_by")
    list_select_related = ("sender", "acknowledged_by")
    list_filter = ("monitor", "severity")
    ordering = ("-raised_at", "pk")
