"""Invoices and credit notes as the platform gets them, and what settled them."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.platforms import PlatformResource
from catalog.services.clock import now_for
from common.api import parameters
from common.api.pages import NewestFirst
from royalty.api.contracts import MOST_LETTERS, SERVICE, SERVICE_SCHEMA
from royalty.api.money import AmountField, amount_text
from royalty.documents.invoice import invoice_pdf
from royalty.models import Invoice, Match
from royalty.selectors.invoice_document import invoice_document
from royalty.selectors.receivables import effective, invoices_with_open

KIND, STATUS = "kind", "status"
KINDS = {"invoice": Invoice.Series.INVOICE, "credit_note": Invoice.Series.CREDIT_NOTE}
OPEN, IN_PART, PAID, CREDITED = "open", "paid_in_part", "paid", "credited"
STATUSES = [OPEN, IN_PART, PAID, CREDITED]
_PAYS = {Match.Use.INVOICE: "payment", Match.Use.CREDIT_USED: "credit"}
_NOTE = Q(series=Invoice.Series.CREDIT_NOTE)
_BY_STATUS = {
    OPEN: ~_NOTE & Q(settled_atoms=0),
    IN_PART: ~_NOTE & Q(settled_atoms__gt=0, open_atoms__gt=0),
    PAID: ~_NOTE & Q(open_atoms=0),
    CREDITED: _NOTE,
}


class InvoiceLineSerializer(serializers.Serializer[Any]):
    """A line as it is printed: what was earned or, with a minus, what you keep."""

    text = serializers.CharField()
    amount = serializers.CharField()


class SettlementSerializer(serializers.Serializer[Any]):
    """What paid a part of an invoice: a payment of yours, or a credit that you had."""

    by = serializers.ChoiceField([(each, each) for each in _PAYS.values()])
    settled_on = serializers.DateField()
    amount = serializers.CharField()


class InvoiceSerializer(serializers.Serializer[Any]):
    """An invoice, or a credit note, whose amounts are in your favour."""

    id = serializers.IntegerField()
    url = serializers.HyperlinkedIdentityField(view_name="api:invoice")
    document = serializers.HyperlinkedIdentityField(
        view_name="api:invoice-document", help_text="Where its PDF is, with the same key."
    )
    number = serializers.CharField(source="label")
    kind = serializers.SerializerMethodField()
    contract = serializers.CharField(source="contract.code")
    through = serializers.IntegerField(
        source="through_id", help_text="The last period that it is about."
    )
    issued_on = serializers.DateField()
    due_on = serializers.DateField()
    currency = serializers.CharField(source="contract.currency")
    lines = serializers.SerializerMethodField(help_text="They sum to `net`.")
    net = AmountField("net_atoms")
    vat_ppm = serializers.IntegerField(help_text="The rate in millionths: 190000 is 19 %.")
    vat = AmountField("vat_atoms")
    vat_note = serializers.CharField(source="vat_sentence", help_text="Why there is none, if so.")
    gross = AmountField("gross_atoms")
    open = serializers.SerializerMethodField(help_text="What is to be paid still.")
    status = serializers.SerializerMethodField()
    days_late = serializers.SerializerMethodField(help_text="0 unless it is due and not paid.")
    reference = serializers.CharField(help_text="What a payment must name (ISO 11649).")

    @extend_schema_field(serializers.ChoiceField(list(KINDS)))
    def get_kind(self, invoice: Any) -> str:
        return "credit_note" if invoice.is_credit_note else "invoice"

    @extend_schema_field(InvoiceLineSerializer(many=True))
    def get_lines(self, invoice: Any) -> list[dict[str, str]]:
        sign = -1 if invoice.is_credit_note else 1
        return [
            {"text": line["text"], "amount": amount_text(sign * line["atoms"], invoice.money)}
            for line in invoice.lines
        ]

    def get_open(self, invoice: Any) -> str:
        return amount_text(_open_atoms(invoice), invoice.money)

    @extend_schema_field(serializers.ChoiceField(STATUSES))
    def get_status(self, invoice: Any) -> str:
        if invoice.is_credit_note:
            return CREDITED
        if not invoice.open_atoms:
            return PAID
        return IN_PART if invoice.settled_atoms else OPEN

    def get_days_late(self, invoice: Any) -> int:
        late: int = (self.context["today"] - invoice.due_on).days
        return max(0, late) if _open_atoms(invoice) else 0


class OneInvoiceSerializer(InvoiceSerializer):
    """An invoice with what settled it."""

    settlements = serializers.SerializerMethodField(help_text="In the order in which they came.")

    @extend_schema_field(SettlementSerializer(many=True))
    def get_settlements(self, invoice: Any) -> list[dict[str, Any]]:
        matches = effective(Match.objects.filter(invoice=invoice, use__in=_PAYS))
        return [
            {
                "by": _PAYS[Match.Use(match.use)],
                "settled_on": match.matched_on,
                "amount": amount_text(match.amount_atoms, invoice.money),
            }
            for match in matches.order_by("matched_on", "pk")
        ]


def _open_atoms(invoice: Any) -> int:
    """What is to be paid; of a credit note nothing is."""
    return 0 if invoice.is_credit_note else int(invoice.open_atoms)


class InvoiceResource(PlatformResource):
    """What all addresses below /invoices share."""

    reading = "money"

    def own(self) -> QuerySet[Any]:
        """The platform's invoices, with `settled_atoms` and `open_atoms`."""
        return invoices_with_open().filter(contract__platform=self.platform)

    def context(self) -> dict[str, Any]:
        return {"request": self.request, "today": now_for(self.platform).date()}


class Invoices(InvoiceResource, GenericAPIView[Invoice]):
    """The platform's invoices."""

    serializer_class = InvoiceSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {SERVICE, KIND, STATUS}

    @extend_schema(
        operation_id="list_invoices",
        summary="List invoices",
        parameters=[
            OpenApiParameter(SERVICE, SERVICE_SCHEMA, description="Only this service's."),
            OpenApiParameter(KIND, str, enum=list(KINDS)),
            OpenApiParameter(STATUS, str, enum=STATUSES),
        ],
        responses=InvoiceSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Invoices and credit notes to you, newest first."""
        page, context = self.paginate_queryset(self._found(request)) or (), self.context()
        rows = [InvoiceSerializer(each, context=context).data for each in page]
        return self.get_paginated_response(rows)

    def _found(self, request: Request) -> QuerySet[Any]:
        found = self.own()
        service = parameters.text(request, SERVICE, most=MOST_LETTERS)
        kind = parameters.choice(request, KIND, list(KINDS))
        status = parameters.choice(request, STATUS, STATUSES)
        if service is not None:
            found = found.filter(contract__service=service)
        if kind is not None:
            found = found.filter(series=KINDS[kind])
        return found if status is None else found.filter(_BY_STATUS[status])


class OneInvoice(InvoiceResource):
    """An invoice by its id."""

    @extend_schema(
        operation_id="retrieve_invoice",
        summary="Look at an invoice",
        responses=OneInvoiceSerializer,
    )
    def get(self, _request: Request, pk: int) -> Response:
        """An invoice or a credit note, line by line, and what settled it."""
        invoice = get_object_or_404(self.own(), pk=pk)
        return Response(OneInvoiceSerializer(invoice, context=self.context()).data)


class Pdf(BaseRenderer):
    """The bytes of a document, as they are."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None
    render_style = "binary"

    def render(self, data: bytes, *_args: Any, **_kwargs: Any) -> bytes:
        return data


class InvoiceDocument(InvoiceResource):
    """An invoice as it is printed."""

    renderer_classes = (Pdf,)

    @extend_schema(
        operation_id="retrieve_invoice_document",
        summary="Get an invoice as PDF",
        responses={(200, Pdf.media_type): OpenApiTypes.BINARY},
    )
    def get(self, _request: Request, pk: int) -> Response:
        """The invoice or the credit note as it is printed: the same bytes every time."""
        invoice = get_object_or_404(self.own(), pk=pk)
        name = f'attachment; filename="{invoice.label}.pdf"'
        return Response(
            invoice_pdf(invoice_document(invoice)), headers={"Content-Disposition": name}
        )
