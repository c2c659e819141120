"""Everything that must hold before a period is reviewed, and before it is closed.

Each item is *done*, *open* (somebody should look, and may go on) or *blocked* (the step is refused
until it is mended), with a sentence and where to go. Nothing here decides: the services and the
database refuse what is blocked, whatever this list says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

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
        yield Item(
            "review", _("computed"), State.BLOCKED, _("It is not computed."), "period compute"
        )
    else:
        yield Item("review", _("computed"), State.DONE, _computed(run))
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
    money = run.period.contract.money
    return _("Computed by %(who)s on %(day)s: %(count)s lines from a pool of %(pool)s.") % {
        "who": _("the calendar") if run.computed_by is None else run.computed_by,
        "day": run.computed_at.date(),
        "count": f"{run.line_count:,}",
        "pool": f"{money.format_atoms(run.pool_atoms)} {money.code}",
    }


def _events(period: Period, run: AllocationRun | None) -> Item:
    """What was reported, beside what the last period had."""
    if run is None:
        uses, gross_atoms = reported_totals(period, last_intake_file(period))
    else:
        uses, gross_atoms = _seen(run)
    money = period.contract.money
    named = {"uses": f"{uses:,}", "gross": f"{money.format_atoms(gross_atoms)} {money.code}"}
    said = [_("%(uses)s uses and %(gross)s.") % named]
    previous = previous_period(period)
    if previous is not None:
        last = current_run(previous)
        gross = f"{money.format_atoms(last.gross_atoms)} {money.code}"
        before = {"uses": f"{last.use_count:,}", "gross": gross, "period": previous.label}
        said.append(_("In %(period)s there were %(uses)s and %(gross)s.") % before)
    file = IntakeFile.objects.filter(platform=period.contract.platform_id).order_by("-pk").first()
    if file is None:
        said.append(_("No file came in."))
    else:
        came = {"name": file.name, "day": file.received_at.date()}
        said.append(_("The last file: %(name)s, %(day)s.") % came)
    state = State.DONE if uses and gross_atoms else State.OPEN
    return Item("review", _("events"), state, " ".join(said), "intake, or the platform's API")


def _held_items(period: Period, run: AllocationRun) -> Iterator[Item]:
    """Where the run's money goes because something is missing."""
    money, totals = period.contract.money, run.totals_atoms

    def item(title: str, kind: str, because: str, where: str) -> Item:
        atoms = totals.get(kind, 0)
        if not atoms:
            nothing = _("Nothing is held because %(because)s.") % {"because": because}
            return Item("review", title, State.DONE, nothing)
        amount = f"{money.format_atoms(atoms)} {money.code}"
        words = _("%(amount)s are held because %(because)s.")
        sentence = words % {"amount": amount, "because": because}
        return Item("review", title, State.OPEN, sentence, where)

    yield _attributed(run)
    yield item(_("owners"), "held_unclaimed", _("owners of tracks are not known"), "Shares")
    yield item(
        _("contested shares"), "held_disputed", _("owners claim more than the whole"), "Shares"
    )
    yield item(
        _("features of platforms"),
        "held_unverified",
        _("features that platforms computed are not verified"),
        "verification",
    )
    yield item(_("money without uses"), "held_no_use", _("no use could be followed"), "intake")


def _attributed(run: AllocationRun) -> Item:
    """How many pieces have a share of any track; those with a vetoed run have none."""
    try:
        seen = rederived(run)
    except SnapshotError as error:
        return Item("review", _("attribution"), State.BLOCKED, str(error), "restore the storage")
    without, total = seen.unattributed, seen.pieces
    if not without:
        every = _("All %(total)s pieces are attributed.") % {"total": f"{total:,}"}
        return Item("review", _("attribution"), State.DONE, every)
    words = _(
        "%(without)s of %(total)s pieces have no attribution that counts, or one that found "
        "nothing; what they earned is %(fallback)s. The run names those without one."
    )
    fallback = _(run.period.contract.get_fallback_display())
    return Item(
        "review",
        _("attribution"),
        State.OPEN,
        words % {"without": f"{without:,}", "total": f"{total:,}", "fallback": fallback},
        "Generations",
    )


def _exchanged(run: AllocationRun) -> Item:
    """By which rates money was converted; what had no rate was refused when it was reported."""
    if not run.exchange_rates:
        return Item("review", _("exchange rates"), State.DONE, _("Nothing had to be converted."))
    used = {rate for row in run.exchange_rates for rate in row["rates"]}
    said = _("Converted.")
    if used:
        words = _("Converted by %(count)s rates, among them %(rate)s.")
        said = words % {"count": f"{len(used):,}", "rate": min(used)}
    return Item("review", _("exchange rates"), State.DONE, said)


def _usage_holds(period: Period, run: AllocationRun | None) -> Item:
    undecided = undecided_holds(period).count()
    if undecided:
        words = _("%(count)s holds of strange uses wait for a decision.")
        sentence = words % {"count": f"{undecided:,}"}
        return Item("review", _("held uses"), State.BLOCKED, sentence, "usage_holds")
    decided = set(uncounted_holds(period).values_list("pk", flat=True))
    if run is not None and decided != set(run.left_out):
        sentence = _("It was decided otherwise which uses count since it was computed.")
        return Item("review", _("held uses"), State.BLOCKED, sentence, "period compute")
    return Item("review", _("held uses"), State.DONE, _("Nobody has to decide upon strange uses."))


def _favoured(period: Period) -> Item:
    broken = contract_breaches(period.contract, period.last_day)
    if not broken:
        return Item(
            "review", _("most favoured"), State.DONE, _("No promise of best terms is broken.")
        )
    return Item("review", _("most favoured"), State.OPEN, " ".join(broken), "Contracts")


def _late(period: Period) -> Item:
    late = [
        each.sentence
        for each in late_events(period.contract.platform)
        if each.period.contract_id == period.contract_id
    ]
    if not late:
        return Item(
            "review", _("late events"), State.DONE, _("No closed period waits to be restated.")
        )
    return Item("review", _("late events"), State.OPEN, " ".join(late), "period restate")


def _before_close(period: Period, day: date) -> Iterator[Item]:
    yield _over(period, day)
    yield _earlier(period)
    yield _reviewed(period)
    yield _reproduces(period)
    is_balanced = trial_balance().is_balanced
    yield Item(
        "close",
        _("trial balance"),
        State.DONE if is_balanced else State.BLOCKED,
        _("Debits and credits are the same.") if is_balanced else _("Debits and credits differ."),
        "" if is_balanced else "verify_ledger",
    )


def _over(period: Period, day: date) -> Item:
    if day >= period.ends_on:
        over = _("Its last day was %(day)s.") % {"day": period.last_day}
        return Item("close", _("over"), State.DONE, over)
    lasts = _("It lasts until %(day)s.") % {"day": period.last_day}
    return Item("close", _("over"), State.BLOCKED, lasts)


def _earlier(period: Period) -> Item:
    earlier = Period.objects.filter(
        contract=period.contract_id, starts_on__lt=period.starts_on
    ).exclude(status=Status.CLOSED)
    first = earlier.select_related("contract").order_by("starts_on").first()
    if first is None:
        return Item("close", _("earlier periods"), State.DONE, _("All earlier ones are closed."))
    words = _("%(period)s is %(status)s; close it first.")
    sentence = words % {"period": first, "status": _(first.status)}
    return Item("close", _("earlier periods"), State.BLOCKED, sentence, "period close")


def _reviewed(period: Period) -> Item:
    if period.reviewed_by is None:
        nobody = _("No second person has reviewed it.")
        return Item("close", _("reviewed"), State.BLOCKED, nobody, "period review")
    words = _("%(person)s reviewed it.")
    if period.computed_by_id is None and period.status == Status.REVIEWED:
        words = _(
            "%(person)s reviewed it. Somebody else closes it, since nobody but %(person)s looked "
            "at it."
        )
    return Item("close", _("reviewed"), State.DONE, words % {"person": period.reviewed_by})


def _reproduces(period: Period) -> Item:
    run = _run_of(period)
    if run is None:
        return Item(
            "close", _("reproducible"), State.BLOCKED, _("There is no run."), "period compute"
        )
    try:
        fault = _fault(run, rederived(run))
    except SnapshotError as error:
        return Item("close", _("reproducible"), State.BLOCKED, str(error), "period compute")
    if fault:
        return Item(
            "close", _("reproducible"), State.BLOCKED, fault, "period reopen, period compute"
        )
    said = _("The run comes out the same from snapshot %(snapshot)s.")
    same = said % {"snapshot": run.snapshot_sha256[:12]}
    return Item("close", _("reproducible"), State.DONE, same)


def _fault(run: AllocationRun, seen: Rederived) -> str:
    if seen.lines_sha256 != run.lines_sha256:
        words = _("Other lines come out than %(version)s recorded.")
        return words % {"version": run.code_version}
    if run.period.status == Status.CLOSED:
        return ""
    if reported_totals(run.period, last_intake_file(run.period)) != _seen(run):
        return _("Events came in that the run did not see.")
    return ""


def _seen(run: AllocationRun) -> tuple[int, int]:
    return run.use_count + run.left_out_uses, run.gross_atoms


def _before_publishing(period: Period) -> Iterator[Item]:
    if period.status != Status.CLOSED:
        yield Item("publish", _("closed"), State.BLOCKED, _("It is not closed."), "period close")
        return
    unrendered = drafts_of(period).filter(rendered_at__isnull=True).count()
    drafts = drafts_of(period).count()
    if unrendered:
        words = _("%(count)s statements have no documents yet.")
        sentence = words % {"count": f"{unrendered:,}"}
        yield Item("publish", _("documents"), State.BLOCKED, sentence, "Jobs")
    elif drafts:
        sentence = _("%(count)s statements wait to be published.") % {"count": f"{drafts:,}"}
        yield Item("publish", _("statements"), State.OPEN, sentence, "period publish")
    else:
        yield Item("publish", _("statements"), State.DONE, _("All are published."))
