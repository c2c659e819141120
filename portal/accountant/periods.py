"""The periods, and the page from which one is led from open to published."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Act, may
from portal.access import OperatorRequest, for_operators
from portal.accountant.steps import Step, steps_of
from portal.accountant.work import work_on
from portal.tables import Column, Filter, Table
from portal.templatetags.figures import worded
from royalty.models import Contract, Notice, Period
from royalty.selectors.checklist import Item, State, checklist
from royalty.selectors.outstanding import standing_words
from royalty.selectors.publishing import notices_of

Status = Period.Status
MOST_NOTICES = 50
# What is mended where, if that is a page; the words are those of `royalty.selectors.checklist`.
PAGES = {
    "Shares": "catalogue:claims",
    "Generations": "admin:attribution_generation_changelist",
    "usage_holds": "accountant:exceptions",
    "Contracts": "accountant:contracts",
    "period restate": "accountant:exceptions",  # which leads on to each period that waits
    "Jobs": "accountant:exceptions",
    "intake, or the platform's API": "accountant:refused-files",
    "intake": "accountant:held",
    "verification": "accountant:held",
    "verify_ledger": "accountant:trial-balance",
}
STAGES = {"review": _("Before review"), "close": _("Before closing"), "publish": _("Afterwards")}
# Of the check-list: what comes next once a period stands so.
NEXT_STAGE = {
    Status.OPEN: "review",
    Status.COMPUTED: "review",
    Status.REVIEWED: "close",
    Status.CLOSED: "publish",
}
BLOCKING_FIRST = [State.BLOCKED, State.OPEN, State.DONE]


PERIODS = Table(
    name="periods",
    caption=_("Periods"),
    columns=(
        Column("period", _("Period"), sort=("ends_on", "starts_on"), value=lambda each: each.label),
        Column(
            "contract",
            _("Contract"),
            sort=("contract__code", "ends_on"),
            value=lambda each: each.contract.code,
        ),
        Column(
            "platform",
            _("Platform"),
            sort=("contract__platform__name", "ends_on"),
            value=lambda each: each.contract.platform.name,
        ),
        Column("state", _("State"), sort=("status", "ends_on"), value=lambda each: each.status),
        Column("computed_by", _("Computed by"), value=lambda each: each.computed_by),
        Column("reviewed_by", _("Reviewed by"), value=lambda each: each.reviewed_by),
    ),
    start="-period",
)


@dataclass(frozen=True)
class Stage:
    """What must hold before a step, what blocks it first."""

    title: str
    items: list[tuple[Item, str]]  # with the address where it is mended, if there is one
    is_next: bool

    @property
    def blocked(self) -> int:
        return sum(item.state == State.BLOCKED for item, _page in self.items)


@dataclass(frozen=True)
class Mark:
    """One of the marks on the way of a period: by whom, or nobody yet."""

    label: str
    is_done: bool
    is_now: bool
    by: str = ""


@for_operators
def periods(request: OperatorRequest) -> HttpResponse:
    """All periods with how far each is, the latest first."""
    found = Period.objects.select_related("contract__platform", "computed_by", "reviewed_by")
    table = PERIODS.shown(request, found, filters=_filters())
    if table.wants_file:
        return table.file()
    return render(request, "portal/accountant/periods.html", {"table": table})


def _filters() -> list[Filter]:
    states = [(status.value, worded(status.value)) for status in Status]
    contracts = list(Contract.objects.order_by("code").values_list("code", "name"))
    return [
        Filter("status", _("State"), lambda rows, status: rows.filter(status=status), states),
        Filter(
            "contract",
            _("Contract"),
            lambda rows, code: rows.filter(contract__code=code),
            contracts,
        ),
    ]


@for_operators
def period(request: OperatorRequest, pk: int) -> HttpResponse:
    """Where a period stands, what stands in the way, and what can be done now."""
    found = period_or_404(pk)
    work = work_on(found, timezone.now())
    if request.htmx:  # only asked while a worker is at it
        if work is None or not work.is_under_way:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "portal/accountant/work.html", {"work": work, "period": found})
    steps = steps_of(found) if may(request, Act.MONEY) else []
    notices = notices_of(found)
    untold = notices.filter(status__in=[Notice.Status.FAILED, Notice.Status.LOST])
    context = {
        "period": found,
        "standing": standing_words(found),
        "work": work,
        "marks": marks_of(found),
        "steps": steps,
        "stages": stages_of(found, checklist(found, timezone.localdate()), steps),
        "told": notices.filter(status=Notice.Status.SENT).count(),
        "waiting": notices.filter(status__in=[Notice.Status.WAITING, Notice.Status.SENDING]),
        "untold": list(untold[:MOST_NOTICES]),
        "has_run": found.status != Status.OPEN,
    }
    return render(request, "portal/accountant/period.html", context)


def period_or_404(pk: int) -> Period:
    """The period with all that names it and its people."""
    people = ("contract__platform", "computed_by", "reviewed_by", "closed_by")
    return get_object_or_404(Period.objects.select_related(*people), pk=pk)


def marks_of(period: Period) -> list[Mark]:
    """The way of a period, mark by mark."""
    reached = list(Status).index(Status(period.status))
    has_drafts = period.statements.filter(publication__isnull=True).exists()
    is_published = period.status == Status.CLOSED and not has_drafts
    calendar = _("the calendar") if period.computed_at else ""
    people = [
        (_("Open"), ""),
        (_("Computed"), period.computed_by or calendar),
        (_("Reviewed"), period.reviewed_by),
        (_("Closed"), period.closed_by),
    ]
    marks = [
        Mark(str(label), at <= reached, at == reached and not is_published, str(by or ""))
        for at, (label, by) in enumerate(people)
    ]
    return [*marks, Mark(str(_("Published")), is_published, is_published)]


def stages_of(period: Period, items: Iterable[Item], steps: Iterable[Step]) -> list[Stage]:
    """The check-list in its stages, that of the next step first."""
    listed, due = list(items), NEXT_STAGE[Status(period.status)]
    names = {step.name for step in steps}
    stages = []
    for stage, title in STAGES.items():
        own = sorted(
            (item for item in listed if item.before == stage),
            key=lambda item: BLOCKING_FIRST.index(item.state),
        )
        pages = [(item, _page(period, item, names)) for item in own]
        stages.append(Stage(str(title), pages, stage == due))
    return sorted(stages, key=lambda stage: not stage.is_next)


def _page(period: Period, item: Item, steps: set[str]) -> str:
    """Where an item is mended: a page, or the period's own step."""
    if item.state == State.DONE:
        return ""
    if item.where in PAGES:
        return reverse(PAGES[item.where])
    words = item.where.split(",")[0].split()
    if len(words) == 2 and words[0] == "period" and words[1] in steps:
        return reverse("accountant:step", args=[period.pk, words[1]])
    return ""
