"""What the API says of endpoints, events and deliveries, and what may be sent."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.webhooks.addresses import url_pattern
from accounts.webhooks.catalogue import CATALOGUE
from accounts.webhooks.models import URL_LENGTH, Attempt, Delivery, Endpoint, Event
from common.api.objects import Sent

EVENT_TYPES = [(name, name) for name in CATALOGUE]
EVENT_ID = r"^evt_[0-9a-f]{32}$"
DESCRIPTION = r"^[^\x00-\x1f\x7f]{1,200}$"
EXAMPLE = {
    "url": "https://hooks.example.com/tantieme",
    "description": "production",
    "event_types": ["generation.attributed", "period.closed"],
}


class _EventTypes(serializers.ListField):
    """Types of the catalogue; none stands for all, also for those that come to be."""

    child = serializers.ChoiceField(choices=EVENT_TYPES)


class EndpointUrl(serializers.CharField):
    """A URL that may be sent to; the services look at what this installation allows."""


class EndpointUrlSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Says which form a URL must have in this installation."""

    target_class = "accounts.webhooks.api.serializers.EndpointUrl"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "maxLength": URL_LENGTH, "pattern": url_pattern()}


def _url(*, required: bool) -> EndpointUrl:
    return EndpointUrl(
        max_length=URL_LENGTH,
        trim_whitespace=False,
        help_text="Where events are sent: https, a public name, port 443 or one of four digits.",
        required=required,
    )


def _description() -> serializers.RegexField:
    return serializers.RegexField(
        DESCRIPTION,
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text="Yours; it is only shown.",
    )


class NewEndpointSerializer(Sent):
    """An endpoint that is to be told what happens."""

    url = _url(required=True)
    description = _description()
    event_types = _EventTypes(
        required=False, max_length=100, help_text="What it listens to; empty: everything."
    )


class EndpointChangeSerializer(Sent):
    """What is to be changed; what is left out stays."""

    url = _url(required=False)
    description = _description()
    event_types = _EventTypes(
        required=False, max_length=100, help_text="What it listens to; empty: everything."
    )
    enabled = serializers.BooleanField(
        required=False, help_text="Whether it is sent anything. Switched on, it counts as well."
    )


class EndpointSerializer(serializers.Serializer[Endpoint]):
    """An address that is told what happens."""

    id = serializers.UUIDField()
    url = serializers.CharField(help_text="Where events are sent.")
    description = serializers.CharField()
    event_types = _EventTypes(help_text="What it listens to; empty: everything.")
    enabled = serializers.BooleanField(source="is_enabled")
    disabled_reason = serializers.SerializerMethodField(help_text="Why it was switched off.")
    disabled_at = serializers.DateTimeField(allow_null=True)
    failing_since = serializers.DateTimeField(
        allow_null=True,
        help_text="The first failure since anything was taken; null if all is well.",
    )
    previous_secret_until = serializers.DateTimeField(
        source="previous_until", allow_null=True, help_text="Until then the last secret signs too."
    )
    created_at = serializers.DateTimeField()

    @extend_schema_field(
        serializers.ChoiceField(choices=Endpoint.Disabled.choices, allow_null=True)
    )
    def get_disabled_reason(self, endpoint: Endpoint) -> str | None:
        return endpoint.disabled_reason or None


class SecretSerializer(serializers.Serializer[dict[str, Any]]):
    """What an endpoint verifies signatures with."""

    secret = serializers.RegexField(r"^whsec_[A-Za-z0-9+/]{43}=$")
    previous_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then the last secret signs too."
    )


class ReplaySerializer(Sent):
    """From when on events are to be sent once more."""

    since = serializers.DateTimeField(help_text="Events are kept for 30 days.")
    also_delivered = serializers.BooleanField(
        required=False, default=False, help_text="Also those that the endpoint took."
    )


class ReplayedSerializer(serializers.Serializer[None]):
    """What a replay will send."""

    events = serializers.IntegerField(help_text="How many are on their way now.")


class EventSerializer(serializers.Serializer[Event]):
    """Something that happened, as endpoints are told of it."""

    id = serializers.RegexField(EVENT_ID, source="public_id")
    type = serializers.ChoiceField(choices=EVENT_TYPES)
    timestamp = serializers.DateTimeField(source="created_at")
    data = serializers.DictField(  # type: ignore[assignment]
        help_text="By type; see the description's part on webhooks."
    )


class EventOfDeliverySerializer(serializers.Serializer[Event]):
    """Which event is delivered."""

    id = serializers.RegexField(EVENT_ID, source="public_id")
    type = serializers.ChoiceField(choices=EVENT_TYPES)


class AttemptSerializer(serializers.Serializer[Attempt]):
    """One request to an endpoint."""

    number = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    duration_ms = serializers.IntegerField(
        allow_null=True, help_text="Null while it is under way, or if its worker was killed."
    )
    status = serializers.IntegerField(allow_null=True, help_text="Of the response, if any.")
    error = serializers.CharField(help_text="What was wrong; empty if it was taken.")
    response_excerpt = serializers.CharField(help_text="At most its first 1024 bytes.")


class DeliverySerializer(serializers.Serializer[Delivery]):
    """One event for one endpoint, with every attempt."""

    id = serializers.UUIDField()
    endpoint = serializers.UUIDField(source="endpoint_id")
    event = EventOfDeliverySerializer()
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    attempts = serializers.SerializerMethodField(help_text="The first one first.")

    @extend_schema_field(AttemptSerializer(many=True))
    def get_attempts(self, delivery: Delivery) -> list[dict[str, object]]:
        ordered = sorted(delivery.attempts.all(), key=lambda attempt: attempt.number)
        return [dict(AttemptSerializer(each).data) for each in ordered]
