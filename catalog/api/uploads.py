"""Uploads: files of any size, in parts that may be sent again, at once and in any order."""

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import organisation_of, require_scope
from accounts.models import Organisation
from catalog.api.platforms import PlatformResource
from catalog.api.upload_serializers import (
    NewUploadSerializer,
    OneUploadSerializer,
    UploadPartSerializer,
    UploadSerializer,
)
from catalog.models import Sender
from common.api import parameters
from common.api.idempotency import idempotent
from common.api.objects import object_of
from common.api.pages import NewestFirst
from common.api.problems import (
    BAD_REQUEST,
    CONFLICT,
    FORBIDDEN,
    IN_FLIGHT,
    INVALID,
    LENGTH_REQUIRED,
    NOT_FOUND,
    Problem,
    kind,
    translates,
)
from common.uploads import refusals, services
from common.uploads.models import Upload
from common.uploads.purposes import LARGEST_BYTES, PART_BYTES, Purpose, terms_of

MOST_PARTS = LARGEST_BYTES // PART_BYTES
RETRY_AFTER = {"Retry-After": "1"}
DIGEST_HEADER = "Content-Digest"
_DIGEST = re.compile(r"(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/]{43}=):[ \t]*(?:$|[,;])")

TOO_MANY = kind(
    "too-many-uploads",
    409,
    "You have as much here as may be",
    "Too many uploads, or too many bytes, of which nothing was made. Use some, or abandon them "
    "with DELETE; what is forgotten goes after seven days.",
)
STORAGE_FULL = kind(
    "storage-full",
    507,
    "There is no room on our side",
    "Our disk is full. Nothing that had arrived is lost; send the same again later.",
)


@translates(refusals.UploadRefused)
def _refused(refusal: refusals.UploadRefused) -> Problem:
    place = f"/{refusal.field}"
    return Problem(INVALID, str(refusal), errors=[{"pointer": place, "detail": str(refusal)}])


@translates(refusals.PartRefused)
def _part_refused(refusal: refusals.PartRefused) -> Problem:
    return Problem(INVALID, str(refusal))


@translates(refusals.UploadConflict)
def _conflict(refusal: refusals.UploadConflict) -> Problem:
    return Problem(CONFLICT, str(refusal))


@translates(refusals.PartInFlight)
def _in_flight(refusal: refusals.PartInFlight) -> Problem:
    return Problem(IN_FLIGHT, str(refusal), headers=RETRY_AFTER)


@translates(refusals.TooManyUploads)
def _too_many(refusal: refusals.TooManyUploads) -> Problem:
    return Problem(TOO_MANY, str(refusal))


@translates(refusals.StorageFull)
def _full(refusal: refusals.StorageFull) -> Problem:
    return Problem(STORAGE_FULL, str(refusal))


class RawBytes(BaseParser):
    """`application/octet-stream`: the stream itself, of which nothing was read yet."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return stream


class UploadResource(PlatformResource):
    """What all addresses below /uploads share. Which scope a key needs, its purpose says.

    They are for platforms, and for those who deliver to the catalogue.
    """

    writing = ""

    def sending(self) -> Organisation:
        """The organisation that asks.

        Raises:
            Problem: it is neither a platform nor a sender.
        """
        organisation = organisation_of(self.request)
        if not Sender.objects.filter(organisation=organisation).exists():
            return self.platform.organisation or organisation
        return organisation

    def sending_for(self, purpose: Purpose) -> Organisation:
        """The organisation that asks, where it may send files for a purpose.

        Raises:
            Problem: it may not.
        """
        organisation = self.sending()
        if purpose != Purpose.CATALOGUE:
            return self.platform.organisation or organisation
        if not Sender.objects.filter(organisation=organisation).exists():
            raise Problem(
                FORBIDDEN,
                f"This is for senders; {organisation.name} is none yet. Ask us to register it.",
            )
        return organisation

    def own(self) -> QuerySet[Upload]:
        tenant = self.sending().tenant
        return Upload.objects.filter(tenant=tenant).annotate(received_count=Count("parts"))

    def to_change(self, request: Request, pk: UUID) -> Upload:
        """An upload of the platform's, where the key may send such files."""
        upload = get_object_or_404(self.own(), pk=pk)
        require_scope(request, terms_of(upload.purpose).scope)
        return upload

    def document(self, pk: UUID) -> dict[str, Any]:
        upload = get_object_or_404(self.own(), pk=pk)
        return dict(OneUploadSerializer(upload, context={"request": self.request}).data)


class Uploads(UploadResource, GenericAPIView[Upload]):
    """The platform's uploads."""

    serializer_class = UploadSerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters | {"status", "purpose"}

    @extend_schema(
        operation_id="list_uploads",
        summary="List uploads",
        parameters=[
            OpenApiParameter("status", str, enum=Upload.Status.values),
            OpenApiParameter("purpose", str, enum=Purpose.values),
        ],
        responses=UploadSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Your uploads, newest first; which parts are here, one upload's document says."""
        found = self.own()
        for name, values in (("status", Upload.Status.values), ("purpose", Purpose.values)):
            value = parameters.choice(request, name, values)
            if value is not None:
                found = found.filter(**{name: value})
        context = {"request": request}
        rows = self.paginate_queryset(found) or ()
        return self.get_paginated_response(
            [UploadSerializer(upload, context=context).data for upload in rows]
        )

    @extend_schema(
        operation_id="announce_upload",
        summary="Announce an upload",
        request=NewUploadSerializer,
        responses={
            201: OpenApiResponse(OneUploadSerializer, "Send its parts."),
            507: OpenApiResponse(description=STORAGE_FULL.title),
        },
        examples=[
            OpenApiExample(
                "Weights",
                {
                    "purpose": "checkpoint",
                    "size_bytes": 25_165_824,
                    "sha256": "9f" * 32,
                    "file_name": "lieder-1.safetensors",
                },
                request_only=True,
            )
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Say what file is to come; then send its parts, each to its number.

        An upload is of one file, known by its size and sha256. Files for `checkpoint` and
        `feature_store` need a key with the scope `models`, those for `catalogue` one with
        `catalogue`, others `ingest`.
        """
        sent = object_of(request, NewUploadSerializer)
        purpose = Purpose(sent.pop("purpose"))
        require_scope(request, terms_of(purpose).scope)
        organisation = self.sending_for(purpose)
        upload = services.announce(
            tenant=organisation.tenant, purpose=purpose, as_of=timezone.now(), **sent
        )
        document = self.document(upload.pk)
        return Response(document, 201, headers={"Location": document["url"]})


class OneUpload(UploadResource):
    """An upload by its id."""

    @extend_schema(
        operation_id="retrieve_upload", summary="Look at an upload", responses=OneUploadSerializer
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """How far an upload is, and which of its parts are here: send the others to resume."""
        return Response(self.document(pk))

    @extend_schema(
        operation_id="abandon_upload",
        summary="Abandon an upload",
        responses={204: OpenApiResponse(description="It is gone.")},
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """Forget an upload and all that was sent of it. What was made of a used one stays."""
        upload = self.to_change(request, pk)
        if upload.status in {Upload.Status.VERIFYING, Upload.Status.USED}:
            raise Problem(CONFLICT, f"The upload is {upload.status}; it goes by itself.")
        services.abandon(upload)
        return Response(status=204)


class OnePart(UploadResource):
    """A part of an upload, by its number."""

    parser_classes = (RawBytes,)
    most_bytes = PART_BYTES

    @extend_schema(
        operation_id="send_part",
        summary="Send a part of an upload",
        parameters=[
            OpenApiParameter(
                "number",
                {"type": "integer", "minimum": 1, "maximum": MOST_PARTS},
                OpenApiParameter.PATH,
                description="From 1 to the upload's `part_count`.",
            ),
            OpenApiParameter(
                DIGEST_HEADER,
                {"type": "string", "pattern": r"^sha-256=:[A-Za-z0-9+/]{43}=:$"},
                OpenApiParameter.HEADER,
                description="Of the part by RFC 9530: `sha-256=:<base64>:`. It is checked.",
            ),
        ],
        request={RawBytes.media_type: OpenApiTypes.BINARY},
        responses={
            201: OpenApiResponse(UploadPartSerializer, "It is here now."),
            200: OpenApiResponse(UploadPartSerializer, "It was here before."),
            507: OpenApiResponse(description=STORAGE_FULL.title),
        },
    )
    def put(self, request: Request, pk: UUID, number: int) -> Response:
        """Send the bytes of a part: all have `part_bytes`, only the last has the rest.

        Parts come in any order and at the same time. A part that was cut off counts as not sent. A
        part that is here may be sent again; with other bytes it is refused (409), since an upload
        is of one file.
        """
        upload = self.to_change(request, pk)
        if not 1 <= number <= upload.part_count:
            raise Problem(NOT_FOUND, f"The upload has parts 1 to {upload.part_count}.")
        _check_length(request, upload.bytes_of_part(number))
        try:
            stream: Any = request.data
            part, is_new = services.receive(
                upload, number, stream, expected_sha256=_digest(request)
            )
        except Upload.DoesNotExist as error:
            raise Problem(NOT_FOUND, "The upload was abandoned meanwhile.") from error
        return Response(UploadPartSerializer(part).data, 201 if is_new else 200)


class CompleteUpload(UploadResource):
    """The end of an upload."""

    @extend_schema(
        operation_id="complete_upload",
        summary="Complete an upload",
        request=None,
        responses={
            200: OpenApiResponse(OneUploadSerializer, "It is sealed and can be used."),
            202: OpenApiResponse(OneUploadSerializer, "A job verifies it; look again."),
        },
    )
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        """Say that all parts were sent. The whole is held against its sha256 and sealed.

        For a large file a job does that, and the status is `verifying` meanwhile. While parts are
        missing it is refused (409).
        """
        upload = services.seal(self.to_change(request, pk))
        is_verifying = upload.status == Upload.Status.VERIFYING
        return Response(self.document(pk), 202 if is_verifying else 200)


def _check_length(request: Request, exact: int) -> None:
    text = request.headers.get("Content-Length", "")
    if not text:
        raise Problem(LENGTH_REQUIRED, "Send the part with its Content-Length.")
    if not text.isdecimal() or int(text[:20]) != exact:
        detail = f"This part has exactly {exact:,} bytes, not {text[:20]}."
        raise Problem(INVALID, detail, errors=[{"field": "Content-Length", "detail": detail}])


def _digest(request: Request) -> str | None:
    """The sha256 that the header says of the body, in hexadecimal; None without the header."""
    header = request.headers.get(DIGEST_HEADER)
    if header is None:
        return None
    found = _DIGEST.search(header)
    if found is None:
        raise Problem(
            BAD_REQUEST, f"{DIGEST_HEADER} must hold sha-256=:<base64>:, by RFC 9530; or leave it."
        )
    return b64decode(found[1]).hex()
