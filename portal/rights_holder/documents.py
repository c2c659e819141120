"""A statement's documents, as they were issued, and what it takes to verify its proof."""

import logging
from io import BytesIO

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from portal.access import HolderRequest, for_rights_holders
from portal.rights_holder.statements import own_statement
from royalty.documents.csv.comma import with_decimal_comma
from royalty.models import DocumentKind
from royalty.proof import roots_json
from royalty.selectors.documents import (
    MEDIA_TYPES,
    DocumentAlteredError,
    DocumentPendingError,
    document_of,
)
from royalty.selectors.documents import verifier as verifying_program
from royalty.selectors.proofs import roots_of

logger = logging.getLogger(__name__)


@for_rights_holders
def document(request: HolderRequest, pk: int, kind: str) -> HttpResponseBase:
    """A document to download; a page that says so while there is none to give.

    The CSV also with a decimal comma, if the address asks for it (`comma=1`).
    """
    if kind not in MEDIA_TYPES:
        raise Http404(f"A statement is one of {', '.join(MEDIA_TYPES)}.")
    statement = own_statement(request, pk)
    try:
        found = document_of(statement, kind)
    except DocumentPendingError:
        return _not_now(request, "errors/document_pending.html", 404)
    except DocumentAlteredError as error:
        logger.error("Statement %s: %s", statement.pk, error)
        return _not_now(request, "errors/document_altered.html", 503)
    content, name = found.content, found.name
    if kind == DocumentKind.CSV and request.GET.get("comma") == "1":
        content, name = with_decimal_comma(content), name.removesuffix(".csv") + "-comma.csv"
    return FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=name,
        content_type=found.media_type,
    )


@for_rights_holders
def verifier(_request: HolderRequest) -> HttpResponse:
    """The program that verifies a proof."""
    program = verifying_program()
    return _attached(program.content, program.name, program.media_type)


@for_rights_holders
def roots(request: HolderRequest) -> HttpResponse:
    """The roots of the periods of which the organisation's parties have statements."""
    listed = roots_json(roots_of(request.parties))
    return _attached(listed.encode(), "roots.json", MEDIA_TYPES[DocumentKind.PROOF])


def _attached(content: bytes, name: str, media_type: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=disposition)


def _not_now(request: HolderRequest, template: str, status: int) -> HttpResponse:
    return render(request, template, status=status)
