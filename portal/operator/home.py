"""What the operator's people see first: the way to the administration, and the periods."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from royalty.models import Period

LATEST = 12


def overview(request: HttpRequest) -> HttpResponse:
    """The last periods and how far each is; `portal.home` sees to who may come here."""
    periods = Period.objects.select_related("contract__platform").order_by(
        "-ends_on", "contract__code"
    )[:LATEST]
    return render(request, "portal/operator_home.html", {"periods": periods})
