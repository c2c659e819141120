"""What the accountants do every month: open, close, correct, pay."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from pathlib import Path

from django.core.files.storage import default_storage

from common.jobs import runner
from common.jobs.models import Job
from demo.bank import status_report
from demo.economy import Month
from demo.payees import CURRENCY, euros
from demo.show import DemoFailed
from demo.year.plan import at
from demo.year.world import World
from royalty import tasks  # noqa: F401 it registers what jobs do
from royalty.documents.pain import read_status_report
from royalty.models import Contract, HoldDecision, Payout, PayoutBatch, Period, RestatementKind
from royalty.proof import roots_json
from royalty.selectors.proofs import roots
from royalty.selectors.usage_holds import undecided_holds
from royalty.services import payouts, periods, restatements
from royalty.services.publishing import publish_period
from royalty.services.usage_holds import decide_hold

OPENED_ON, CLOSED_ON, CORRECTED_ON = 1, 3, 4
PAID_ON, ANSWERED_ON = 25, 27


def open_month(world: World, month: Month) -> list[Period]:
    return [
        periods.open_period(contract=each, starts_on=month.starts_on, ends_on=month.ends_on)
        for each in world.contracts
    ]


def close_month(world: World, month: Month, now: Month) -> list[str]:
    """Close a month a few days into the next one; returns what was held and left out."""
    as_of, told = at(now, CLOSED_ON), []
    for period in periods_of(world, month):
        periods.compute_period(period=period, user=world.accountant, as_of=as_of)
        found = _leave_out(world, period, as_of)
        if found:
            periods.compute_period(period=period, user=world.accountant, as_of=as_of)
        periods.review_period(period=period, user=world.reviewer, as_of=as_of)
        periods.close_period(period=period, user=world.accountant, as_of=as_of)
        told += found
    do_jobs()  # documents are rendered
    return told


def _leave_out(world: World, period: Period, as_of: datetime) -> list[str]:
    """Decide upon uses that a rule holds: none of them counts. Returns why they were held."""
    told = []
    for hold in undecided_holds(period):
        decide_hold(
            hold=hold,
            decision=HoldDecision.Decision.LEAVE_OUT,
            reason="Nobody listens day and night; the platform closed the account.",
            user=world.reviewer,
            as_of=as_of,
        )
        told.append(f"{period}: {hold.sentence} They are left out.")
    return told


def publish_month(world: World, month: Month, now: Month) -> None:
    """Let payees see a closed month's statements, and everybody its roots."""
    as_of = at(now, CLOSED_ON)
    for period in periods_of(world, month):
        publish_period(period=period, user=world.accountant, as_of=as_of)
    do_jobs()  # e-mails are sent
    _publish_roots(world, month)


def do_jobs() -> None:
    """What a worker would do meanwhile: whatever was asked for, here and now."""
    waiting = Job.objects.filter(status=Job.Status.QUEUED).order_by("created_at")
    for job in list(waiting):
        done = runner.run(job.pk)
        if done is not None and done.status == Job.Status.FAILED:
            raise DemoFailed(f"{done.kind}: {done.error}")


def periods_of(world: World, month: Month) -> list[Period]:
    return [period_of(contract, month) for contract in world.contracts]


def period_of(contract: Contract, month: Month) -> Period:
    return contract.periods.get(starts_on=month.starts_on)


def _publish_roots(world: World, month: Month) -> None:
    """What a newspaper would keep: the roots as they were then."""
    path = published_roots(world) / f"roots-{month.starts_on:%Y-%m}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(roots_json(roots()), encoding="utf-8")


def published_roots(world: World) -> Path:
    return world.folder / "published"


def restate(
    world: World, months: Iterable[Month], now: Month, kind: RestatementKind, reason: str
) -> int:
    """Restate closed months into the open one, whichever come out differently; returns how many."""
    pairs = [(contract, month) for month in months for contract in world.contracts]
    return sum(_restate(world, contract, month, now, kind, reason) for contract, month in pairs)


def _restate(
    world: World, contract: Contract, month: Month, now: Month, kind: RestatementKind, reason: str
) -> bool:
    try:
        restatements.restate_period(
            period=period_of(contract, month),
            into=period_of(contract, now),
            kind=kind,
            reason=reason,
            user=world.accountant,
            as_of=at(now, CORRECTED_ON),
        )
    except periods.PeriodError as error:
        if "nothing to restate" in str(error):
            return False
        raise
    return True


def pay(world: World, now: Month, rejected: Collection[int] = ()) -> PayoutBatch:
    """Pay what closed months left: drafted, approved, exported, sent, answered by the bank.

    Args:
        rejected: parties, by primary key, whose account the bank does not know.
    """
    as_of, answered_on = at(now, PAID_ON), at(now, ANSWERED_ON).date()
    batch = payouts.draft_batch(code=CURRENCY, user=world.accountant, as_of=as_of)
    batch = payouts.approve_batch(batch=batch, user=world.reviewer, as_of=as_of)
    payouts.export_batch(batch=batch)
    batch = payouts.mark_sent(batch=batch, user=world.accountant, as_of=as_of)
    return _answer(world, batch, rejected, answered_on)


def came_back(batch: PayoutBatch) -> str:
    """A sentence about the payments of a batch that came back, if any did."""
    found = batch.payouts.filter(status=Payout.Status.RETURNED).select_related("party", "batch")
    return " ".join(
        f"{each.party}: {euros(each.payable_atoms)} came back ({each.return_reason})"
        for each in found.order_by("pk")
    )


def _answer(world: World, batch: PayoutBatch, rejected: Collection[int], day: date) -> PayoutBatch:
    """Read the bank's status report, as it came."""
    found = batch.payouts.exclude(status=Payout.Status.OFFSET).order_by("pk")
    refused = {
        each.end_to_end_id: each.party_id in rejected for each in found.select_related("batch")
    }
    path = world.folder / "bank" / f"{batch.message_id}-status.xml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(status_report(batch.message_id, refused))
    report = read_status_report(path.read_bytes())
    payouts.apply_report(batch=batch, report=report, user=world.accountant, day=day)
    batch.refresh_from_db()
    return batch


def order_file(batch: PayoutBatch) -> Path:
    """The pain.001 of a batch."""
    return Path(default_storage.path(batch.file_name))
