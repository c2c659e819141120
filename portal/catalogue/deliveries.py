"""Deliveries: how far each is, its preview, what became of every row, and what people decide."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.roles import Act
from catalog.deliveries.models import Delivery, DeliveryRow
from catalog.deliveries.reports import report_csv, row_as_json
from catalog.deliveries.services.receiving import DeliveryConflict, approve, refuse, release
from catalog.manifest import Outcome
from catalog.models import Sender
from portal.access import OperatorRequest, for_operators, operators_may_post, who_may
from portal.tables import Column, Filter, Table
from portal.templatetags.figures import shown, worded

ROWS_A_PAGE, MOST_KINDS_OF_FAULT = 50, 30
_FAULTS = """
SELECT fault->>'field', fault->>'rule', count(*), min(number),
       (array_agg(fault->>'message' ORDER BY number))[1],
       (array_agg(fault->>'repair' ORDER BY number))[1]
  FROM deliveries_deliveryrow, jsonb_array_elements(faults) fault
 WHERE delivery_id = %s
 GROUP BY 1, 2 ORDER BY 3 DESC, 4 LIMIT %s
"""
DELIVERIES = Table(
    name="deliveries",
    caption=gettext_lazy("Deliveries"),
    columns=(
        Column("delivery", gettext_lazy("Delivery"), sort="name", value=lambda row: row.name),
        Column("id", value=lambda row: str(row.pk)),
        Column("format", value=lambda row: row.format),
        Column("made_by", value=lambda row: row.made_by and row.made_by.email),
        Column(
            "sender",
            gettext_lazy("Sender"),
            sort="sender__name",
            value=lambda row: row.sender and row.sender.name,
        ),
        Column("state", gettext_lazy("State"), sort="status", value=lambda row: row.status),
        Column("quarantined", value=lambda row: row.quarantined_count),
        Column(
            "rows",
            gettext_lazy("Rows"),
            "number",
            sort="row_count",
            value=lambda row: row.row_count,
        ),
        Column(
            "at_fault",
            gettext_lazy("At fault"),
            "number",
            sort="rejected_count",
            value=lambda row: row.rejected_count,
        ),
        Column(
            "received_at",
            gettext_lazy("Received"),
            "dates",
            sort="received_at",
            value=lambda row: row.received_at,
        ),
    ),
    start="-received_at",
    rows_a_page=25,
)
LATEST = replace(
    DELIVERIES,
    columns=tuple(replace(each, sort=None) for each in DELIVERIES.columns),
    start="",
    has_file=False,
)


@dataclass(frozen=True)
class KindOfFault:
    """Faults of one rule in one column, with the first of them as the example."""

    field: str
    rule: str
    count: int
    first_number: int
    message: str
    repair: str


@for_operators
def deliveries(request: OperatorRequest) -> HttpResponse:
    """All of them, the newest first, or those of one sender or state."""
    found = Delivery.objects.select_related("sender", "made_by")
    table = DELIVERIES.shown(request, found, filters=_filters())
    if table.wants_file:
        return table.file()
    return render(request, "portal/catalogue/deliveries.html", {"table": table})


def _filters() -> list[Filter]:
    senders = [(each.code, shown(each.name, 60)) for each in Sender.objects.order_by("name")]
    states = [(each, worded(each)) for each in Delivery.Status.values]
    return [
        Filter(
            "sender",
            _("Sender"),
            lambda rows, code: rows.filter(sender__code=code),
            senders,
        ),
        Filter("status", _("State"), lambda rows, status: rows.filter(status=status), states),
    ]


@for_operators
def delivery(request: OperatorRequest, pk: UUID) -> HttpResponse:
    """One of them; while a worker is busy with it the page comes again by itself."""
    found = get_object_or_404(_described(), pk=pk)
    outcome = request.GET.get("outcome", "")
    rows = found.rows.order_by("number")
    if outcome in list(Outcome):
        rows = rows.filter(outcome=outcome)
    states = Delivery.Status
    context = {
        "delivery": found,
        "counts": [(each.value, found.count_of(each)) for each in Outcome if found.count_of(each)],
        "outcome": outcome,
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "faults": kinds_of_fault(found),
        "is_busy": found.status in {states.RECEIVED, states.APPROVED},
        "is_preview": found.status == states.CHECKED,
        "can_go_on": found.status == states.FAILED and found.approved_at is not None,
        "n_good": found.created_count + found.changed_count + found.unchanged_count,
    }
    return render(request, "portal/catalogue/delivery.html", context)


def _described() -> Any:
    return Delivery.objects.select_related("sender", "made_by", "job")


def kinds_of_fault(delivery: Delivery) -> list[KindOfFault]:
    """What is wrong with its rows, by column and rule, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(_FAULTS, [delivery.pk, MOST_KINDS_OF_FAULT])
        return [KindOfFault(*row) for row in cursor.fetchall()]


@operators_may_post
@who_may(Act.RIGHTS)
def approve_delivery(request: OperatorRequest, pk: UUID) -> HttpResponse:
    """What the preview shows is written."""
    found = get_object_or_404(Delivery, pk=pk)
    try:
        approve(found, as_of=timezone.now())
    except DeliveryConflict as conflict:
        messages.error(request, str(conflict))
    return redirect("catalogue:delivery", pk)


@operators_may_post
@who_may(Act.RIGHTS)
def decide_rows(request: OperatorRequest, pk: UUID) -> HttpResponse:
    """Rows in quarantine are released or refused: those that were ticked, or all."""
    found = get_object_or_404(Delivery, pk=pk)
    held = found.rows.filter(outcome=Outcome.QUARANTINED)
    if request.POST.get("which") != "all":
        ticked = [int(each) for each in request.POST.getlist("row") if each.isdecimal()]
        held = held.filter(number__in=[number for number in ticked if number < 2**31])
    numbers = list(held.values_list("number", flat=True))
    if not numbers:
        messages.error(request, _("No row was ticked that is in quarantine."))
        return redirect("catalogue:delivery", pk)
    if request.POST.get("decision") == "release":
        n = release(found, numbers, as_of=timezone.now())
        said = ngettext(
            "%(n)s row is released; it is written with the others.",
            "%(n)s rows are released; they are written with the others.",
            n,
        )
    else:
        n = refuse(found, numbers)
        said = ngettext(
            "%(n)s row is refused; nothing of it is written.",
            "%(n)s rows are refused; nothing of them is written.",
            n,
        )
    messages.success(request, said % {"n": n})
    return redirect("catalogue:delivery", pk)


@for_operators
def report(request: OperatorRequest, pk: UUID, kind: str) -> HttpResponse:
    """What became of every row as a file. It is read whole: a stream outlives what may be seen."""
    found = get_object_or_404(Delivery, pk=pk)
    lines, media_type = (
        (_json_lines(found), "application/x-ndjson")
        if kind == "ndjson"
        else (report_csv(found), "text/csv; charset=utf-8")
    )
    disposition = {"Content-Disposition": f'attachment; filename="delivery-{found.pk}.{kind}"'}
    return HttpResponse("".join(lines), content_type=media_type, headers=disposition)


def _json_lines(delivery: Delivery) -> Iterator[str]:
    rows: Any = DeliveryRow.objects.filter(delivery=delivery).order_by("number")
    for row in rows.iterator(chunk_size=2_000):
        yield json.dumps(row_as_json(row), ensure_ascii=False) + "\n"
