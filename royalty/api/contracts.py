"""Contracts: what was agreed with the platform, as it was agreed."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.platforms import PlatformResource
from common.api import parameters
from common.api.pages import NewestFirst
from royalty.api.money import AmountField
from royalty.models import Contract, FallbackRule, IdleSubscribers

SERVICE = "service"
MOST_LETTERS = 50  # of a service
SERVICE_SCHEMA = {"type": "string", "minLength": 1, "maxLength": MOST_LETTERS}


class ContractSerializer(serializers.Serializer[Contract]):
    """The terms for one of your services. They never change: another agreement is another one."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    service = serializers.CharField(help_text="What events name.")
    currency = serializers.CharField(help_text="By ISO 4217.")
    country = serializers.CharField(
        help_text="Whose owners are paid, by ISO 3166-1; empty: where no share says otherwise."
    )
    allocation_model = serializers.CharField(help_text="By which rule the pool is shared.")
    model_parameters = serializers.DictField(
        child=serializers.IntegerField(), help_text="Those that the rule asks for."
    )
    allocation = serializers.CharField(source="allocation_sentence", help_text="The rule in words.")
    commission_ppm = serializers.IntegerField(help_text="What you keep of the revenue.")
    composition_ppm = serializers.IntegerField(
        help_text="The composition's part of a track's money; the rest is the recording's."
    )
    fallback = serializers.ChoiceField(
        FallbackRule.choices, help_text="Where money goes that no track accounts for."
    )
    idle_subscribers = serializers.ChoiceField(
        IdleSubscribers.choices, help_text="Where the fee of a subscriber goes who used nothing."
    )
    guarantee = AmountField("guarantee_atoms", help_text="The least that a period's pool is.")
    most_favoured = serializers.BooleanField(
        help_text="No other contract of yours may have a better term on the same days."
    )
    period_months = serializers.IntegerField()
    reporting_days = serializers.IntegerField(
        help_text="For how many days after its end a period waits for reports."
    )
    payment_days = serializers.IntegerField(help_text="In which an invoice is to be paid.")
    vat_ppm = serializers.IntegerField(help_text="On invoices within the country.")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True, help_text="The first day without it.")


class Contracts(PlatformResource, GenericAPIView[Contract]):
    """The platform's contracts."""

    reading = "money"
    serializer_class = ContractSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {SERVICE}

    def get_queryset(self) -> QuerySet[Contract]:
        return Contract.objects.filter(platform=self.platform)

    @extend_schema(
        operation_id="list_contracts",
        summary="List contracts",
        parameters=[
            OpenApiParameter(SERVICE, SERVICE_SCHEMA, description="Only those for this service.")
        ],
        responses=ContractSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """What was agreed with you, newest first: one contract a service at a time."""
        found = self.get_queryset()
        service = parameters.text(request, SERVICE, most=MOST_LETTERS)
        if service is not None:
            found = found.filter(service=service)
        rows = [ContractSerializer(each).data for each in self.paginate_queryset(found) or ()]
        return self.get_paginated_response(rows)
