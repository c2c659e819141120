"""A statement's documents, as they were issued."""

import logging
from io import BytesIO

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from portal.access import HolderRequest, for_rights_holders
from portal.rights_holder.statements import own_statement
from royalty.selectors.documents import (
    MEDIA_TYPES,
    DocumentAlteredError,
    DocumentPendingError,
    document_of,
)

logger = logging.getLogger(__name__)


@for_rights_holders
def document(request: HolderRequest, pk: int, kind: str) -> HttpResponseBase:
    """The PDF or the CSV to download; a page that says so while there is none to give."""
    if kind not in MEDIA_TYPES:
        raise Http404("A statement is a pdf or a csv.")
    statement = own_statement(request, pk)
    try:
        found = document_of(statement, kind)
    except DocumentPendingError:
        return _not_now(request, "errors/document_pending.html", 404)
    except DocumentAlteredError as error:
        logger.error("Statement %s: %s", statement.pk, error)
        return _not_now(request, "errors/document_altered.html", 503)
    return FileResponse(
        BytesIO(found.content),
        as_attachment=True,
        filename=found.name,
        content_type=found.media_type,
    )


def _not_now(request: HolderRequest, template: str, status: int) -> HttpResponse:
    return render(request, template, status=status)
