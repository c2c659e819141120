"""A month's work step by step, from the first file to the payment, and where one may die in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from tests.simulation.killing import FILE, Point  # isort: skip sets Django up
import royalty.tasks  # noqa: F401 what workers know how to do
from common.jobs import runner
from common.jobs.models import DEAD_AFTER, Job
from royalty.models import PayoutBatch
from royalty.services import intake, payouts, periods
from tests.royalty.cast import AFTER, World, ndjson, revenue_lines, usage_lines, worked_example
from tests.royalty.payees import PAYDAY, agree_with_all, open_month

JOURNAL = 'INSERT INTO "royalty_journal"'
PAYOUT_DAY = PAYDAY.date()


@dataclass(frozen=True)
class Stage:
    """A step of the month, and the points at which whoever takes it dies."""

    name: str
    step: Callable[[World, Path], object]
    points: dict[str, Point]


def take(world: World, folder: Path) -> None:
    for function, lines in (
        (intake.take_usage, usage_lines()),
        (intake.take_revenue, revenue_lines()),
    ):
        path = ndjson(folder / f"{function.__name__}.ndjson", lines)
        function(platform=world.platform, source=path, name=path.name)


def compute(world: World, _: Path) -> None:
    periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)


def review(world: World, _: Path) -> None:
    periods.review_period(period=world.period, user=world.ben, as_of=AFTER)


def close(world: World, _: Path) -> None:
    periods.close_period(period=world.period, user=world.ann, as_of=AFTER)


def render(*_: object) -> None:
    """As workers do: a job whose worker died is taken over once its heart has stopped."""
    long_ago = timezone.now() - DEAD_AFTER - timedelta(seconds=1)
    Job.objects.filter(status=Job.Status.RUNNING).update(heartbeat_at=long_ago)
    for job in Job.objects.filter(kind="royalty.render_statement").order_by("key"):
        runner.run(job.pk)


def draft(world: World, _: Path) -> None:
    if not PayoutBatch.objects.exists():
        payouts.draft_batch(code="EUR", user=world.ann, as_of=PAYDAY)


def approve(world: World, _: Path) -> None:
    payouts.approve_batch(batch=PayoutBatch.objects.get(), user=world.ben, as_of=PAYDAY)


def export(*_: object) -> None:
    payouts.export_batch(batch=PayoutBatch.objects.get())


def settle(world: World, _: Path) -> None:
    batch = PayoutBatch.objects.get()
    if batch.status == "exported":
        payouts.mark_sent(batch=batch, user=world.ann, as_of=PAYDAY)
    payouts.settle_batch(batch=batch, user=world.ann, day=PAYOUT_DAY)


STAGES = (
    Stage("intake", take, {
        "lines staged, none counted": ("INSERT INTO royalty_usageevent", 1),
        "lines counted, no file noted": ('INSERT INTO "royalty_intakefile"', 1),
    }),
    Stage("computing", compute, {
        "before the snapshot is kept": (FILE, 1),
        "snapshot kept, no run noted": ('INSERT INTO "royalty_allocationrun"', 1),
        "run noted, period open": ('UPDATE "royalty_period"', 1),
    }),
    Stage("review", review, {"before it is noted": ('UPDATE "royalty_period"', 1)}),
    Stage("closing", close, {
        "before any journal": (JOURNAL, 1),
        "between revenue and allocation": (JOURNAL, 2),
        "posted, no statement": ('INSERT INTO "royalty_statement"', 1),
        "stated, no root": ('INSERT INTO "royalty_periodroot"', 1),
        "all but the status": ('UPDATE "royalty_period"', 1),
    }),
    Stage("rendering", render, {
        "before the first file": (FILE, 1),
        "one file written": (FILE, 2),
    }),
    Stage("drafting", draft, {"payouts without parts": ('INSERT INTO "royalty_payoutpart"', 1)}),
    Stage("approving", approve, {
        "one journal posted": (JOURNAL, 2),
        "posted, not approved": ('UPDATE "royalty_payoutbatch"', 1),
    }),
    Stage("exporting", export, {
        "before the bank's file": (FILE, 1),
        "file written, not noted": ('UPDATE "royalty_payoutbatch"', 1),
    }),
    Stage("settling", settle, {"one payment booked": (JOURNAL, 2)}),
)  # fmt: skip
COMMITS_BY_PARTS = {"rendering", "settling", "intake"}  # several transactions, each whole


def begin() -> World:
    world = worked_example()
    open_month(world)
    agree_with_all(world)
    return world
