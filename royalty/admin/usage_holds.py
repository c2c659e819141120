"""Held uses: what a rule found, and what a person decided about it."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from common.admin import ReadOnlyAdmin, ReadOnlyInline
from royalty.admin.books import ReasonForm
from royalty.admin.person import person
from royalty.models import HoldDecision, UsageHold
from royalty.selectors.usage_holds import usage_holds
from royalty.services.by_hand import ByHandError
from royalty.services.usage_holds import decide_hold, next_step


class DecisionsOfHold(ReadOnlyInline):
    """Who decided what, and why; the last decision holds."""

    model = HoldDecision
    fields = ("decision", "reason", "decided_by", "decided_at")
    ordering = ("-pk",)


@admin.register(UsageHold)
class UsageHoldAdmin(ReadOnlyAdmin):
    """Uses that stay out of the apportionment until somebody decides that they count."""

    note = (
        "These uses look strange and do not count until a person decides that they do. A period "
        "is not reviewed while one of its holds is undecided; what was decided comes into the "
        "books when the period is computed again, or restated once it is closed."
    )
    list_display = ("__str__", "rule", "uses", "sentence", "decision", "decided_by", "reason")
    list_select_related = ("period__contract",)
    list_filter = ("rule", "period__contract")
    search_fields = ("subject", "period__contract__code")
    ordering = ("-found_at", "pk")
    inlines = (DecisionsOfHold,)
    action_form = ReasonForm
    actions: ClassVar = ["count", "leave_out"]

    def get_queryset(self, _request: HttpRequest) -> QuerySet[Any]:
        return usage_holds()

    def has_deciding_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("royalty.add_holddecision")

    @admin.display(description="decided")
    def decision(self, hold: Any) -> str:
        return HoldDecision.Decision(hold.decision).label if hold.decision else "not yet"

    @admin.display(description="by")
    def decided_by(self, hold: Any) -> str:
        return str(hold.decided_by or "")

    @admin.display(description="reason")
    def reason(self, hold: Any) -> str:
        return str(hold.reason or "")

    @admin.action(description="These uses count", permissions=["deciding"])
    def count(self, request: HttpRequest, holds: QuerySet[UsageHold]) -> None:
        self._decide(request, holds, HoldDecision.Decision.COUNT)

    @admin.action(description="Leave these uses out", permissions=["deciding"])
    def leave_out(self, request: HttpRequest, holds: QuerySet[UsageHold]) -> None:
        self._decide(request, holds, HoldDecision.Decision.LEAVE_OUT)

    def _decide(
        self, request: HttpRequest, holds: QuerySet[UsageHold], decision: HoldDecision.Decision
    ) -> None:
        for hold in holds.select_related("period__contract"):
            try:
                decided = decide_hold(
                    hold=hold,
                    decision=decision,
                    reason=request.POST.get("reason", ""),
                    user=person(request),
                    as_of=timezone.now(),
                )
            except ByHandError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                told = f"{decided}. {next_step(decided.hold)}"
                self.message_user(request, told, messages.SUCCESS)
