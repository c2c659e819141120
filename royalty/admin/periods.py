"""The period's desk: check-list, preview and notices, and from it each step with a confirmation."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from common.admin import ReadOnlyAdmin
from royalty.admin.period_steps import Step, steps_of
from royalty.admin.person import person
from royalty.apportionment import SnapshotError
from royalty.documents.preview import Change, Preview, preview_csv
from royalty.models import Notice, Period
from royalty.selectors.checklist import Item, State, checklist
from royalty.selectors.outstanding import standing_words
from royalty.selectors.preview import preview_of
from royalty.selectors.publishing import notices_of
from royalty.selectors.runs import NoRunError
from royalty.services.ledger import LedgerError
from royalty.services.periods import PeriodError
from royalty.services.publishing import send_again

SHOWN = 20  # parties of the preview; the CSV has all
# Where an item of the check-list sends people, if that is a page.
PAGES = {
    "Shares": "admin:catalog_share_changelist",
    "Generations": "admin:attribution_generation_changelist",
    "usage_holds": "admin:royalty_usagehold_changelist",
    "Contracts": "admin:royalty_contract_changelist",
    "Jobs": "admin:jobs_job_changelist",
}


@admin.register(Period)
class PeriodAdmin(ReadOnlyAdmin):
    """Periods; on the page of each an accountant leads it from open to published."""

    note = (
        "Two people lead a period from open to closed, on its page or with manage.py period; the "
        "database refuses every other order, and any change once it is closed."
    )
    change_form_outer_before_template = "admin/period_desk.html"
    list_display = ("__str__", "status", "computed_by", "reviewed_by", "closed_by", "closed_at")
    list_filter = ("status", "contract")
    search_fields = ("contract__code", "contract__name")
    date_hierarchy = "starts_on"
    ordering = ("-starts_on", "pk")

    def has_leading_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("royalty.change_period"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Period]:
        """With all that names a period and its people, for lists and for the desk."""
        found: QuerySet[Period] = super().get_queryset(request)
        return found.select_related("contract__platform", "computed_by", "reviewed_by", "closed_by")

    def get_urls(self) -> list[URLPattern]:
        step = self.admin_site.admin_view(self.step_view)
        again = self.admin_site.admin_view(self.again_view)
        table = self.admin_site.admin_view(self.csv_view)
        own = [
            path("<int:pk>/step/<slug:name>/", step, name="royalty_period_step"),
            path("<int:pk>/notices/again/", again, name="royalty_period_again"),
            path("<int:pk>/preview.csv", table, name="royalty_period_preview"),
        ]
        return own + list(super().get_urls())

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        found = self.get_object(request, object_id) if object_id else None
        desk = self._desk(request, found) if isinstance(found, Period) else {}
        return super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), **desk}
        )

    def _desk(self, request: HttpRequest, period: Period) -> dict[str, Any]:
        notices = notices_of(period)
        untold = notices.filter(status__in=[Notice.Status.FAILED, Notice.Status.LOST])
        preview, missing = _preview(period)
        return {
            "period": period,
            "standing": standing_words(period),
            "steps": steps_of(period) if self.has_leading_permission(request) else [],
            "items": [(item, _page(item)) for item in checklist(period, timezone.localdate())],
            "done": State.DONE,
            "preview": preview,
            "rows": [_row(change, preview) for change in preview.changes[:SHOWN]]
            if preview
            else [],
            "total": _total(preview) if preview else (),
            "more": max(0, len(preview.changes) - SHOWN) if preview else 0,
            "missing": missing,
            "told": notices.filter(status=Notice.Status.SENT).count(),
            "untold": list(untold[:SHOWN]),
        }

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Ask once more, with the consequence; then do it."""
        period, step = self._found(request, pk, name)
        back = HttpResponseRedirect(reverse("admin:royalty_period_change", args=[pk]))
        try:
            if request.method == "POST":
                seen = request.POST.get("run", "")
                run = int(seen) if seen.isdecimal() else None
                done = step.take(period, person(request), timezone.now(), run)
                self.message_user(request, done, messages.SUCCESS)
                return back
            consequence = step.consequence(period)
        except (PeriodError, LedgerError, NoRunError, SnapshotError) as error:
            self.message_user(request, str(error), messages.ERROR)
            return back
        context = {
            **self.admin_site.each_context(request),
            "title": f"{step.label} {period}",
            "opts": self.model._meta,
            "period": period,
            "step": step,
            "run": period.runs.order_by("-pk").first(),
            "consequence": consequence,
        }
        return TemplateResponse(request, "admin/period_step.html", context)

    def _found(self, request: HttpRequest, pk: int, name: str) -> tuple[Period, Step]:
        period = self._period(request, pk)
        steps = {step.name: step for step in steps_of(period)}
        if name not in steps or not self.has_leading_permission(request):
            raise Http404(f"{period} is {period.status}; there is no such step.")
        return period, steps[name]

    def _period(self, request: HttpRequest, pk: int) -> Period:
        found = self.get_object(request, str(pk))
        if not isinstance(found, Period) or not self.has_view_permission(request, found):
            raise Http404("There is no such period.")
        return found

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the e-mails again that did not go out, or may not have."""
        period = self._period(request, pk)
        if request.method != "POST" or not self.has_leading_permission(request):
            raise Http404("There is nothing to see here.")
        again = send_again(period=period)
        self.message_user(request, f"{len(again):,} e-mails are sent again.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:royalty_period_change", args=[pk]))

    def csv_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The whole preview as a file."""
        period = self._period(request, pk)
        preview, missing = _preview(period)
        if preview is None:
            raise Http404(missing)
        name = f"preview-{period.contract.code}-{period.label}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(preview_csv(preview), content_type="text/csv", headers=headers)


def _preview(period: Period) -> tuple[Preview | None, str]:
    """The preview, or why there is none."""
    try:
        return preview_of(period), ""
    except (NoRunError, SnapshotError) as error:
        return None, str(error)


def _page(item: Item) -> str:
    return reverse(PAGES[item.where]) if item.where in PAGES else ""


def _row(change: Change, preview: Preview) -> tuple[str, ...]:
    amounts = (change.before.earned_atoms, change.now.earned_atoms, change.difference_atoms)
    money = preview.money
    shown = (money.format_atoms(atoms) for atoms in amounts)
    return (change.party_name, *shown, preview.why(change))


def _total(preview: Preview) -> tuple[str, ...]:
    totals = (preview.before_atoms, preview.now_atoms, preview.now_atoms - preview.before_atoms)
    return tuple(preview.money.format_atoms(atoms) for atoms in totals)
