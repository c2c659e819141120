"""Endpoints: set up, look at, change, remove, rotate their secret, test, replay."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.api.authentication import organisation_of
from accounts.webhooks.api.serializers import (
    EXAMPLE,
    DeliverySerializer,
    EndpointChangeSerializer,
    EndpointSerializer,
    NewEndpointSerializer,
    ReplayedSerializer,
    ReplaySerializer,
    SecretSerializer,
)
from accounts.webhooks.models import Endpoint
from accounts.webhooks.secrets import secret_of
from accounts.webhooks.selectors import endpoints_of
from accounts.webhooks.services import endpoints
from accounts.webhooks.services.redelivering import replay
from accounts.webhooks.services.refusals import EndpointOff, EndpointRefused, TooManyEndpoints
from common.api.idempotency import idempotent
from common.api.objects import object_of
from common.api.pages import NewestFirst
from common.api.problems import INVALID, Problem, kind, translates
from common.api.resources import Resource

ENDPOINT_OFF = kind(
    "webhook-endpoint-off",
    409,
    "The endpoint is switched off",
    "Nothing is sent to an endpoint that is switched off. Send PATCH with `enabled: true` first; "
    "what it missed can then be replayed.",
)
TOO_MANY_ENDPOINTS = kind(
    "too-many-webhook-endpoints",
    409,
    "You have as many endpoints as may be",
    "Remove one with DELETE, or let one endpoint listen to more types.",
)


@translates(EndpointRefused)
def _refused(refusal: EndpointRefused) -> Problem:
    place = f"/{refusal.field}"
    return Problem(INVALID, str(refusal), errors=[{"pointer": place, "detail": str(refusal)}])


@translates(EndpointOff)
def _off(refusal: EndpointOff) -> Problem:
    return Problem(ENDPOINT_OFF, str(refusal))


@translates(TooManyEndpoints)
def _too_many(refusal: TooManyEndpoints) -> Problem:
    return Problem(TOO_MANY_ENDPOINTS, str(refusal))


class WebhookResource(Resource):
    """What all addresses of webhooks share. They have a scope of their own, also for reading:
    whoever sets up an endpoint decides where news go, and whoever reads its secret can forge them.
    """

    reading = "webhooks"
    writing = "webhooks"

    def own(self) -> QuerySet[Endpoint]:
        return endpoints_of(organisation_of(self.request))

    def endpoint(self, pk: UUID) -> Endpoint:
        return get_object_or_404(self.own(), pk=pk)


class Endpoints(WebhookResource, GenericAPIView[Endpoint]):
    """The organisation's endpoints."""

    serializer_class = EndpointSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters

    @extend_schema(
        operation_id="list_webhook_endpoints",
        summary="List webhook endpoints",
        responses=EndpointSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The addresses that are told what happens, newest first."""
        page = self.paginate_queryset(self.own())
        return self.get_paginated_response([EndpointSerializer(each).data for each in page or ()])

    @extend_schema(
        operation_id="create_webhook_endpoint",
        summary="Set up a webhook endpoint",
        request=NewEndpointSerializer,
        responses={201: OpenApiResponse(EndpointSerializer, "It is told what happens from now.")},
        examples=[OpenApiExample("An endpoint", EXAMPLE, request_only=True)],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Name an address that is to be told what happens. Read its secret at `/secret`.

        It must be reachable from the internet: a name that stands for an address of a private
        network is refused, now and at each sending.
        """
        sent = object_of(request, NewEndpointSerializer)
        made = endpoints.create_endpoint(organisation=organisation_of(request), **sent)
        where = reverse("api:webhook-endpoint", kwargs={"pk": made.pk}, request=request)
        return Response(EndpointSerializer(made).data, 201, headers={"Location": where})


class OneEndpoint(WebhookResource):
    """An endpoint by its id."""

    @extend_schema(
        operation_id="retrieve_webhook_endpoint",
        summary="Look at a webhook endpoint",
        responses=EndpointSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """How an endpoint is set up, and whether it takes what it is sent."""
        return Response(EndpointSerializer(self.endpoint(pk)).data)

    @extend_schema(
        operation_id="change_webhook_endpoint",
        summary="Change a webhook endpoint",
        request=EndpointChangeSerializer,
        responses=EndpointSerializer,
        examples=[OpenApiExample("Switch it on", {"enabled": True}, request_only=True)],
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what you send and leave the rest. Switched off, what waits is given up."""
        endpoint = self.endpoint(pk)
        sent: dict[str, Any] = object_of(request, EndpointChangeSerializer)
        changed = endpoints.change_endpoint(endpoint, as_of=timezone.now(), **sent)
        return Response(EndpointSerializer(changed).data)

    @extend_schema(
        operation_id="remove_webhook_endpoint",
        summary="Remove a webhook endpoint",
        responses={204: OpenApiResponse(description="Nothing is sent there any more.")},
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take an endpoint out of use for ever. What waits for it is given up."""
        endpoints.remove_endpoint(self.endpoint(pk), as_of=timezone.now())
        return Response(status=204)


class Secret(WebhookResource):
    """An endpoint's secret."""

    @extend_schema(
        operation_id="retrieve_webhook_secret",
        summary="Read a webhook endpoint's secret",
        responses=SecretSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What to verify signatures with. It is derived and not stored, so it can be read again."""
        return Response(secret_document(self.endpoint(pk)))


class Rotation(WebhookResource):
    """A new secret for an endpoint."""

    @extend_schema(
        operation_id="rotate_webhook_secret",
        summary="Rotate a webhook endpoint's secret",
        request=None,
        responses=EndpointSerializer,
    )
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        """Give an endpoint a new secret, to be read at `/secret`. For 24 hours every request is
        signed with both."""
        rotated = endpoints.rotate_secret(self.endpoint(pk), as_of=timezone.now())
        return Response(EndpointSerializer(rotated).data)


class Test(WebhookResource):
    """A test event."""

    @extend_schema(
        operation_id="test_webhook_endpoint",
        summary="Send a test event",
        request=None,
        responses={201: OpenApiResponse(DeliverySerializer, "It is on its way.")},
    )
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        """Send a `ping` to this endpoint, whatever it listens to. Look at the delivery for what
        became of it."""
        delivery = endpoints.ping(self.endpoint(pk), as_of=timezone.now())
        where = reverse("api:webhook-delivery", kwargs={"pk": delivery.pk}, request=request)
        return Response(DeliverySerializer(delivery).data, 201, headers={"Location": where})


class Replay(WebhookResource):
    """Many events once more."""

    @extend_schema(
        operation_id="replay_webhook_events",
        summary="Replay events",
        request=ReplaySerializer,
        responses=ReplayedSerializer,
        examples=[
            OpenApiExample("Since a moment", {"since": "2026-11-02T20:15:00Z"}, request_only=True)
        ],
    )
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        """Send everything since a moment that the endpoint listens to and did not take: what
        failed, and what happened before it was there or while it was switched off."""
        endpoint = self.endpoint(pk)
        sent = object_of(request, ReplaySerializer)
        return Response({"events": replay(endpoint, as_of=timezone.now(), **sent)})


def secret_document(endpoint: Endpoint) -> dict[str, Any]:
    """The secret, and until when the last one signs as well."""
    values = {
        "secret": secret_of(bytes(endpoint.salt)),
        "previous_secret_until": endpoint.previous_until,
    }
    return dict(SecretSerializer(values).data)
