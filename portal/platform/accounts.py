"""What a platform owes: its periods with statements of account, and its invoices, as the API tells.

Nothing here says what a rights holder gets: that is theirs to know.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from catalog.models import Platform
from catalog.services.clock import now_for
from portal.platform.guard import PlatformRequest, for_platforms, own_platform, platform_of
from portal.tables import Amount, Column, Table
from royalty.documents.invoice import invoice_pdf
from royalty.models import Match, Period
from royalty.selectors.calendar import computable_on
from royalty.selectors.invoice_document import invoice_document
from royalty.selectors.period_results import PeriodResult
from royalty.selectors.platform_account import platform_account
from royalty.selectors.receivables import effective, invoices_with_open
from royalty.selectors.reported import reported
from royalty.selectors.runs import current_runs

ROWS_A_PAGE = 25
MOST_INVOICES = 100  # those before are reached from their periods
PAYS = (Match.Use.INVOICE, Match.Use.CREDIT_USED)


def _gross(invoice: Any) -> Amount:
    return Amount(invoice.gross_atoms, invoice.contract.currency)


def _open(invoice: Any) -> Amount | None:
    """What is to be paid; of a credit note nothing is."""
    if invoice.is_credit_note:
        return None
    return Amount(invoice.open_atoms, invoice.contract.currency)


def _contract(invoice: Any) -> str:
    return str(invoice.contract.name)


def _day(name: str) -> Callable[[Any], date]:
    return lambda invoice: getattr(invoice, name)


# A list, since the periods below it have the page of the address.
INVOICES = Table(
    name="invoices",
    caption=gettext_lazy("Invoices and credit notes"),
    columns=(
        Column(
            "number",
            gettext_lazy("Number"),
            sort=lambda invoice: invoice.label,
            value=lambda invoice: invoice.label,
        ),
        Column("contract", gettext_lazy("Contract"), sort=_contract, value=_contract),
        Column(
            "issued_on", gettext_lazy("Issued"), sort=_day("issued_on"), value=_day("issued_on")
        ),
        Column("due_on", gettext_lazy("Due"), sort=_day("due_on"), value=_day("due_on")),
        Column("state", gettext_lazy("State")),
        Column("amount", gettext_lazy("Amount"), "number", sort=_gross, value=_gross),
        Column("open", gettext_lazy("Open"), "number", sort=_open, value=_open, total=True),
        Column("currency", value=lambda invoice: invoice.contract.currency),
    ),
    start="-issued_on",
    rows_a_page=MOST_INVOICES,
)


@require_safe
@for_platforms
def account(request: PlatformRequest) -> HttpResponse:
    """All periods with what came of each, and the invoices."""
    platform = platform_of(request)
    context: dict[str, Any] = {"platform": platform}
    if platform is not None:
        newest = _invoices(platform).order_by("-issued_on", "-pk")[:MOST_INVOICES]
        invoices = INVOICES.shown(request, list(newest))
        if invoices.wants_file:
            return invoices.file()
        found = _periods(platform).order_by("-starts_on", "-pk")
        page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
        periods = list(page.object_list)
        runs = current_runs(periods)
        context |= {
            "page": page,
            "periods": [(each, _result(each, runs)) for each in periods],
            "invoices": invoices,
            "today": now_for(platform).date(),
        }
    return render(request, "portal/platform/account.html", context)


@require_safe
@for_platforms
def account_period(request: PlatformRequest, pk: int) -> HttpResponse:
    """One period: what was reported, what came of it, and the statement of account over it."""
    period = get_object_or_404(_periods(own_platform(request)), pk=pk)
    runs = current_runs([period])
    context = {
        "period": period,
        "reports_until": computable_on(period),
        "reported": reported(period, runs.get(period.pk)),
        "result": _result(period, runs),
        "account": platform_account(period),
        "restatements": period.restatements.order_by("pk"),
        "invoice": period.invoices.first(),
    }
    return render(request, "portal/platform/account_period.html", context)


@require_safe
@for_platforms
def invoice(request: PlatformRequest, pk: int) -> HttpResponse:
    """One invoice or credit note: line by line, and what settled it."""
    platform = own_platform(request)
    found = get_object_or_404(_invoices(platform), pk=pk)
    sign = -1 if found.is_credit_note else 1
    matches = effective(Match.objects.filter(invoice=found, use__in=PAYS))
    context = {
        "invoice": found,
        "lines": [(line["text"], sign * line["atoms"]) for line in found.lines],
        "settlements": matches.order_by("matched_on", "pk"),
        "today": now_for(platform).date(),
    }
    return render(request, "portal/platform/invoice.html", context)


@require_safe
@for_platforms
def invoice_file(request: PlatformRequest, pk: int) -> HttpResponse:
    """The invoice as it is printed: the same bytes every time."""
    found = get_object_or_404(_invoices(own_platform(request)), pk=pk)
    return HttpResponse(
        invoice_pdf(invoice_document(found)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{found.label}.pdf"'},
    )


def _periods(platform: Platform) -> QuerySet[Period]:
    return Period.objects.filter(contract__platform=platform).select_related("contract__platform")


def _invoices(platform: Platform) -> QuerySet[Any]:
    return invoices_with_open().filter(contract__platform=platform)


def _result(period: Period, runs: dict[int, Any]) -> PeriodResult | None:
    run = runs.get(period.pk)
    return None if run is None else PeriodResult(run, period)
