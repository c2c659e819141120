"""What was sent to whom, and what happened: to look at, and to have sent once more."""

from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import organisation_of
from accounts.webhooks.api.endpoints import WebhookResource
from accounts.webhooks.api.serializers import EVENT_ID, DeliverySerializer, EventSerializer
from accounts.webhooks.catalogue import CATALOGUE
from accounts.webhooks.models import Delivery, Event
from accounts.webhooks.selectors import deliveries_of, deliveries_to, event_by, events_of
from accounts.webhooks.services.redelivering import redeliver
from common.api import parameters
from common.api.idempotency import idempotent
from common.api.pages import NewestFirst


class Deliveries(WebhookResource, GenericAPIView[Delivery]):
    """What an endpoint was sent."""

    serializer_class = DeliverySerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"state"}

    @extend_schema(
        operation_id="list_webhook_deliveries",
        summary="List deliveries",
        parameters=[OpenApiParameter("state", str, enum=Delivery.State.values)],
        responses=DeliverySerializer(many=True),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What an endpoint was sent, each with all attempts, newest first."""
        state = parameters.choice(request, "state", Delivery.State.values)
        page = self.paginate_queryset(deliveries_to(self.endpoint(pk), state=state))
        return self.get_paginated_response([DeliverySerializer(each).data for each in page or ()])


class OneDelivery(WebhookResource):
    """A delivery by its id."""

    @extend_schema(
        operation_id="retrieve_webhook_delivery",
        summary="Look at a delivery",
        responses=DeliverySerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One event for one endpoint, with every attempt and what was answered."""
        own = deliveries_of(organisation_of(request))
        return Response(DeliverySerializer(get_object_or_404(own, pk=pk)).data)


class Redelivery(WebhookResource):
    """A delivery once more."""

    @extend_schema(
        operation_id="redeliver_webhook",
        summary="Send a delivery again",
        request=None,
        responses=DeliverySerializer,
    )
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        """Send an event to its endpoint once more, under its id, however it ended; with the same
        patience as the first time."""
        delivery = get_object_or_404(deliveries_of(organisation_of(request)), pk=pk)
        return Response(DeliverySerializer(redeliver(delivery, as_of=timezone.now())).data)


class Events(WebhookResource, GenericAPIView[Event]):
    """What happened."""

    serializer_class = EventSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"type", "since"}

    @extend_schema(
        operation_id="list_webhook_events",
        summary="List events",
        parameters=[
            OpenApiParameter("type", str, enum=list(CATALOGUE)),
            OpenApiParameter("since", OpenApiTypes.DATETIME, description="Not before this."),
        ],
        responses=EventSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """What happened in the last 30 days, newest first, whether an endpoint listened or not."""
        found = events_of(
            organisation_of(request),
            event_type=parameters.choice(request, "type", CATALOGUE),
            since=parameters.moment(request, "since"),
        )
        page = self.paginate_queryset(found)
        return self.get_paginated_response([EventSerializer(each).data for each in page or ()])


class OneEvent(WebhookResource):
    """An event by its id."""

    @extend_schema(
        operation_id="retrieve_webhook_event",
        summary="Look at an event",
        parameters=[
            OpenApiParameter(
                "id",
                {"type": "string", "pattern": EVENT_ID},
                OpenApiParameter.PATH,
                description="As in the header `webhook-id`.",
            )
        ],
        responses=EventSerializer,
    )
    def get(self, request: Request, id: str) -> Response:
        """What happened, by the id under which endpoints were told."""
        event = event_by(id, organisation_of(request))
        if event is None:
            raise Http404
        return Response(EventSerializer(event).data)
