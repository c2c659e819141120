"""Publications, and the e-mails that told people of them; nobody changes anything here."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import ReadOnlyAdmin
from royalty.models import Notice, Publication


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    """When payees could see their statements, and who decided it."""

    note = "Statements are published on the page of their period; the database takes none back."
    list_display = ("period", "statement_count", "published_by", "published_at")
    list_select_related = ("period__contract", "published_by")
    list_filter = ("period__contract",)
    search_fields = ("period__contract__code",)
    date_hierarchy = "published_at"
    ordering = ("-published_at", "pk")


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Who was told of which publication, and whom no e-mail reached."""

    note = (
        "An e-mail that failed, or of which nobody can tell whether it arrived, is sent again on "
        "the page of its period. What was sent stays as it is."
    )
    list_display = ("address", "user", "publication", "status", "attempts", "sent_at", "error")
    list_filter = ("status", "publication__period__contract")
    search_fields = ("address", "user__email", "error")
    ordering = ("-created_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        """With all that names a publication, for lists and for a row."""
        found: QuerySet[Notice] = super().get_queryset(request)
        return found.select_related("user", "publication__period__contract")
