"""Everything that must hold before a period is reviewed, and before it is closed.

Each item is *done*, *open* (somebody should look, and may go on) or *blocked* (the step is refused
until it is mended), with a sentence and where to go. Nothing here decides: the services and the
database refuse what is blocked, whatever this list says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from royalty.apportionment import SnapshotError
from royalty.models import AllocationRun, IntakeFile, Period
from royalty.selectors.late import late_events
from royalty.selectors.ledger import trial_balance
from royalty.selectors.most_favoured import contract_breaches
from royalty.selectors.preview import previous_period
from royalty.selectors.publishing import drafts_of
from royalty.selectors.runs import (
    NoRunError,
    Rederived,
    current_run,
    rederived,
)
from royalty.selectors.standing import last_intake_file, reported_totals
from royalty.selectors.usage_holds import uncounted_holds, undecided_holds

Status = Period.Status


class State(StrEnum):
    DONE = "done"
    OPEN = "open"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Item:
    """One thing to hold, before which step, and where it is mended."""

    before: str  # "review", "close" or "publish"
    title: str
    state: State
    sentence: str
    where: str = ""  # a command, or a page of the admin


def checklist(period: Period, day: date) -> list[Item]:
    """The list of a period on a day, in the order in which an accountant goes through it."""
    return [*_before_review(period), *_before_close(period, day), *_before_publishing(period)]


def _before_review(period: Period) -> Iterator[Item]:
    run = _run_of(period)
    yield _events(period, run)
    if run is None:
        yield Item("review", "computed", State.BLOCKED, "It is not computed.", "period compute")
    else:
        yield Item("review", "computed", State.DONE, _computed(run))
        yield from _held_items(period, run)
        yield _exchanged(run)
    yield _usage_holds(period, run)
    yield _favoured(period)
    yield _late(period)


def _run_of(period: Period) -> AllocationRun | None:
    try:
        return current_run(period)
    except NoRunError:
        return None


def _computed(run: AllocationRun) -> str:
    who = "the calendar" if run.computed_by is None else str(run.computed_by)
    money = run.period.contract.money
    return (
        f"Computed by {who} on {run.computed_at:%Y-%m-%d}: {run.line_count:,} lines from a pool of "
        f"{money.format_atoms(run.pool_atoms)} {money.code}."
    )


def _events(period: Period, run: AllocationRun | None) -> Item:
    """What was reported, beside what the last period had."""
    if run is None:
        uses, gross_atoms = reported_totals(period, last_intake_file(period))
    else:
        uses, gross_atoms = _seen(run)
    money = period.contract.money
    said = f"{uses:,} uses and {money.format_atoms(gross_atoms)} {money.code}"
    previous = previous_period(period)
    if previous is not None:
        last = current_run(previous)
        before = f"{last.use_count:,} and {money.format_atoms(last.gross_atoms)}"
        said += f", after {before} in {previous.label}"
    file = IntakeFile.objects.filter(platform=period.contract.platform_id).order_by("-pk").first()
    said += f"; last file {file.name}, {file.received_at:%Y-%m-%d}" if file else "; no file came in"
    state = State.DONE if uses and gross_atoms else State.OPEN
    return Item("review", "events", state, f"{said}.", "intake, or the platform's API")


def _held_items(period: Period, run: AllocationRun) -> Iterator[Item]:
    """Where the run's money goes because something is missing."""
    money, totals = period.contract.money, run.totals_atoms

    def item(title: str, kind: str, because: str, where: str) -> Item:
        atoms = totals.get(kind, 0)
        if not atoms:
            return Item("review", title, State.DONE, f"Nothing is held because {because}.")
        amount = f"{money.format_atoms(atoms)} {money.code}"
        return Item("review", title, State.OPEN, f"{amount} are held because {because}.", where)

    yield _attributed(run)
    yield item("owners", "held_unclaimed", "owners of tracks are not known", "Shares")
    yield item("contested shares", "held_disputed", "owners claim more than the whole", "Shares")
    yield item(
        "features of platforms",
        "held_unverified",
        "features that platforms computed are not verified",
        "verification",
    )
    yield item("money without uses", "held_no_use", "no use could be followed", "intake")


def _attributed(run: AllocationRun) -> Item:
    """How many pieces have a share of any track; those with a vetoed run have none."""
    try:
        seen = rederived(run)
    except SnapshotError as error:
        return Item("review", "attribution", State.BLOCKED, str(error), "restore the storage")
    without, total = seen.unattributed, seen.pieces
    if not without:
        return Item("review", "attribution", State.DONE, f"All {total:,} pieces are attributed.")
    fallback = run.period.contract.get_fallback_display()
    return Item(
        "review",
        "attribution",
        State.OPEN,
        f"{without:,} of {total:,} pieces have no attribution that counts, or one that found "
        f"nothing; what they earned is {fallback}. The run names those without one.",
        "Generations",
    )


def _exchanged(run: AllocationRun) -> Item:
    """By which rates money was converted; what had no rate was refused when it was reported."""
    if not run.exchange_rates:
        return Item("review", "exchange rates", State.DONE, "Nothing had to be converted.")
    used = {rate for row in run.exchange_rates for rate in row["rates"]}
    said = f"Converted by {len(used):,} rates, among them {min(used)}." if used else "Converted."
    return Item("review", "exchange rates", State.DONE, said)


def _usage_holds(period: Period, run: AllocationRun | None) -> Item:
    undecided = undecided_holds(period).count()
    if undecided:
        sentence = f"{undecided:,} holds of strange uses wait for a decision."
        return Item("review", "held uses", State.BLOCKED, sentence, "usage_holds")
    decided = set(uncounted_holds(period).values_list("pk", flat=True))
    if run is not None and decided != set(run.left_out):
        sentence = "It was decided otherwise which uses count since it was computed."
        return Item("review", "held uses", State.BLOCKED, sentence, "period compute")
    return Item("review", "held uses", State.DONE, "Nobody has to decide upon strange uses.")


def _favoured(period: Period) -> Item:
    broken = contract_breaches(period.contract, period.last_day)
    if not broken:
        return Item("review", "most favoured", State.DONE, "No promise of best terms is broken.")
    return Item("review", "most favoured", State.OPEN, " ".join(broken), "Contracts")


def _late(period: Period) -> Item:
    late = [
        each.sentence
        for each in late_events(period.contract.platform)
        if each.period.contract_id == period.contract_id
    ]
    if not late:
        return Item("review", "late events", State.DONE, "No closed period waits to be restated.")
    return Item("review", "late events", State.OPEN, " ".join(late), "period restate")


def _before_close(period: Period, day: date) -> Iterator[Item]:
    yield _over(period, day)
    yield _earlier(period)
    yield _reviewed(period)
    yield _reproduces(period)
    is_balanced = trial_balance().is_balanced
    yield Item(
        "close",
        "trial balance",
        State.DONE if is_balanced else State.BLOCKED,
        "Debits and credits are the same." if is_balanced else "Debits and credits differ.",
        "" if is_balanced else "verify_ledger",
    )


def _over(period: Period, day: date) -> Item:
    if day >= period.ends_on:
        return Item("close", "over", State.DONE, f"Its last day was {period.last_day}.")
    return Item("close", "over", State.BLOCKED, f"It lasts until {period.last_day}.")


def _earlier(period: Period) -> Item:
    earlier = Period.objects.filter(
        contract=period.contract_id, starts_on__lt=period.starts_on
    ).exclude(status=Status.CLOSED)
    first = earlier.select_related("contract").order_by("starts_on").first()
    if first is None:
        return Item("close", "earlier periods", State.DONE, "All earlier ones are closed.")
    sentence = f"{first} is {first.status}; close it first."
    return Item("close", "earlier periods", State.BLOCKED, sentence, "period close")


def _reviewed(period: Period) -> Item:
    if period.reviewed_by is None:
        return Item(
            "close", "reviewed", State.BLOCKED, "No second person has reviewed it.", "period review"
        )
    but = f" Somebody else closes it, since nobody but {period.reviewed_by} looked at it."
    alone = but if period.computed_by_id is None and period.status == Status.REVIEWED else ""
    return Item("close", "reviewed", State.DONE, f"{period.reviewed_by} reviewed it.{alone}")


def _reproduces(period: Period) -> Item:
    run = _run_of(period)
    if run is None:
        return Item("close", "reproducible", State.BLOCKED, "There is no run.", "period compute")
    try:
        fault = _fault(run, rederived(run))
    except SnapshotError as error:
        return Item("close", "reproducible", State.BLOCKED, str(error), "period compute")
    if fault:
        return Item("close", "reproducible", State.BLOCKED, fault, "period reopen, period compute")
    said = f"The run comes out the same from snapshot {run.snapshot_sha256[:12]}."
    return Item("close", "reproducible", State.DONE, said)


def _fault(run: AllocationRun, seen: Rederived) -> str:
    if seen.lines_sha256 != run.lines_sha256:
        return f"Other lines come out than {run.code_version} recorded."
    if run.period.status == Status.CLOSED:
        return ""
    if reported_totals(run.period, last_intake_file(run.period)) != _seen(run):
        return "Events came in that the run did not see."
    return ""


def _seen(run: AllocationRun) -> tuple[int, int]:
    return run.use_count + run.left_out_uses, run.gross_atoms


def _before_publishing(period: Period) -> Iterator[Item]:
    if period.status != Status.CLOSED:
        yield Item("publish", "closed", State.BLOCKED, "It is not closed.", "period close")
        return
    unrendered = drafts_of(period).filter(rendered_at__isnull=True).count()
    drafts = drafts_of(period).count()
    if unrendered:
        sentence = f"{unrendered:,} statements have no documents yet."
        yield Item("publish", "documents", State.BLOCKED, sentence, "Jobs")
    elif drafts:
        sentence = f"{drafts:,} statements wait to be published."
        yield Item("publish", "statements", State.OPEN, sentence, "period publish")
    else:
        yield Item("publish", "statements", State.DONE, "All are published.")
