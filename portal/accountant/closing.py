"""Taking a step with a period: asked once more, with what follows from it and the amount."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act
from portal.access import (
    OperatorRequest,
    freshly_signed_in,
    operators_may_fill_in,
    operators_may_post,
    who_may,
)
from portal.accountant.periods import period_or_404
from portal.accountant.steps import steps_of
from royalty.apportionment import SnapshotError
from royalty.selectors.runs import NoRunError
from royalty.services.ledger import LedgerError
from royalty.services.periods import PeriodError
from royalty.services.publishing import send_again


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def step(request: OperatorRequest, pk: int, name: str) -> HttpResponse:
    """Ask with the consequence; then do it, unless somebody else did something meanwhile."""
    period = period_or_404(pk)
    wanted = next((each for each in steps_of(period) if each.name == name), None)
    if wanted is None:
        if request.method == "POST":  # pressed twice, or somebody was faster: say how it stands
            messages.info(request, f"{period} is {period.status}.")
            return redirect("accountant:period", pk)
        raise Http404(f"{period} is {period.status}; there is no such step.")
    try:
        if request.method == "POST":
            seen = request.POST.get("run", "")
            run = int(seen) if seen.isdecimal() else None
            done = wanted.take(period, cast(User, request.user), timezone.now(), run)
            recorded_by(request, f"period.{name}", str(period))
            messages.success(request, done)
            return redirect("accountant:period", pk)
        consequence = wanted.consequence(period)
    except (PeriodError, LedgerError, NoRunError, SnapshotError) as error:
        messages.error(request, str(error))
        return redirect("accountant:period", pk)
    context = {
        "period": period,
        "step": wanted,
        "run": period.runs.order_by("-pk").first(),
        "consequence": consequence,
    }
    return render(request, "portal/accountant/step.html", context)


@operators_may_post
@who_may(Act.MONEY)
def tell_again(request: OperatorRequest, pk: int) -> HttpResponse:
    """Send the e-mails again that did not go out, or may not have."""
    count = len(send_again(period=period_or_404(pk)))
    told = ngettext("%(count)d e-mail is sent again.", "%(count)d e-mails are sent again.", count)
    messages.success(request, told % {"count": count})
    return redirect("accountant:period", pk)
