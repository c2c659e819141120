"""Generated pieces and what attribution says of them, to look at."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from attribution.models import (
    Attribution,
    AttributionRun,
    FeatureDraw,
    FeatureFinding,
    FeatureStore,
    Generation,
    GenerationFeatures,
)
from attribution.selectors.features import capture_progress
from catalog.models import Track
from common.admin import ReadOnlyAdmin

PPB_A_PERCENT = 10_000_000


def _percent(ppb: int) -> str:
    return f"{ppb / PPB_A_PERCENT:.2f} %"


@admin.register(Generation)
class GenerationAdmin(ReadOnlyAdmin):
    """Pieces that platforms' models generated."""

    list_display = ("external_id", "platform", "model_version", "generated_at", "created_at")
    list_select_related = ("platform", "model_version")
    list_filter = ("platform", "model_version")
    search_fields = ("external_id", "=id")
    date_hierarchy = "generated_at"
    ordering = ("-created_at",)


@admin.register(FeatureStore)
class FeatureStoreAdmin(ReadOnlyAdmin):
    """Projected gradients on disk."""

    list_display = ("folder", "model_version", "origin", "captured", "sealed_at", "digest")
    list_select_related = ("model_version",)
    list_filter = ("origin", "model_version")
    search_fields = ("folder", "digest")
    ordering = ("-pk",)

    @admin.display
    def captured(self, store: FeatureStore) -> str:
        """How many rows are stored, while workers fill the store."""
        if store.origin == FeatureStore.Origin.PLATFORM:
            return "by the platform"
        progress = capture_progress(store)
        told = f"{progress.done:,} of {progress.total:,} rows" if progress.total else "preparing"
        return told + (f", {progress.failed_jobs} jobs failed" if progress.failed_jobs else "")


@admin.register(GenerationFeatures)
class GenerationFeaturesAdmin(ReadOnlyAdmin):
    """Rows that platforms computed in their own houses."""

    list_display = ("generation", "feature_store", "segment_count", "standing", "received_at")
    list_select_related = ("generation", "feature_store")
    list_filter = ("standing", "feature_store__model_version")
    search_fields = ("generation__external_id", "=root", "=sha256")
    ordering = ("-pk",)


@admin.register(AttributionRun)
class AttributionRunAdmin(ReadOnlyAdmin):
    """Passes of attribution: by what method, how good, from what."""

    list_display = (
        *("id", "method", "feature_store", "code_version", "created_at", "finished_at"),
        "may_be_paid_by",
    )
    list_select_related = ("feature_store",)
    list_filter = ("method",)
    search_fields = ("=id", "method", "feature_store__folder")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    @admin.display(boolean=True)
    def may_be_paid_by(self, run: AttributionRun) -> bool | None:
        """Unknown until the run is finished; the page of a run lists its objections."""
        return None if run.finished_at is None else not run.objections


@admin.register(Attribution)
class AttributionAdmin(ReadOnlyAdmin):
    """What a run says of a piece."""

    list_display = ("generation", "run", "paid_tracks", "unattributed", "has_model_interval")
    list_select_related = ("generation", "run")
    list_filter = ("has_model_interval",)
    search_fields = ("generation__external_id", "=run__id")
    ordering = ("-pk",)
    fields = (
        *("generation", "run", "shares", "unattributed", "has_model_interval"),
        *("evidence", "created_at"),
    )
    readonly_fields = ("shares", "unattributed")

    @admin.display(description="paid tracks")
    def paid_tracks(self, attribution: Attribution) -> int:
        return len(attribution.track_ids)

    @admin.display(ordering="unattributed_ppb")
    def unattributed(self, attribution: Attribution) -> str:
        return _percent(attribution.unattributed_ppb)

    @admin.display
    def shares(self, attribution: Attribution) -> SafeString:
        titles = Track.objects.in_bulk(attribution.track_ids)
        rows = zip(
            attribution.track_ids,
            attribution.share_ppb,
            attribution.low_ppb,
            attribution.high_ppb,
            strict=True,
        )
        return format_html_join(
            "",
            "<div>{}: {} ({} to {})</div>",
            ((titles[pk], *map(_percent, figures)) for pk, *figures in rows),
        )


@admin.register(FeatureDraw)
class FeatureDrawAdmin(ReadOnlyAdmin):
    """Features of platforms that were drawn to be verified."""

    note = "Drawn by the lot of a day, which is committed to beforehand; nobody chooses."
    list_display = ("features", "standing", "cause", "segments", "drawn_at", "due_at", "answered")
    list_select_related = ("features__generation", "opening")
    list_filter = ("cause", "features__standing", "seed__model_version")
    search_fields = ("features__generation__external_id", "=id")
    date_hierarchy = "drawn_at"
    ordering = ("-drawn_at",)

    @admin.display(ordering="features__standing")
    def standing(self, draw: FeatureDraw) -> str:
        return draw.features.standing

    @admin.display(boolean=True)
    def answered(self, draw: FeatureDraw) -> bool | None:
        """Unknown where nothing had to be asked."""
        return None if draw.due_at is None else hasattr(draw, "opening")


@admin.register(FeatureFinding)
class FeatureFindingAdmin(ReadOnlyAdmin):
    """What was found about features that platforms computed."""

    list_display = ("features", "standing", "sentence", "segments_checked", "found_at")
    list_select_related = ("features__generation",)
    list_filter = ("standing",)
    search_fields = ("features__generation__external_id",)
    date_hierarchy = "found_at"
    ordering = ("-pk",)
