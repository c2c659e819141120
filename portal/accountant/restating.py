"""Restating a closed period: what it moves first, then doing it, and the objections it answers."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act
from catalog.claims.services.actors import ClaimError
from portal.access import OperatorRequest, freshly_signed_in, operators_may_fill_in, who_may
from portal.accountant.decision_forms import ReasonForm
from portal.accountant.periods import period_or_404
from portal.claims.showing import actor_of
from portal.templatetags.figures import amount_text, signs, worded
from royalty.apportionment import SnapshotError
from royalty.disputes.models import Dispute
from royalty.disputes.services import corrected, waiting_for_correction
from royalty.models import Period, RestatementKind
from royalty.selectors.runs import NoRunError
from royalty.services.ledger import LedgerError
from royalty.services.restatements import Moves, restate_period, what_restating_moves
from royalty.services.runs import PeriodError


class RestatingForm(ReasonForm):
    """Into which period, what changed, and which objections it answers.

    `seen` is what the person was shown before; where it is something else by now, it is shown anew.
    """

    into = forms.ModelChoiceField(
        Period.objects.none(), label=gettext_lazy("Post the differences into"), empty_label=None
    )
    kind = forms.ChoiceField(label=gettext_lazy("What changed"))
    objections = forms.ModelMultipleChoiceField(
        Dispute.objects.none(),
        label=gettext_lazy("Objections that this corrects"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("into", "kind", "reason", "objections", "seen")

    def __init__(self, *args: object, period: Period, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        fields = cast(dict[str, "forms.ModelChoiceField[Any]"], self.fields)
        fields["into"].queryset = later_periods(period)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, worded(str(kind.label))) for kind in RestatementKind
        ]
        fields["reason"].label = _("Why; payees read it")
        fields["objections"].queryset = waiting_for_correction(period)
        fields["objections"].label_from_instance = _objection  # type: ignore[method-assign,assignment]
        if not fields["objections"].queryset.exists():
            del self.fields["objections"]


def later_periods(period: Period) -> QuerySet[Period]:
    """Those of the contract that can take a correction, the next one first."""
    later = Period.objects.filter(contract=period.contract_id, starts_on__gte=period.ends_on)
    return later.exclude(status=Period.Status.CLOSED).order_by("starts_on")


def _objection(dispute: Dispute) -> str:
    return f"{dispute.title[:80]}, {dispute.party.name[:60]}"


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def restate(request: OperatorRequest, pk: int) -> HttpResponse:
    """Ask, then show what moves, then do it."""
    period = period_or_404(pk)
    if period.status != Period.Status.CLOSED:
        messages.info(request, _("A period that is not closed is computed again, not restated."))
        return redirect("accountant:period", pk)
    form = RestatingForm(request.POST or None, period=period)
    moves = None
    if form.is_valid():
        user, now = cast(User, request.user), timezone.now()
        given = form.cleaned_data
        try:
            moves = what_restating_moves(period=period, into=given["into"], user=user, as_of=now)
            if given["seen"] == moves.sha256:
                _restate(request, period, form)
                return redirect("accountant:period", pk)
        except (PeriodError, LedgerError, NoRunError, SnapshotError, ClaimError) as error:
            form.add_error(None, str(error))
            moves = None
        else:
            shown = request.POST.copy()
            shown["seen"] = moves.sha256
            form.data = shown
    context = {
        "period": period,
        "title": _("Restate %(period)s?") % {"period": period},
        "sentences": _sentences(period, moves),
        "form": form,
        "button": _("Show what moves") if moves is None else _("Restate it"),
        "back": reverse("accountant:period", args=[pk]),
    }
    return render(request, "portal/accountant/decision.html", context)


@transaction.atomic
def _restate(request: OperatorRequest, period: Period, form: RestatingForm) -> None:
    given = form.cleaned_data
    done = restate_period(
        period=period,
        into=given["into"],
        kind=RestatementKind(given["kind"]),
        reason=given["reason"],
        user=cast(User, request.user),
        as_of=timezone.now(),
    )
    corrected(given.get("objections", ()), done, actor_of(request))
    recorded_by(request, "period.restate", str(period))
    messages.success(
        request,
        _("%(period)s is restated; the differences stand in %(into)s.")
        % {"period": period, "into": given["into"]},
    )


def _sentences(period: Period, moves: Moves | None) -> list[str]:
    if moves is None:
        return [
            _(
                "The period is apportioned again from what is known now: late uses, mended shares, "
                "new attributions. What differs is posted in a later period; this one stays as it "
                "is."
            ),
            _("Nothing is posted before you have seen what moves."),
        ]
    code = period.contract.currency
    more = ngettext(
        "%(amount)s more go to %(count)s party.",
        "%(amount)s more go to %(count)s parties.",
        moves.n_more,
    )
    less = ngettext(
        "%(amount)s are taken back from %(count)s party.",
        "%(amount)s are taken back from %(count)s parties.",
        moves.n_less,
    )
    return [
        more % {"amount": amount_text(moves.more_atoms, code), "count": signs(str(moves.n_more))},
        less % {"amount": amount_text(moves.less_atoms, code), "count": signs(str(moves.n_less))},
        _("What is held changes by %(amount)s.") % {"amount": amount_text(moves.held_atoms, code)},
        _("There is no way back: what is wrong is then corrected by another restatement."),
    ]
