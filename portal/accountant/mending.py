"""What of the exceptions is mended by a person's word: held uses, and jobs that died."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act
from common.jobs.models import Job
from common.jobs.retry import retry
from portal.access import OperatorRequest, operators_may_fill_in, who_may
from portal.accountant.decision_forms import HoldForm
from royalty.models import HoldDecision
from royalty.selectors.usage_holds import usage_holds
from royalty.services.by_hand import ByHandError
from royalty.services.usage_holds import decide_hold, next_step


@operators_may_fill_in
@who_may(Act.MONEY)
def usage_hold(request: OperatorRequest, pk: int) -> HttpResponse:
    """What a rule found strange, and whether it counts; one may decide otherwise later."""
    hold = get_object_or_404(usage_holds().select_related("period__contract"), pk=pk)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decided = decide_hold(
                hold=hold,
                decision=HoldDecision.Decision(form.cleaned_data["decision"]),
                reason=form.cleaned_data["reason"],
                user=cast(User, request.user),
                as_of=timezone.now(),
            )
        except ByHandError as error:
            form.add_error(None, str(error))
        else:
            recorded_by(request, "usage_hold.decide", str(decided))
            messages.success(request, next_step(hold))
            return redirect("accountant:period", hold.period_id)
    context = {
        "title": _("Do these uses of %(period)s count?") % {"period": hold.period},
        "sentences": _found(hold),
        "facts": list(hold.evidence.items()),
        "form": form,
        "button": _("Decide"),
        "back": reverse("accountant:exceptions"),
    }
    return render(request, "portal/accountant/decision.html", context)


def _found(hold: Any) -> list[str]:
    if hold.decision is None:
        return [hold.sentence, _("Nobody has decided; until then they do not count.")]
    said = _("%(person)s decided last: %(reason)s")
    return [hold.sentence, said % {"person": hold.decided_by, "reason": hold.reason}]


@operators_may_fill_in
@who_may(Act.MONEY)
def dead_job(request: OperatorRequest, pk: UUID) -> HttpResponse:
    """A job that failed, with what it said; queued anew as whoever asked for it."""
    job = get_object_or_404(Job, pk=pk)
    if request.method == "POST":
        if retry(job):
            recorded_by(request, "job.retry", str(job.pk))
            messages.success(request, _("It is queued again. What it had finished stays done."))
        else:
            messages.error(request, _("It has not failed, so there is nothing to do again."))
        return redirect("accountant:exceptions")
    has_failed = job.status == Job.Status.FAILED
    again = _("A worker does it again, from where it stopped.")
    alive = _("It has not failed, so there is nothing to do again.")
    context = {
        "title": _("Try %(kind)s again?") % {"kind": job.kind},
        "sentences": [*([job.error] if job.error else []), again if has_failed else alive],
        "facts": [
            (_("Asked for by"), job.tenant),
            (_("Attempts"), job.attempt),
            (_("Done"), f"{job.progress_done} / {job.progress_total}"),
        ],
        "button": _("Try again") if has_failed else "",
        "back": reverse("accountant:exceptions"),
    }
    return render(request, "portal/accountant/decision.html", context)
