"""Roots of closed periods; nobody changes anything here, and secrets have no page."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from royalty.models import PeriodRoot


@admin.register(PeriodRoot)
class PeriodRootAdmin(ReadOnlyAdmin):
    """What is published of a closed period: one hash over its lines, chained to the last one."""

    note = (
        "The database refuses to change a root. Publish the list that manage.py roots prints where "
        "nobody can take it back; manage.py roots --compare checks it later."
    )
    list_display = ("period", "leaf_count", "root_sha256", "created_at")
    list_select_related = ("period__contract",)
    list_filter = ("period__contract",)
    search_fields = ("root_sha256", "chain_sha256", "period__contract__code")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
