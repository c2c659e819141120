"""Jobs, as the operator sees them: how far, how they ended, and once more where they failed."""

from typing import ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import ReadOnlyAdmin
from common.jobs.models import Job
from common.jobs.retry import retry


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """What was asked for, and what became of it."""

    note = "Workers write these. A job that failed can be queued again once its cause is mended."
    list_display = ("kind", "status", "progress", "attempt", "queue", "created_at", "finished_at")
    list_filter = ("status", "kind", "queue")
    search_fields = ("=id", "kind", "key", "error")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    actions: ClassVar = ["queue_again"]

    @admin.display(description="progress")
    def progress(self, job: Job) -> str:
        if not job.progress_total:
            return ""
        part = f"{job.progress_done:,} of {job.progress_total:,}"
        return f"{part}: {job.progress_note}" if job.progress_note else part

    @admin.action(description="Queue again", permissions=["retry"])
    def queue_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        queued = sum(retry(job) for job in jobs)
        left = f" {len(jobs) - queued} had not failed and stay." if queued < len(jobs) else ""
        self.message_user(
            request,
            f"{queued} queued again.{left}",
            messages.SUCCESS if queued else messages.WARNING,
        )

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.change_job")
