"""Periods as the platform sees them: what was reported, what came of it, how far the books are.

Nothing here says what a rights holder gets: that is theirs to know.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.platforms import PlatformResource
from common.api import parameters
from common.api.pages import NewestFirst
from common.money import Currency
from royalty.api.contracts import MOST_LETTERS, SERVICE, SERVICE_SCHEMA
from royalty.api.money import AmountField, amount_text
from royalty.models import Period, Restatement, RestatementKind, RevenueKind
from royalty.selectors.calendar import computable_on
from royalty.selectors.period_results import PARTS, PeriodResult
from royalty.selectors.reported import Reported, reported
from royalty.selectors.runs import current_runs

STATUSES = Period.Status.choices
STATUS, FROM, UNTIL = "status", "from", "until"


class Result(PeriodResult):
    """A run in the words of the API."""

    @property
    def parts(self) -> list[dict[str, str]]:
        return [
            {"kind": kind, "amount": amount_text(atoms, self.money)}
            for kind, atoms in self.parts_atoms
        ]


class PartSerializer(serializers.Serializer[Any]):
    """A part of the pool, by why it goes where it goes."""

    kind = serializers.ChoiceField([(part, part.replace("_", " ")) for part in PARTS])
    amount = serializers.CharField()


class ResultSerializer(serializers.Serializer[Result]):
    """What came of a period. `gross` less `commission` is the `pool`; its `parts` and those of the
    guarantee sum to `pool` and `guarantee`; these less `returned` are `due`, before VAT."""

    is_final = serializers.BooleanField(help_text="The period is closed.")
    computed_at = serializers.DateTimeField(source="run.computed_at")
    uses = serializers.IntegerField(source="run.use_count")
    uses_left_out = serializers.IntegerField(
        source="run.left_out_uses", help_text="They look like nobody's listening and do not count."
    )
    gross = AmountField("run.gross_atoms")
    commission = AmountField("run.commission_atoms", help_text="What you keep.")
    pool = AmountField("run.pool_atoms", help_text="What is shared.")
    guarantee = AmountField(
        "run.guarantee_atoms", help_text="What it lacked to what is guaranteed."
    )
    returned = AmountField("returned_atoms", help_text="Goes back to you by contract.")
    due = AmountField("due_atoms", help_text="What you owe for the period, before VAT.")
    attributed_ppb = serializers.IntegerField(
        help_text="Of pool and guarantee, what follows from attributions."
    )
    parts = PartSerializer(many=True)


class PeriodSerializer(serializers.Serializer[Period]):
    """Some days of a contract."""

    id = serializers.IntegerField()
    url = serializers.HyperlinkedIdentityField(view_name="api:period")
    contract = serializers.CharField(source="contract.code")
    service = serializers.CharField(source="contract.service")
    currency = serializers.CharField(source="contract.currency")
    starts_on = serializers.DateField(help_text="Its first day, in UTC.")
    ends_on = serializers.DateField(help_text="The first day after it.")
    status = serializers.ChoiceField(
        STATUSES,
        help_text="Events are taken while it is open; what is closed is final.",
    )
    reports_until = serializers.SerializerMethodField(
        help_text="The day on which it is computed: report before it."
    )
    closed_at = serializers.DateTimeField(allow_null=True)
    result = serializers.SerializerMethodField(help_text="Once it is computed.")

    def get_reports_until(self, period: Period) -> date:
        return computable_on(period)

    @extend_schema_field(ResultSerializer(allow_null=True))
    def get_result(self, period: Period) -> Any:
        run = self.context["runs"].get(period.pk)
        return None if run is None else ResultSerializer(Result(run, period)).data


class ReportedRevenueSerializer(serializers.Serializer[Any]):
    """Revenue of one kind."""

    kind = serializers.ChoiceField(RevenueKind.choices)
    amount = serializers.CharField()


class ReportedSerializer(serializers.Serializer[Any]):
    """What stands of your reports: corrected events count as you corrected them."""

    uses = serializers.IntegerField()
    pieces = serializers.IntegerField(help_text="How many were used.")
    revenue = ReportedRevenueSerializer(many=True)


class RestatementSerializer(serializers.Serializer[Restatement]):
    """The period was apportioned anew; the differences are in a later period's account."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(RestatementKind.choices)
    reason = serializers.CharField()
    posted_in = serializers.IntegerField(
        source="journal.period_id",
        allow_null=True,
        default=None,
        help_text="The period whose account has the differences, if there are any.",
    )
    created_at = serializers.DateTimeField()


class OnePeriodSerializer(PeriodSerializer):
    """A period with all that was reported for it."""

    reported = serializers.SerializerMethodField(
        help_text="As its result saw it; while it is open, until now."
    )
    restatements = serializers.SerializerMethodField(help_text="The newest last.")
    invoice = serializers.SerializerMethodField(help_text="The id of the one it closed.")

    @extend_schema_field(ReportedSerializer)
    def get_reported(self, period: Period) -> dict[str, Any]:
        found = reported(period, self.context["runs"].get(period.pk))
        return _reported(found, period.contract.money)

    @extend_schema_field(RestatementSerializer(many=True))
    def get_restatements(self, period: Period) -> list[Any]:
        rows = period.restatements.select_related("journal").order_by("pk")
        return [RestatementSerializer(row).data for row in rows]

    def get_invoice(self, period: Period) -> int | None:
        return period.invoices.values_list("pk", flat=True).first()


def _reported(found: Reported, money: Currency) -> dict[str, Any]:
    revenue = [
        {"kind": kind, "amount": amount_text(atoms, money)}
        for kind, atoms in found.revenue_atoms.items()
    ]
    return {"uses": found.uses, "pieces": found.pieces, "revenue": revenue}


class PeriodResource(PlatformResource):
    """What all addresses below /periods share."""

    reading = "money"

    def own(self) -> QuerySet[Period]:
        return Period.objects.filter(contract__platform=self.platform).select_related(
            "contract__platform"
        )

    def one(self, pk: int) -> Period:
        """One of the platform's periods. Raises Http404 for anybody else's."""
        return get_object_or_404(self.own(), pk=pk)

    def with_runs(self, periods: Iterable[Period]) -> dict[str, Any]:
        return {"request": self.request, "runs": current_runs(periods)}


class Periods(PeriodResource, GenericAPIView[Period]):
    """The platform's periods."""

    serializer_class = PeriodSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {SERVICE, STATUS, FROM, UNTIL}

    @extend_schema(
        operation_id="list_periods",
        summary="List periods",
        parameters=[
            OpenApiParameter(SERVICE, SERVICE_SCHEMA, description="Only this service's."),
            OpenApiParameter(STATUS, str, enum=Period.Status.values),
            OpenApiParameter(FROM, date, description="Ending after this day."),
            OpenApiParameter(UNTIL, date, description="Beginning before this day."),
        ],
        responses=PeriodSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The periods of your contracts, newest first, with what came of each."""
        page = list(self.paginate_queryset(self._found(request)) or [])
        context = self.with_runs(page)
        rows = [PeriodSerializer(each, context=context).data for each in page]
        return self.get_paginated_response(rows)

    def _found(self, request: Request) -> QuerySet[Period]:
        conditions = {
            "contract__service": parameters.text(request, SERVICE, most=MOST_LETTERS),
            "status": parameters.choice(request, STATUS, Period.Status.values),
            "ends_on__gt": parameters.day(request, FROM),
            "starts_on__lt": parameters.day(request, UNTIL),
        }
        return self.own().filter(
            **{name: value for name, value in conditions.items() if value is not None}
        )


class OnePeriod(PeriodResource):
    """A period by its id."""

    @extend_schema(
        operation_id="retrieve_period", summary="Look at a period", responses=OnePeriodSerializer
    )
    def get(self, request: Request, pk: int) -> Response:
        """What you reported for a period, and what came of it."""
        period = self.one(pk)
        return Response(OnePeriodSerializer(period, context=self.with_runs([period])).data)
