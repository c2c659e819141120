"""The catalogue: kept by hand where people know best, read-only where it is evidence."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet, URLField
from django.forms import CharField, ModelForm
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import User
from catalog.models import (
    Asset,
    Change,
    ChangeSet,
    Checkpoint,
    Consent,
    Credit,
    ModelVersion,
    Party,
    Platform,
    Representation,
    Sender,
    Share,
    Track,
    TrainingSet,
    TrainingSetExclusion,
    TrainingSetTrack,
    Work,
)
from catalog.services.history import changing
from common.admin import DatedForm, LinkInline, ReadOnlyAdmin, ReadOnlyInline, ReferenceAdmin

PPM_A_PERCENT = 10_000


@admin.display(description="part", ordering="share_ppm")
def percent(share: Share) -> str:
    return f"{share.share_ppm / PPM_A_PERCENT:g} %"


class SharesShown(ReadOnlyInline):
    """Who owns what is shown on."""

    model = Share
    fields = ("party", "role", percent, "valid_from", "valid_until")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Share]:
        found: QuerySet[Share] = super().get_queryset(request)
        return found.select_related("party").order_by("role", "pk")


class RepresentativesInline(LinkInline):
    """Which organisations act for a party."""

    model = Representation
    autocomplete_fields = ("organisation",)


class ReasonedForm(ModelForm):  # type: ignore[type-arg]
    """A form that asks why something is changed."""

    change_reason = CharField(
        label="reason for the change",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text="A sentence for the history, which the rights holders concerned can read.",
    )


class ReasonedDatedForm(ReasonedForm, DatedForm):
    """As `ReasonedForm`, for rows that hold from a day until another."""


class HistoricAdmin(ReferenceAdmin):
    """Rows whose every change is kept, with who made it and why."""

    form = ReasonedForm

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        why = form.cleaned_data["change_reason"]
        person = get_object_or_404(User, pk=request.user.pk)
        with changing(by=person, reason=why or "Entered by hand.", source="admin"):
            super().save_model(request, obj, form, change)


class EndedNotRemoved(HistoricAdmin):
    """Rows that hold from a day until another."""

    form = ReasonedDatedForm
    note = (
        "What ends gets the first day on which it no longer holds. It is not removed: what was "
        "paid while it held must stay explicable."
    )


@admin.register(Party)
class PartyAdmin(HistoricAdmin):
    """People and companies with rights."""

    list_display = ("name", "ref", "created_at")
    search_fields = ("name", "ref")
    ordering = ("name", "pk")
    readonly_fields = ("merged_into", "created_at")
    inlines = (RepresentativesInline,)


@admin.register(Sender)
class SenderAdmin(ReferenceAdmin):
    """Who delivers catalogue data."""

    list_display = ("name", "code", "organisation", "created_at")
    list_select_related = ("organisation",)
    search_fields = ("name", "code")
    ordering = ("name",)
    autocomplete_fields = ("organisation",)


@admin.register(Representation)
class RepresentationAdmin(ReferenceAdmin):
    """Who sees and does what a party may."""

    list_display = ("organisation", "party", "created_at")
    list_select_related = ("organisation", "party")
    search_fields = ("organisation__name", "party__name")
    autocomplete_fields = ("organisation", "party")
    ordering = ("-created_at", "pk")

    def has_delete_permission(self, request: HttpRequest, _obj: Model | None = None) -> bool:
        return request.user.has_perm("catalog.delete_representation")


@admin.register(Work)
class WorkAdmin(HistoricAdmin):
    """Compositions."""

    list_display = ("title", "collection", "ref")
    search_fields = ("title", "collection", "ref")
    ordering = ("title", "pk")
    autocomplete_fields = ("derived_from", "sender")
    readonly_fields = ("merged_into", "created_at")
    inlines = (SharesShown,)


@admin.register(Track)
class TrackAdmin(HistoricAdmin):
    """Recordings and scores. Their files come with an import, which listens to them first."""

    note = "Tracks come with manage.py import_catalogue, which checks their files first."
    list_display = ("title", "work", "genre", "licence", "ref")
    list_select_related = ("work",)
    list_filter = ("genre", "licence")
    search_fields = ("title", "ref", "work__title")
    ordering = ("title", "pk")
    autocomplete_fields = ("work", "derived_from", "sender")
    readonly_fields = ("ref", "asset", "merged_into", "created_at")
    formfield_overrides: ClassVar = {URLField: {"assume_scheme": "https"}}
    inlines = (SharesShown,)

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False


@admin.register(Share)
class ShareAdmin(EndedNotRemoved):
    """Who owns which part of a work or a track."""

    list_display = ("party", "subject", "right", "role", percent, "valid_from", "valid_until")
    list_select_related = ("party", "work", "track")
    list_filter = ("right", "role")
    search_fields = ("party__name", "work__title", "track__title")
    date_hierarchy = "valid_from"
    ordering = ("-pk",)
    autocomplete_fields = ("party", "work", "track")

    @admin.display(description="of")
    def subject(self, share: Share) -> str:
        return str(share.work or share.track)


@admin.register(Credit)
class CreditAdmin(HistoricAdmin):
    """Who is named for what, with or without a share."""

    list_display = ("party", "work", "track", "role")
    list_select_related = ("party", "work", "track")
    list_filter = ("role",)
    search_fields = ("party__name", "work__title", "track__title")
    ordering = ("-pk",)
    autocomplete_fields = ("party", "work", "track")


@admin.register(Consent)
class ConsentAdmin(EndedNotRemoved):
    """Who said that a track may be used, and for what, or that it may not."""

    list_display = (
        *("track", "right", "use", "is_opt_out", "model_version", "party"),
        *("basis", "valid_from", "valid_until"),
    )
    list_select_related = ("track", "model_version", "party")
    list_filter = ("right", "basis")
    search_fields = ("track__title", "track__ref")
    date_hierarchy = "valid_from"
    ordering = ("-pk",)
    autocomplete_fields = ("track", "model_version", "party")


@admin.register(ChangeSet)
class ChangeSetAdmin(ReadOnlyAdmin):
    """Why something was changed, and by whom."""

    note = "The database keeps every change of a right by itself; nothing alters its history."
    list_display = ("at", "actor", "person", "reason", "source")
    list_select_related = ("author__user",)
    search_fields = ("reason", "source", "actor")
    ordering = ("-pk",)
    fields = ("at", "actor", "person", "reason", "source")

    @admin.display(description="person", empty_value="-")
    def person(self, change_set: ChangeSet) -> User | None:
        author = getattr(change_set, "author", None)
        return None if author is None else author.user


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """What became of works, tracks, parties, shares, credits and consents."""

    note = ChangeSetAdmin.note
    list_display = ("at", "kind", "object_id", "operation", "before", "after", "change_set")
    list_select_related = ("change_set",)
    list_filter = ("kind", "operation")
    search_fields = ("=object_id", "=change_set__source")
    ordering = ("-pk",)


@admin.register(Platform)
class PlatformAdmin(ReferenceAdmin):
    """Companies that train models and sell what these generate."""

    list_display = ("name", "code", "organisation", "created_at")
    list_select_related = ("organisation",)
    search_fields = ("name", "code")
    ordering = ("name",)
    autocomplete_fields = ("organisation",)


@admin.register(ModelVersion)
class ModelVersionAdmin(ReferenceAdmin):
    """Versions of platforms' models."""

    list_display = ("name", "version", "platform", "created_at")
    list_select_related = ("platform",)
    list_filter = ("platform",)
    search_fields = ("name", "version")
    ordering = ("-pk",)
    autocomplete_fields = ("platform",)


class TrainingSetTracks(ReadOnlyInline):
    """The tracks of a training set, with their places and roles."""

    model = TrainingSetTrack
    fields = ("position", "track", "role", "asset_sha256")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainingSetTrack]:
        found: QuerySet[TrainingSetTrack] = super().get_queryset(request)
        return found.select_related("track").order_by("position")


class TrainingSetExclusions(ReadOnlyInline):
    """The tracks that were asked for and left out, and why."""

    model = TrainingSetExclusion
    fields = ("position", "track", "role", "right", "reason", "sentence")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainingSetExclusion]:
        found: QuerySet[TrainingSetExclusion] = super().get_queryset(request)
        return found.select_related("track").order_by("position")


@admin.register(TrainingSet)
class TrainingSetAdmin(ReadOnlyAdmin):
    """Frozen lists of what a model was trained on."""

    note = "A training set is frozen: the database refuses every change to it and its tracks."
    list_display = ("model_version", "track_count", "frozen_at", "digest")
    list_select_related = ("model_version",)
    search_fields = ("digest", "model_version__name")
    ordering = ("-frozen_at", "pk")
    inlines = (TrainingSetTracks, TrainingSetExclusions)


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin):
    """Weights that were registered."""

    list_display = ("model_version", "member", "step", "sha256", "created_at")
    list_select_related = ("model_version",)
    list_filter = ("model_version", "member")
    search_fields = ("sha256", "member")
    ordering = ("-pk",)


@admin.register(Asset)
class AssetAdmin(ReadOnlyAdmin):
    """Files, known by their content."""

    list_display = ("sha256", "media_type", "size_bytes", "seconds", "created_at")
    list_filter = ("media_type",)
    search_fields = ("sha256", "storage_name")
    ordering = ("-pk",)
