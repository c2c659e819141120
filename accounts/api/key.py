"""The key that asks: what it may do, and its replacement by a new one.

Keys are made by people: a program cannot give itself more than it was given, nor longer.
"""

from datetime import timedelta
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiKey, Scope
from accounts.services.keys import LONGEST_OVERLAP, OVERLAP, KeyNotMade, rotate_key
from common.api.bodies import Lines
from common.api.objects import Sent, object_of
from common.api.problems import CONFLICT, Problem, translates
from common.api.resources import Resource

ANY_SCOPE = ""
MOST_HOURS, USUAL_HOURS = (int(each / timedelta(hours=1)) for each in (LONGEST_OVERLAP, OVERLAP))


class RateSerializer(serializers.Serializer[Any]):
    """How often a key may be used: so many requests at once, which come back over the seconds."""

    requests = serializers.IntegerField(min_value=1)
    seconds = serializers.IntegerField(min_value=1)


class KeySerializer(serializers.Serializer[ApiKey]):
    """A key, without its secret."""

    prefix = serializers.CharField(help_text="The part that is not secret and names the key.")
    name = serializers.CharField(help_text="What it is for.")
    organisation = serializers.CharField(source="organisation.name", help_text="Whose it is.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    networks = serializers.ListField(
        child=serializers.CharField(), help_text="From which it may be used; from any if empty."
    )
    rate = RateSerializer()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(
        allow_null=True, help_text="Noted once a minute at most."
    )
    last_used_from = serializers.IPAddressField(allow_null=True)
    replaces = serializers.CharField(
        source="replaces.prefix", default=None, allow_null=True, help_text="The key before it."
    )
    replaced_by = serializers.SerializerMethodField(help_text="The key after it.")

    def get_replaced_by(self, key: ApiKey) -> str | None:
        return key.successors.filter(revoked_at=None).values_list("prefix", flat=True).first()


class NewKeySerializer(KeySerializer):
    """A new key, with its secret, which is never shown again."""

    key = serializers.CharField(help_text="The key itself, with its secret. Keep it now.")


class KeyRotationSerializer(Sent):
    """How long the old key goes on beside the new one."""

    overlap_hours = serializers.IntegerField(
        min_value=1, max_value=MOST_HOURS, default=USUAL_HOURS, help_text="Then it expires."
    )


class ThisKey(Resource):
    """The key that asks."""

    reading = ANY_SCOPE

    @extend_schema(
        operation_id="retrieve_key",
        summary="Look at the key that you use",
        responses=KeySerializer,
    )
    def get(self, request: Request) -> Response:
        """What the key of this very request may do, from where, how often and until when."""
        return Response(KeySerializer(_key_of(request)).data)


class KeyRotation(Resource):
    """A new key for the one that asks.

    What it answers is not stored, though there is an Idempotency-Key, for it holds a secret. It is
    safe to repeat all the same: a new key that was never used is replaced by another.
    """

    writing = ANY_SCOPE

    @extend_schema(
        operation_id="rotate_key",
        summary="Replace the key that you use",
        request=KeyRotationSerializer,
        responses={201: NewKeySerializer},
        examples=[OpenApiExample("A day to deploy it", {"overlap_hours": 24}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Make a key with the same name, scopes, networks, rate and expiry. The old one goes on for
        `overlap_hours` (24 unless told) and then expires. The secret is in the answer and nowhere
        else; if the answer was lost, send the request again: the new key that nobody has used is
        ended and replaced. Once the new key is used, the old one cannot be rotated again (409)."""
        key = _key_of(request)
        issued = rotate_key(
            key=key,
            as_of=timezone.now(),
            overlap=timedelta(hours=_overlap_hours(request)),
            lasts_until=key.expires_at,
        )
        content = KeySerializer(issued.row).data | {"key": issued.text}
        return Response(content, 201, headers={"Cache-Control": "no-store"})


@translates(KeyNotMade)
def _not_made(refusal: KeyNotMade) -> Problem:
    return Problem(CONFLICT, str(refusal))


def _key_of(request: Request) -> ApiKey:
    return cast(ApiKey, request.auth)


def _overlap_hours(request: Request) -> int:
    """What the body says, if there is one."""
    if not isinstance(request.data, Lines):
        return USUAL_HOURS
    return int(object_of(request, KeyRotationSerializer)["overlap_hours"])
