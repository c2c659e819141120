"""What workers do for royalty; each may run more than once for one job."""

from datetime import datetime
from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from catalog.models import Platform
from catalog.services.clock import ClockError
from common.jobs.dispatch import enqueue
from common.jobs.registry import JobError, Progress, handler
from royalty.models import Notice, Period, Statement
from royalty.services import calendar, periods, publishing, sandbox, statements
from royalty.services.intake.bulk import JOB, UploadGone, take_handed_in
from royalty.services.ledger import LedgerError
from royalty.services.receivables import ReceivableError


@handler("royalty.compute_period")
def compute_period(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    period = Period.objects.select_related("contract").get(pk=payload["period"])
    user = User.objects.get(pk=payload["user"]) if payload["user"] else None
    as_of = datetime.fromisoformat(payload["as_of"])
    run = period.runs.filter(computed_by=user, computed_at=as_of).first()
    if run is None:
        try:
            run = periods.compute_period(period=period, user=user, as_of=as_of)
        except periods.PeriodError as error:
            raise JobError(str(error)) from error
    progress(1, 1, str(period))
    return {"run": run.pk, "snapshot_sha256": run.snapshot_sha256}


@handler("royalty.render_statement")
def render_statement(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    statement = Statement.objects.select_related(
        "party", "period__contract__platform", "run__period__contract__platform"
    ).get(pk=payload["statement"])
    try:
        rendered = statements.render_statement(statement=statement, as_of=timezone.now())
    except statements.RenderingError as error:
        raise JobError(str(error)) from error
    progress(1, 1, str(statement))
    return dict(rendered.files.values_list("kind", "name"))


@handler("royalty.send_notice")
def send_notice(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    notice = Notice.objects.select_related("publication").get(pk=payload["notice"])
    try:
        sent = publishing.send_notice(notice=notice, as_of=timezone.now())
    except publishing.NoticeError as error:
        raise JobError(str(error)) from error
    progress(1, 1, str(notice))
    return {"status": sent.status}


@handler("royalty.run_calendar")
def run_calendar(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    sentences = calendar.run_calendar(datetime.fromisoformat(payload["as_of"]))
    progress(1, 1, payload["as_of"])
    return {"sentences": sentences}


@handler(JOB)
def take_in_file(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    try:
        sent = take_handed_in(UUID(payload["sent_file"]), progress)
    except UploadGone as error:
        raise JobError(str(error)) from error
    return {"sent_file": str(sent.pk), "outcome": sent.outcome}


@handler(sandbox.KIND)
def advance_clock(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    platform = Platform.objects.get(pk=payload["platform"])
    to = datetime.fromisoformat(payload["to"])
    try:
        return {"done": sandbox.advance(platform=platform, to=to, progress=progress)}
    except (ClockError, periods.PeriodError, ReceivableError, LedgerError) as error:
        raise JobError(str(error)) from error


@shared_task(name="royalty.calendar")
def ask_for_calendar() -> None:
    """Ask for the day's run of the calendar, which happens once a day however often it is asked."""
    now = timezone.now()
    enqueue("royalty.run_calendar", {"as_of": now.isoformat()}, key=f"day:{now.date()}")
