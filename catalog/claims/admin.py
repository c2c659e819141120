"""Claims and conflicts, as the administration shows them: decided on the catalogue's pages."""

from django.contrib import admin

from catalog.claims.models import Attachment, Claim, Conflict, Event
from common.admin import ReadOnlyAdmin, ReadOnlyInline

NOTE = "Claims are decided on the catalogue's pages; here one sees what became of them."


class AttachmentsInline(ReadOnlyInline):
    """The files that were sent with something."""

    model = Attachment
    fields = ("name", "media_type", "size_bytes", "sha256")


class EventsInline(ReadOnlyInline):
    """What was done about a claim or a conflict."""

    model = Event
    fk_name = "claim"
    fields = ("kind", "side", "by", "words", "created_at")
    ordering = ("pk",)


class ConflictEventsInline(EventsInline):
    """Likewise."""

    fk_name = "conflict"


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Who claims what."""

    note = NOTE
    list_display = ("title", "right", "party_name", "share_ppm", "status", "created_at")
    list_filter = ("status", "right")
    search_fields = ("title", "party_name")
    ordering = ("-pk",)
    inlines = (EventsInline,)


@admin.register(Conflict)
class ConflictAdmin(ReadOnlyAdmin):
    """Where more than the whole is claimed."""

    note = NOTE
    list_display = ("title", "right", "valid_from", "outcome", "created_at", "settled_at")
    list_filter = ("outcome", "right")
    search_fields = ("title",)
    ordering = ("-pk",)
    inlines = (ConflictEventsInline,)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """One step of a timeline, with its files."""

    note = NOTE
    list_display = ("kind", "side", "by", "claim", "conflict", "created_at")
    list_select_related = ("by", "claim", "conflict")
    list_filter = ("kind",)
    ordering = ("-pk",)
    inlines = (AttachmentsInline,)
