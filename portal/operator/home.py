"""What the operator's people see first: what waits for them today, and the periods."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.accountant.troubles import urgent
from royalty.models import Period

LATEST = 12


def overview(request: HttpRequest) -> HttpResponse:
    """What waits, and how far the last periods are; `portal.home` sees to who may come here."""
    periods = Period.objects.select_related("contract__platform").order_by(
        "-ends_on", "contract__code"
    )[:LATEST]
    context = {
        "periods": periods,
        "waiting": urgent(timezone.localdate()),
    }
    return render(request, "portal/operator_home.html", context)
