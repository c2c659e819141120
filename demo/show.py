"""What the demo shows while it works: one line a stage, a bar for what takes long, tables."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from common.jobs.models import Job
from config.embedded.worker import memory_bytes

MEMORY_SECONDS = 0.5
POLL_SECONDS = 0.25


def plain_table(title: str) -> Table:
    """A table without frames, which fits 80 columns."""
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
    )


class DemoFailed(Exception):
    """A stage could not be done; the message says why."""


@dataclass
class Stage:
    """How long a stage took, and the most memory that this process and the workers held."""

    name: str
    seconds: float = 0.0
    peak_bytes: int = 0
    outcome: str = ""


@dataclass
class Show:
    """The terminal, and a record of the stages."""

    console: Console
    worker: psutil.Process | None = None
    stages: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Run a stage: says what is being done, then how it went in `stage.outcome`."""
        stage = Stage(name)
        self.stages.append(stage)
        finished = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(stage, finished), daemon=True)
        watcher.start()
        started = time.monotonic()
        self.console.print(f"[bold]{len(self.stages):2}  {name}[/]")
        try:
            yield stage
        finally:
            finished.set()
            watcher.join()
            stage.seconds = time.monotonic() - started
        outcome = f"[green]✓[/] {stage.outcome} [dim]({stage.seconds:.1f} s)[/]"
        self.console.print(Padding(outcome, (0, 0, 0, 4)))

    def wait(self, jobs: Sequence[Job]) -> list[Job]:
        """Show the jobs' progress until all are finished; returns them as they ended.

        Raises:
            DemoFailed: a job failed; the message is the job's.
        """
        columns = (
            TextColumn("   "),
            SpinnerColumn(),
            BarColumn(bar_width=36),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.description}[/]"),
        )
        with Progress(*columns, console=self.console, transient=True) as progress:
            bars = {job.pk: progress.add_task("waiting for a worker", total=None) for job in jobs}
            while True:
                current = list(Job.objects.filter(pk__in=bars).order_by("created_at"))
                for job in current:
                    _draw(progress, bars[job.pk], job)
                if all(job.is_finished for job in current):
                    break
                self._check_worker()
                time.sleep(POLL_SECONDS)
        for job in current:
            if job.status == Job.Status.FAILED:
                raise DemoFailed(f"{job.kind}: {job.error}")
        return current

    def wait_for_many(self, jobs: Sequence[Job], what: str) -> None:
        """Show one bar for many small jobs until all are finished.

        Raises:
            DemoFailed: a job failed; the message is the job's.
        """
        columns = (TextColumn("   "), SpinnerColumn(), BarColumn(bar_width=36))
        counter = TextColumn("{task.completed:.0f} of {task.total:.0f} {task.description}")
        pending = [job.pk for job in jobs]
        with Progress(*columns, counter, console=self.console, transient=True) as progress:
            bar = progress.add_task(what, total=len(jobs))
            while True:
                statuses = Counter(
                    Job.objects.filter(pk__in=pending).values_list("status", flat=True)
                )
                finished = statuses[Job.Status.SUCCEEDED] + statuses[Job.Status.FAILED]
                progress.update(bar, completed=finished)
                if finished == len(jobs):
                    break
                self._check_worker()
                time.sleep(POLL_SECONDS)
        failed = Job.objects.filter(pk__in=pending, status=Job.Status.FAILED).first()
        if failed is not None:
            raise DemoFailed(f"{failed.kind}: {failed.error}")

    def table_of_stages(self) -> Table:
        table = plain_table("Time and memory of each stage")
        table.add_column("stage")
        table.add_column("seconds", justify="right")
        table.add_column("peak memory, MiB", justify="right")
        for stage in self.stages:
            table.add_row(stage.name, f"{stage.seconds:.1f}", f"{stage.peak_bytes / 2**20:.0f}")
        table.add_section()
        table.add_row(
            "all",
            f"{sum(stage.seconds for stage in self.stages):.1f}",
            f"{max(stage.peak_bytes for stage in self.stages) / 2**20:.0f}",
        )
        return table

    def _check_worker(self) -> None:
        if self.worker is not None and _has_ended(self.worker):
            raise DemoFailed("The worker ended; worker.log in the home folder says why.")

    def _watch(self, stage: Stage, finished: threading.Event) -> None:
        myself = psutil.Process()  # the worker is a child of this process
        while True:
            stage.peak_bytes = max(stage.peak_bytes, memory_bytes(myself))
            if finished.wait(MEMORY_SECONDS):
                return


def _has_ended(process: psutil.Process) -> bool:
    """Also when nobody has asked for its exit status yet, which leaves a zombie."""
    try:
        return process.status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.NoSuchProcess:
        return True


def _draw(progress: Progress, bar: TaskID, job: Job) -> None:
    if job.status == Job.Status.SUCCEEDED:
        progress.update(bar, total=1, completed=1, description="done")
    elif job.status == Job.Status.RUNNING:
        total = job.progress_total or None
        progress.update(
            bar, total=total, completed=job.progress_done, description=job.progress_note or job.kind
        )
