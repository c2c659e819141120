"""What events look like in JSON: uses, and revenue of each kind, with an example.

They describe only: what is sent is read line by line by `royalty.services.intake`.
"""

from rest_framework import serializers

from common.api.objects import Sent, Text
from royalty.models import RevenueKind

# No control characters.
LETTERS = r"^[^\u0000-\u001f\u007f-\u009f]+$"


class EventSerializer(Sent):
    """What all events have."""

    event_id = Text(
        LETTERS,
        min_length=1,
        max_length=100,
        help_text="Your own name for the event; it counts once.",
    )
    service = Text(
        LETTERS,
        min_length=1,
        max_length=50,
        help_text="Which of your services; it decides the contract.",
    )
    corrects = Text(
        LETTERS,
        min_length=1,
        max_length=100,
        required=False,
        help_text="The `event_id` of an earlier event, which this one replaces.",
    )


class UsageSerializer(EventSerializer):
    """A subscriber used a piece."""

    generation = Text(LETTERS, min_length=1, max_length=200, help_text="The piece's `external_id`.")
    subscriber = Text(
        LETTERS, min_length=1, max_length=100, help_text="A pseudonym, never a name or an address."
    )
    used_at = serializers.DateTimeField(help_text="With a time zone; the day is that of UTC.")
    count = serializers.IntegerField(
        min_value=0, max_value=1_000_000_000, help_text="0 in a correction only."
    )


class RevenueSerializer(EventSerializer):
    """Money that you earned by a subscription or by one piece, or owe for having trained."""

    kind = serializers.ChoiceField(choices=RevenueKind.choices)
    subscriber = Text(
        LETTERS,
        min_length=1,
        max_length=100,
        required=False,
        help_text="Of a subscription: who paid, as a pseudonym.",
    )
    generation = Text(
        LETTERS,
        min_length=1,
        max_length=200,
        required=False,
        help_text="Of an output: the piece's `external_id`.",
    )
    amount = Text(
        r"^[0-9]{1,15}(\.[0-9]{1,4})?$",
        help_text="Gross, as text, so that no cent is lost: `9.99`.",
    )
    currency = Text(r"^[A-Z]{3}$", help_text="By ISO 4217, such as `EUR`.")
    earned_on = serializers.DateField()


USAGE = {
    "event_id": "use-2026-11-02-0001",
    "service": "studio",
    "generation": "my-first-piece",
    "subscriber": "s-4711",
    "used_at": "2026-11-02T20:15:00Z",
    "count": 1,
}
SUBSCRIPTION = {
    "event_id": "fee-2026-11-s-4711",
    "service": "studio",
    "kind": "subscription",
    "subscriber": "s-4711",
    "amount": "9.99",
    "currency": "EUR",
    "earned_on": "2026-11-01",
}
OUTPUT = {
    "event_id": "sale-2026-11-02-0001",
    "service": "shop",
    "kind": "output",
    "generation": "my-first-piece",
    "amount": "4.00",
    "currency": "EUR",
    "earned_on": "2026-11-02",
}
TRAINING = {
    "event_id": "training-2026-11",
    "service": "training",
    "kind": "training",
    "amount": "25000.00",
    "currency": "EUR",
    "earned_on": "2026-11-01",
}
