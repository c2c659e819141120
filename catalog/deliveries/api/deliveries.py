"""Deliveries to the catalogue, for the programs of those who send them."""

import tempfile
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import organisation_of
from accounts.models import Organisation
from catalog.deliveries.api.serializers import (
    CatalogueDeliveryRowSerializer,
    CatalogueDeliverySerializer,
    NewCatalogueDeliverySerializer,
    OneCatalogueDeliverySerializer,
)
from catalog.deliveries.models import Delivery, DeliveryRow
from catalog.deliveries.reports import report_csv
from catalog.deliveries.selectors import deliveries_of, senders_of
from catalog.deliveries.services import receiving
from catalog.manifest import Outcome
from catalog.models import Sender
from common.api import parameters
from common.api.idempotency import idempotent
from common.api.objects import faulty, object_of
from common.api.pages import NewestFirst
from common.api.problems import CONFLICT, FORBIDDEN, Problem, translates
from common.api.resources import Resource
from common.uploads.models import Upload
from common.uploads.purposes import Purpose
from common.uploads.refusals import UploadRefused
from common.uploads.services import consume, discard, take

EXAMPLE = {"upload": "01a201d9-c1e9-77df-b02a-87e72f09d037", "take_good_rows": True}


@translates(receiving.DeliveryConflict)
def _conflict(conflict: receiving.DeliveryConflict) -> Problem:
    return Problem(CONFLICT, str(conflict))


class SenderResource(Resource):
    """A resource of an organisation that delivers to the catalogue."""

    writing = "catalogue"

    @cached_property
    def organisation(self) -> Organisation:
        """The organisation that asks.

        Raises:
            Problem: it delivers for no sender.
        """
        organisation = organisation_of(self.request)
        if not senders_of(organisation).exists():
            raise Problem(
                FORBIDDEN,
                f"This is for senders; {organisation.name} is none yet. Ask us to register it.",
            )
        return organisation

    def own(self) -> QuerySet[Delivery]:
        return deliveries_of(self.organisation)

    def document(self, delivery: Delivery) -> dict[str, Any]:
        context = {"request": self.request}
        return dict(OneCatalogueDeliverySerializer(delivery, context=context).data)


class CatalogueDeliveries(SenderResource, GenericAPIView[Delivery]):
    """What a sender delivered."""

    serializer_class = CatalogueDeliverySerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"status"}

    @extend_schema(
        operation_id="list_catalogue_deliveries",
        summary="List deliveries",
        parameters=[OpenApiParameter("status", str, enum=Delivery.Status.values)],
        responses=CatalogueDeliverySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Your deliveries to the catalogue, newest first."""
        found = self.own()
        status = parameters.choice(request, "status", Delivery.Status.values)
        if status is not None:
            found = found.filter(status=status)
        page = self.paginate_queryset(found) or ()
        context = {"request": request}
        return self.get_paginated_response(
            [CatalogueDeliverySerializer(each, context=context).data for each in page]
        )

    @extend_schema(
        operation_id="send_catalogue_delivery",
        summary="Deliver to the catalogue",
        request=NewCatalogueDeliverySerializer,
        responses={
            202: OpenApiResponse(OneCatalogueDeliverySerializer, "A job checks it."),
            200: OpenApiResponse(OneCatalogueDeliverySerializer, "It is there already."),
        },
        examples=[OpenApiExample("An upload", EXAMPLE, request_only=True)],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Hand in a file about works and tracks that was uploaded for `catalogue` and completed.

        A job checks it and changes nothing: look at the answer's `url` until its `status` is
        `checked`, then approve it, or `refused`. The same bytes again are the delivery that is
        there (200).
        """
        said = object_of(request, NewCatalogueDeliverySerializer)
        sender = self._sender(said.get("sender"))
        try:
            upload = take(said["upload"], Purpose.CATALOGUE, tenant=self.organisation.tenant)
        except UploadRefused as refusal:
            return self._answer(self._delivered_before(said["upload"], sender, refusal), 200)
        if not upload.file_name:
            raise _wrong("upload", "Announce it with a file_name, whose ending says its format.")
        delivery, is_new = receiving.receive(
            file=receiving.SentFile(upload.path, upload.file_name, upload.sha256),
            sender=sender,
            as_of=said.get("as_of") or timezone.localdate(),
            take_good_rows=said["take_good_rows"],
        )
        consume(upload, as_of=timezone.now())
        discard(upload)
        return self._answer(delivery, 202 if is_new else 200)

    def _answer(self, delivery: Delivery, status: int) -> Response:
        document = self.document(delivery)
        return Response(document, status, headers={"Location": document["url"]})

    def _sender(self, code: str | None) -> Sender:
        senders = list(senders_of(self.organisation).order_by("code"))
        if code is None and len(senders) == 1:
            return senders[0]
        for sender in senders:
            if sender.code == code:
                return sender
        codes = ", ".join(sender.code for sender in senders)
        raise _wrong("sender", f"Say for which sender, by its code; yours are: {codes}.")

    def _delivered_before(
        self, upload_id: UUID, sender: Sender, refusal: UploadRefused
    ) -> Delivery:
        """The delivery that was made of an upload."""
        used = Upload.objects.filter(
            pk=upload_id, tenant=self.organisation.tenant, status=Upload.Status.USED
        ).first()
        made = used and self.own().filter(sender=sender, sha256=used.sha256).last()
        if not made:
            raise _wrong("upload", str(refusal)) from refusal
        return made


class OneCatalogueDelivery(SenderResource):
    """A delivery by its id."""

    @extend_schema(
        operation_id="retrieve_catalogue_delivery",
        summary="Look at a delivery",
        responses=OneCatalogueDeliverySerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """How far a delivery is, what becomes of how many rows, and the first that are at fault."""
        return Response(self.document(get_object_or_404(self.own(), pk=pk)))


class CatalogueDeliveryRows(SenderResource, GenericAPIView[DeliveryRow]):
    """The rows of a delivery."""

    serializer_class = CatalogueDeliveryRowSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"outcome"}

    @extend_schema(
        operation_id="list_catalogue_delivery_rows",
        summary="List a delivery's rows",
        parameters=[OpenApiParameter("outcome", str, enum=[each.value for each in Outcome])],
        responses=CatalogueDeliveryRowSerializer(many=True),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What became, or would become, of each row, the last one first."""
        rows = get_object_or_404(self.own(), pk=pk).rows.all()
        outcome = parameters.choice(request, "outcome", [each.value for each in Outcome])
        if outcome is not None:
            rows = rows.filter(outcome=outcome)
        page = self.paginate_queryset(rows) or ()
        return self.get_paginated_response(
            [CatalogueDeliveryRowSerializer(row).data for row in page]
        )


class CatalogueDeliveryApproval(SenderResource):
    """Saying that a delivery is to be written."""

    @extend_schema(
        operation_id="approve_catalogue_delivery",
        summary="Approve a delivery",
        request=None,
        responses={202: OpenApiResponse(OneCatalogueDeliverySerializer, "A job writes it.")},
    )
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        """Have a checked delivery written. Rows in quarantine wait until we have looked at them.

        One whose writing failed may be approved again, and goes on where it was.
        """
        delivery = get_object_or_404(self.own(), pk=pk)
        return Response(self.document(receiving.approve(delivery, as_of=timezone.now())), 202)


class Csv(BaseRenderer):
    """What a report is. It is streamed, so that nothing is rendered."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: Any, *_: Any, **__: Any) -> bytes:
        return JSONRenderer().render(data)


class CatalogueDeliveryReport(SenderResource):
    """What became of each row, as a table."""

    renderer_classes = (JSONRenderer, Csv)

    @extend_schema(
        operation_id="download_catalogue_delivery_report",
        summary="Download a delivery's report",
        responses={(200, Csv.media_type): OpenApiTypes.STR},
    )
    def get(self, request: Request, pk: UUID) -> FileResponse:
        """CSV with your own columns and, before them, what became of each row, why, and a repair.

        A cell that a spreadsheet would compute has an apostrophe before it.
        """
        delivery = get_object_or_404(self.own(), pk=pk)
        file = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
        file.writelines(line.encode() for line in report_csv(delivery))
        file.seek(0)
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"delivery-{delivery.pk}.csv",
            content_type=f"{Csv.media_type}; charset=utf-8",
        )


def _wrong(field: str, detail: str) -> Problem:
    return faulty([{"pointer": f"/{field}", "detail": detail}])
