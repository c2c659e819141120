"""Money that is held: what, why and until when; asking for its release, and the second person.

Rules are those of `royalty.services.releases` and of the database; nothing here allows what they
refuse.
"""

from operator import itemgetter
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act, may
from portal.access import (
    OperatorRequest,
    for_operators,
    freshly_signed_in,
    operators_may_fill_in,
    who_may,
)
from portal.accountant.decision_forms import ReleaseForm
from portal.tables import Amount, Column, Table
from portal.templatetags.figures import amount_text
from royalty.models import AccountKind, HeldRelease, ReleaseTo
from royalty.selectors.held import Held, held_money
from royalty.services.by_hand import ByHandError
from royalty.services.ledger import LedgerError
from royalty.services.releases import approve_release, decline_release, request_release

Row = tuple[Held, int, bool]  # with its age in days, and whether it may go
DECIDED_SHOWN = 50


def _period(row: Row) -> str:
    return str(row[0].period)


def _held(row: Row) -> Amount:
    return Amount(row[0].atoms, row[0].account.currency)


DECISIONS = {
    "approve": (
        gettext_lazy("Approve and post"),
        gettext_lazy("Release %(amount)s of %(period)s?"),
        approve_release,
    ),
    "decline": (
        gettext_lazy("Decline"),
        gettext_lazy("Leave %(amount)s of %(period)s held?"),
        decline_release,
    ),
}


HELD = Table(
    name="held",
    caption=gettext_lazy("Held money"),
    columns=(
        Column("period", gettext_lazy("Period"), sort=_period, value=_period),
        Column(
            "kind",
            gettext_lazy("Kind"),
            sort=lambda row: str(row[0].account.get_kind_display()),
            value=lambda row: row[0].account.kind,
        ),
        Column("goes", gettext_lazy("When it goes"), value=lambda row: row[0].goes),
        Column("age_days", gettext_lazy("Days"), "number", itemgetter(1), itemgetter(1)),
        Column("amount", gettext_lazy("Amount"), "number strong", _held, _held, total=True),
        Column("currency", value=lambda row: row[0].account.currency),
    ),
)


@for_operators
def held(request: OperatorRequest) -> HttpResponse:
    """All that is held, what of it may go today, and the requests to let it go."""
    today = timezone.localdate()
    asked = HeldRelease.objects.select_related(
        "account", "period__contract", "journal", "requested_by", "decided_by"
    )
    rows = [(each, each.age_days(today), may_go(each)) for each in held_money()]
    table = HELD.shown(request, rows)
    if table.wants_file:
        return table.file()
    context = {
        "table": table,
        "rows": table.rows,
        "waiting": asked.filter(decided_at=None).order_by("pk"),
        "decided": asked.exclude(decided_at=None).order_by("-decided_at")[:DECIDED_SHOWN],
        "may_release": may(request, Act.MONEY),
    }
    return render(request, "portal/accountant/held.html", context)


def may_go(held: Held) -> bool:
    """Whether its contract lets it go by today."""
    return held.releasable_on is not None and held.releasable_on <= timezone.localdate()


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def ask_release(request: OperatorRequest, period: int, account: int) -> HttpResponse:
    """Ask for the release of all that an account holds from a period."""
    about = next(
        (each for each in held_money() if (each.period.pk, each.account.pk) == (period, account)),
        None,
    )
    if about is None:
        if request.method == "POST":  # somebody was faster
            messages.info(request, _("Nothing is held there any more."))
            return redirect("accountant:held")
        raise Http404("Nothing is held there.")
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = request_release(
                period=about.period,
                kind=AccountKind(about.account.kind),
                to=ReleaseTo(form.cleaned_data["to"]),
                reason=form.cleaned_data["reason"],
                user=cast(User, request.user),
                as_of=timezone.now(),
            )
        except ByHandError as error:
            form.add_error(None, str(error))
        else:
            recorded_by(request, "release.ask", str(asked))
            messages.success(request, _("A second person can approve it now."))
            return redirect("accountant:held")
    context = {
        "title": _("Ask for the release of what %(period)s holds?") % {"period": about.period},
        "sentences": [
            f"{amount_text(about.atoms, about.account.currency)}: "
            f"{_(about.account.get_kind_display())}.",
            _("Nothing moves before a second person approves it."),
        ],
        "form": form,
        "button": _("Ask for it"),
        "back": reverse("accountant:held"),
    }
    return render(request, "portal/accountant/decision.html", context)


@operators_may_fill_in
@who_may(Act.MONEY)
@freshly_signed_in
def decide_release(request: OperatorRequest, pk: int, name: str) -> HttpResponse:
    """Asked once more with the amount; then posted or declined, once."""
    if name not in DECISIONS:
        raise Http404
    label, question, decide = DECISIONS[name]
    releases = HeldRelease.objects.select_related("account", "period__contract", "requested_by")
    release = get_object_or_404(releases, pk=pk)
    if request.method == "POST":
        try:
            done = decide(release=release, user=cast(User, request.user), as_of=timezone.now())
        except (ByHandError, LedgerError) as error:
            messages.error(request, str(error))
        else:
            recorded_by(request, f"release.{name}", str(done))
            messages.success(request, _done(done))
        return redirect("accountant:held")
    is_own = name == "approve" and release.requested_by_id == request.user.pk
    context = {
        "title": str(question) % _named(release),
        "sentences": _consequence(release, name, is_own),
        "button": "" if is_own else label,
        "back": reverse("accountant:held"),
    }
    return render(request, "portal/accountant/decision.html", context)


def _consequence(release: HeldRelease, name: str, is_own: bool) -> list[str]:
    named = _named(release)
    asked = _("%(person)s asked for it: %(reason)s") % {
        "person": release.requested_by,
        "reason": release.reason,
    }
    if name == "decline":
        return [asked, _("%(amount)s stay where they are.") % named]
    if release.to == ReleaseTo.PLATFORM:
        goes = _("%(amount)s go back to the platform.")
    else:
        goes = _("%(amount)s go to the period's parties, in proportion to what they earned in it.")
    if is_own:
        follows = _("You asked for it yourself; a second person approves it.")
    else:
        follows = _("It is posted at once, into an open period.")
    return [asked, goes % named, follows]


def _done(release: HeldRelease) -> str:
    if release.journal_id is None:
        return _("Declined: %(amount)s of %(period)s stay held.") % _named(release)
    return _("%(amount)s of %(period)s are released.") % _named(release)


def _named(release: HeldRelease) -> dict[str, str]:
    return {
        "amount": amount_text(release.amount_atoms, release.account.currency),
        "period": str(release.period),
    }
