"""Taking away all that is held about one's organisation."""

from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act
from portal.access import (
    HolderRequest,
    for_rights_holders,
    freshly_signed_in,
    rights_holders_may_post,
    who_may,
)
from royalty.exports.models import Export
from royalty.exports.services import ask, failed

LISTED = 20


@for_rights_holders
def export(request: HolderRequest) -> HttpResponse:
    """What was asked for, how far it is, until when it can be fetched."""
    found = Export.objects.filter(organisation=request.organisation).select_related("job")
    rows = [(each, failed(each)) for each in found.order_by("-pk")[:LISTED]]
    context = {"rows": rows, "is_being_written": any(not each.is_written for each, _ in rows)}
    return render(request, "portal/rights_holder/export.html", context)


@rights_holders_may_post
@who_may(Act.PEOPLE)
@freshly_signed_in
def ask_export(request: HolderRequest) -> HttpResponse:
    """Has one written; one that failed is tried again."""
    if isinstance(request.user, User):
        ask(request.organisation, request.user)
        recorded_by(request, "export.asked", "")
        messages.success(request, _("Your export is being written. You are told when it is ready."))
    return redirect("export")


@for_rights_holders
def export_file(request: HolderRequest, pk: UUID) -> HttpResponseBase:
    """The file, to the same organisation's people who proved a moment ago who they are."""
    own = Export.objects.filter(organisation=request.organisation)
    found = own.filter(pk=pk, expires_at__gt=timezone.now()).first()
    if found is None:
        raise Http404
    return _download(request, found)


@freshly_signed_in
@who_may(Act.PEOPLE)
def _download(request: HolderRequest, found: Export) -> HttpResponseBase:
    try:
        content = default_storage.open(found.storage_name)
    except FileNotFoundError as error:
        raise Http404 from error
    recorded_by(request, "export.fetched", "")
    name = f"tantieme-{found.created_at:%Y-%m-%d}.zip"
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
