"""What a platform owes: its periods with statements of account, and its invoices, as the API tells.

Nothing here says what a rights holder gets: that is theirs to know.
"""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.models import Platform
from catalog.services.clock import now_for
from portal.platform.guard import PlatformRequest, for_platforms, own_platform, platform_of
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
PAYS = (Match.Use.INVOICE, Match.Use.CREDIT_USED)


@require_safe
@for_platforms
def account(request: PlatformRequest) -> HttpResponse:
    """All periods with what came of each, and the invoices."""
    platform = platform_of(request)
    context: dict[str, Any] = {"platform": platform}
    if platform is not None:
        found = _periods(platform).order_by("-starts_on", "-pk")
        page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
        periods = list(page.object_list)
        runs = current_runs(periods)
        context |= {
            "page": page,
            "periods": [(each, _result(each, runs)) for each in periods],
            "invoices": _invoices(platform).order_by("-issued_on", "-pk")[:ROWS_A_PAGE],
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
