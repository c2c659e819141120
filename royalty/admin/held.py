"""Held money: what is held, who asked for its release, and what the second person said."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from common.admin import BaseAdmin, amount
from common.money import currency
from royalty.admin.person import person
from royalty.models import AccountKind, HeldRelease, ReleaseTo
from royalty.selectors.held import HELD_KINDS, held_money
from royalty.services.by_hand import ByHandError
from royalty.services.ledger import LedgerError
from royalty.services.releases import approve_release, decline_release, request_release

Decision = Callable[..., HeldRelease]


class ReleaseForm(ModelForm):  # type: ignore[type-arg]
    """What is asked for: all that a period holds for one reason."""

    kind = ChoiceField(
        label="held because",
        choices=[(kind.value, kind.label) for kind in HELD_KINDS],
        widget=UnfoldAdminSelectWidget(),
    )

    class Meta:
        model = HeldRelease
        fields = ("period", "to", "reason")


@admin.register(HeldRelease)
class HeldReleaseAdmin(BaseAdmin):
    """Requests to release held money; above them what is held now."""

    note = (
        "Money that no track, owner or use accounts for is held as long as its contract says. One "
        "person asks for its release, a second one approves; the database refuses everything else."
    )
    form = ReleaseForm
    list_before_template = "admin/held_money.html"
    list_display = (
        *("__str__", "account", amount("amount_atoms", of="account.currency"), "to", "reason"),
        *("requested_by", "decided_by", "status"),
    )
    list_select_related = (
        *("account__contract", "account__party", "period__contract", "journal"),
        *("requested_by", "decided_by"),
    )
    list_filter = ("to", "period__contract")
    search_fields = ("reason", "period__contract__code")
    ordering = ("-requested_at", "pk")
    autocomplete_fields = ("period",)
    actions: ClassVar = ["approve", "decline"]

    def has_change_permission(self, _request: HttpRequest, _row: HeldRelease | None = None) -> bool:
        return False

    def has_deciding_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("royalty.change_heldrelease")

    def get_fields(self, _request: HttpRequest, row: HeldRelease | None = None) -> list[str]:
        if row is None:
            return ["period", "kind", "to", "reason"]
        return [field.name for field in row._meta.fields]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"held": _table(timezone.now()), **(extra_context or {})}
        return super().changelist_view(request, context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"note": self.note, **(extra_context or {})}
        try:
            response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        except ByHandError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return response

    def save_model(self, request: HttpRequest, row: HeldRelease, form: Any, change: bool) -> None:
        asked = request_release(
            period=row.period,
            kind=AccountKind(form.cleaned_data["kind"]),
            to=ReleaseTo(row.to),
            reason=row.reason,
            user=person(request),
            as_of=timezone.now(),
        )
        row.pk = asked.pk  # the page says what was added
        row.refresh_from_db()

    @admin.action(description="Approve and post", permissions=["deciding"])
    def approve(self, request: HttpRequest, releases: QuerySet[HeldRelease]) -> None:
        self._decide(request, releases, approve_release)

    @admin.action(description="Decline", permissions=["deciding"])
    def decline(self, request: HttpRequest, releases: QuerySet[HeldRelease]) -> None:
        self._decide(request, releases, decline_release)

    def _decide(
        self, request: HttpRequest, releases: QuerySet[HeldRelease], decide: Decision
    ) -> None:
        for release in releases:
            try:
                done = decide(release=release, user=person(request), as_of=timezone.now())
            except (ByHandError, LedgerError) as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, f"{done} is {done.status}.", messages.SUCCESS)


def _table(as_of: datetime) -> list[tuple[str, ...]]:
    """What is held, in words."""
    return [
        (
            f"{held.period}",
            held.account.get_kind_display(),
            f"{currency(held.account.currency).format_atoms(held.atoms)} {held.account.currency}",
            f"{held.age_days(as_of.date()):,} days",
            held.goes,
        )
        for held in held_money()
    ]
