"""Whether the API answers, for whoever is about to use it; the one resource that needs no key."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.resources import Resource


class HealthSerializer(serializers.Serializer[Any]):
    """That it answers, and who answers."""

    status = serializers.ChoiceField(choices=["ok"])
    installation = serializers.ChoiceField(
        choices=["live", "sandbox"], help_text="Which keys are taken: each has keys of its own."
    )
    version = serializers.CharField(help_text="Of the API; its changelog says what is new.")
    now = serializers.DateTimeField(help_text="Our clock: compare yours with it.")


class Health(Resource):
    """Whether the API answers."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(
        operation_id="check_health",
        summary="Check that the API answers",
        auth=[],
        responses=HealthSerializer,
    )
    def get(self, request: Request) -> Response:
        """It answers as soon as the database does. Needs no key, and says nothing of anybody."""
        document = {
            "status": "ok",
            "installation": settings.INSTALLATION,
            "version": settings.SPECTACULAR_SETTINGS["VERSION"],
            "now": timezone.now(),
        }
        return Response(
            HealthSerializer(document).data, headers={"Cache-Control": "private, no-store"}
        )
