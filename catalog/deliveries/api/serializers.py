"""What deliveries look like in JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from catalog.deliveries.models import Delivery, DeliveryRow
from catalog.deliveries.selectors import first_faults
from catalog.manifest import Outcome
from common.api.objects import Sent, Text

OUTCOMES = [(each.value, each.name.lower().replace("_", " ")) for each in Outcome]
MOST_WARNINGS_SHOWN = 20


class NewCatalogueDeliverySerializer(Sent):
    """A completed upload, and on what terms it is delivered."""

    upload = serializers.UUIDField(help_text="The id of the completed upload.")
    sender = Text(
        r"^[-a-zA-Z0-9_]{1,50}$",
        required=False,
        help_text="Whose it is, by its code; not needed if you deliver for one sender.",
    )
    as_of = serializers.DateField(
        required=False,
        help_text="Since when changed shares hold where a row does not say; today unless told.",
    )
    take_good_rows = serializers.BooleanField(
        default=False, help_text="Leave out rows that are at fault; else one of them refuses all."
    )


class CatalogueDeliveryFaultSerializer(serializers.Serializer[Any]):
    """One thing that is wrong with a row, or why it waits."""

    field = serializers.CharField(help_text="The column; empty if no single one is at fault.")
    message = serializers.CharField(help_text="What is wrong, and what to do.")
    repair = serializers.CharField(help_text="What to write instead, where that can be told.")
    rule = serializers.CharField(help_text="What found it.")


class CatalogueDeliveryRowSerializer(serializers.Serializer[DeliveryRow]):
    """A row, and what became or would become of it."""

    number = serializers.IntegerField(help_text="The header is 1; 0 means the whole file.")
    place = serializers.CharField(help_text="Where it stands, in the words of its format.")
    kind = serializers.CharField(help_text="`track`, `work`, or empty if it names none.")
    ref = serializers.CharField(help_text="The track_id or work_id.")
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    is_written = serializers.BooleanField(help_text="Whether the catalogue says it now.")
    changes = serializers.ListField(
        child=serializers.CharField(), help_text="What differs from the catalogue."
    )
    faults = CatalogueDeliveryFaultSerializer(many=True)
    cells = serializers.DictField(
        child=serializers.CharField(allow_blank=True), help_text="As they were delivered."
    )


class CatalogueDeliverySerializer(serializers.Serializer[Delivery]):
    """A file about works and tracks, how far it is, and what becomes of its rows."""

    id = serializers.UUIDField()
    url = serializers.HyperlinkedIdentityField(view_name="api:catalogue-delivery")
    sender = serializers.CharField(source="sender.code")
    name = serializers.CharField()
    sha256 = serializers.CharField()
    size_bytes = serializers.IntegerField()
    format = serializers.CharField(help_text="Empty until it was checked.")
    status = serializers.ChoiceField(choices=Delivery.Status.choices)
    error = serializers.CharField(help_text="Why it failed; else empty.")
    as_of = serializers.DateField()
    take_good_rows = serializers.BooleanField()
    row_count = serializers.IntegerField()
    created_count = serializers.IntegerField(help_text="Before it is `done`: would be created.")
    changed_count = serializers.IntegerField()
    unchanged_count = serializers.IntegerField()
    rejected_count = serializers.IntegerField()
    held_back_count = serializers.IntegerField(help_text="Fine, but others are at fault.")
    quarantined_count = serializers.IntegerField(help_text="Wait for somebody to look at them.")
    job = serializers.SerializerMethodField(help_text="The job that checks or writes it.")
    received_at = serializers.DateTimeField()
    checked_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_job(self, delivery: Delivery) -> str | None:
        if delivery.job_id is None:
            return None
        return reverse("api:job", args=[delivery.job_id], request=self.context["request"])


class CatalogueDeliveryWarningSerializer(serializers.Serializer[Any]):
    """What to look at in a row that is taken nonetheless."""

    row = serializers.IntegerField()
    field = serializers.CharField()
    message = serializers.CharField()


class OneCatalogueDeliverySerializer(CatalogueDeliverySerializer):
    """A delivery with its preview."""

    preview = serializers.SerializerMethodField(
        help_text="The first rows at fault or in quarantine; all of them are in the rows."
    )
    warnings = serializers.SerializerMethodField(help_text="The first of them.")

    @extend_schema_field(CatalogueDeliveryRowSerializer(many=True))
    def get_preview(self, delivery: Delivery) -> list[Any]:
        return [CatalogueDeliveryRowSerializer(row).data for row in first_faults(delivery)]

    @extend_schema_field(CatalogueDeliveryWarningSerializer(many=True))
    def get_warnings(self, delivery: Delivery) -> list[Any]:
        return list(delivery.warnings[:MOST_WARNINGS_SHOWN])
