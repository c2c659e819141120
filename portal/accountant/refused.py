"""Files of uses and revenue of which something was refused: whose, why by line, and to take along.

Only reads. What is wrong is mended by whoever sent the file; here one sees what to tell them.
"""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Platform
from portal.access import OperatorRequest, for_operators
from portal.results import result_by_line
from portal.tables import Column, Filter, Table
from royalty.models import EventKind, SentFile
from royalty.selectors.report_days import counted_in
from royalty.selectors.sent_files import refused_files, status_of

WHOLE, IN_PART = "whole", "lines"


def state_of(sent: SentFile) -> str:
    """Whether all of a file was refused, or lines of it."""
    return WHOLE if sent.outcome == SentFile.Outcome.REFUSED else IN_PART


def first(sent: SentFile) -> str:
    """The first fault in a sentence."""
    return next((str(fault["detail"]) for fault in sent.errors), "")


FILES = Table(
    name="refused-files",
    caption=gettext_lazy("Refused files"),
    columns=(
        Column("file", gettext_lazy("File"), sort="name", value=lambda row: row.name),
        Column("id", value=lambda row: str(row.pk)),
        Column(
            "platform",
            gettext_lazy("Platform"),
            sort="platform__name",
            value=lambda row: row.platform.name,
        ),
        Column("kind", gettext_lazy("Kind"), sort="kind", value=lambda row: row.kind),
        Column(
            "received_on",
            gettext_lazy("Received"),
            sort="received_at",
            value=lambda row: row.received_at.date(),
        ),
        Column("state", gettext_lazy("Refused"), sort="outcome", value=state_of),
        Column(
            "faults",
            gettext_lazy("Faults"),
            "number",
            sort="error_count",
            value=lambda row: row.error_count,
        ),
        Column("first_fault", gettext_lazy("The first of them"), value=first),
    ),
    start="-received_on",
)
FAULTS = Table(
    name="faults",
    caption=gettext_lazy("Faults, line by line"),
    columns=(
        Column(
            "line",
            gettext_lazy("Line"),
            sort=lambda fault: fault.get("line"),
            value=lambda fault: fault.get("line"),
        ),
        Column("field", gettext_lazy("Field"), value=lambda fault: fault.get("field", "")),
        Column("detail", gettext_lazy("What is wrong"), value=lambda fault: fault["detail"]),
    ),
)


@for_operators
def files(request: OperatorRequest) -> HttpResponse:
    """All of which something was refused, the newest first."""
    table = FILES.shown(request, refused_files(), filters=_filters())
    if table.wants_file:
        return table.file()
    rows = [(sent, state_of(sent), first(sent)) for sent in table.rows]
    return render(request, "portal/accountant/refused.html", {"table": table, "rows": rows})


def _filters() -> list[Filter]:
    platforms = Platform.objects.filter(sent_files__in=refused_files()).distinct().order_by("name")
    return [
        Filter(
            "platform",
            _("Platform"),
            lambda rows, pk: rows.filter(platform=pk),
            [(str(each.pk), each.name) for each in platforms],
        ),
        Filter(
            "kind",
            _("Kind"),
            lambda rows, kind: rows.filter(kind=kind),
            [(EventKind.USAGE, _("usage")), (EventKind.REVENUE, _("revenue"))],
        ),
        Filter(
            "refused",
            _("Refused"),
            _of_state,
            [(WHOLE, _("the whole file")), (IN_PART, _("lines of it"))],
        ),
    ]


def _of_state(rows: Any, state: str) -> Any:
    refused = SentFile.Outcome.REFUSED
    return rows.filter(outcome=refused) if state == WHOLE else rows.exclude(outcome=refused)


@for_operators
def file(request: OperatorRequest, pk: UUID) -> HttpResponse:
    """One file: what was wrong with which line, and what of it counts."""
    sent = _one(pk)
    table = FAULTS.shown(request, sent.errors)
    if table.wants_file:
        return table.file()
    context = {
        "sent": sent,
        "state": state_of(sent),
        "status": status_of(sent),
        "table": table,
        "counted": counted_in(sent),
        "more_faults": max(0, sent.error_count - len(sent.errors)),
    }
    return render(request, "portal/accountant/refused_file.html", context)


@for_operators
def result(_request: OperatorRequest, pk: UUID) -> FileResponse:
    """What became of each line, as the platform can have it too."""
    return result_by_line(_one(pk))


def _one(pk: UUID) -> SentFile:
    return get_object_or_404(refused_files().select_related("job", "file"), pk=pk)
