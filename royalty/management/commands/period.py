"""`manage.py period ACTION CONTRACT STARTS_ON ...`: a period's life, step by step, by named people.

period open     CONTRACT 2026-10-01 --until 2026-11-01
period compute  CONTRACT 2026-10-01 --by accountant@example.org
period review   CONTRACT 2026-10-01 --by somebody-else@example.org
period close    CONTRACT 2026-10-01 --by accountant@example.org
period publish  CONTRACT 2026-10-01 --by accountant@example.org
period notices  CONTRACT 2026-10-01 [--again]
period checklist CONTRACT 2026-10-01
period preview  CONTRACT 2026-10-01 [--limit 20] [--csv changes.csv]
period reopen   CONTRACT 2026-10-01
period restate  CONTRACT 2026-10-01 --into 2026-11-01 --by accountant@example.org
                --kind ownership --reason 'T3 was sold on 1 October'
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from royalty.apportionment import SnapshotError
from royalty.documents.preview import Preview, preview_csv
from royalty.management.named import find_contract, find_period, find_person
from royalty.models import Contract, Period, RestatementKind
from royalty.selectors.calendar import span_end
from royalty.selectors.checklist import State, checklist
from royalty.selectors.outstanding import standing_words
from royalty.selectors.preview import preview_of
from royalty.selectors.publishing import consequence_of, notices_of
from royalty.selectors.runs import NoRunError, current_run
from royalty.services import periods, publishing, restatements
from royalty.services.ledger import LedgerError

BY_SOMEBODY: dict[str, Callable[..., object]] = {
    "compute": periods.compute_period,
    "review": periods.review_period,
    "close": periods.close_period,
}


class Command(BaseCommand):
    help = "Open, compute, review, close, publish, reopen or restate a period of a contract."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "action", choices=["open", *BY_SOMEBODY, "publish", "restate", *BY_NOBODY]
        )
        parser.add_argument("contract", help="the contract's code")
        parser.add_argument("starts_on", type=date.fromisoformat, help="the period's first day")
        parser.add_argument("--until", type=date.fromisoformat, help="open: the first day after")
        parser.add_argument("--into", type=date.fromisoformat, help="restate: the open period")
        parser.add_argument("--kind", choices=RestatementKind.values, help="restate: what changed")
        parser.add_argument("--reason", default="", help="restate: why, in a sentence for payees")
        parser.add_argument("--again", action="store_true", help="notices: send failed ones again")
        parser.add_argument("--csv", type=Path, help="preview: a file for all parties")
        parser.add_argument("--limit", type=int, default=20, help="preview: how many are shown")
        parser.add_argument("--run", type=int, help="review: the run that was previewed")
        parser.add_argument("--by", help="e-mail address of the person who does it")

    def handle(self, *_args: Any, **options: Any) -> None:
        contract = find_contract(options["contract"])
        try:
            self.stdout.write(_act(contract, options))
        except (periods.PeriodError, LedgerError, NoRunError, SnapshotError) as error:
            raise CommandError(str(error)) from error


def _act(contract: Contract, options: dict[str, Any]) -> str:
    """Do what was asked; returns what became of it."""
    action, starts_on = options["action"], options["starts_on"]
    if action == "open":
        ends_on = options["until"] or span_end(contract, starts_on)
        period = periods.open_period(contract=contract, starts_on=starts_on, ends_on=ends_on)
        return f"{period} is open until before {ends_on}."
    period = find_period(contract, starts_on)
    if action in BY_NOBODY:
        return BY_NOBODY[action](period, options)
    user, now = find_person(options["by"]), timezone.now()
    if action == "publish":
        return _publish(period, user, now)
    if action == "restate":
        return _restate(period, options, user, now)
    seen = {"seen_run": options["run"]} if action == "review" else {}
    BY_SOMEBODY[action](period=period, user=user, as_of=now, **seen)
    period.refresh_from_db()
    return f"{period} is {period.status}."


def _publish(period: Period, user: User, as_of: datetime) -> str:
    told, money = consequence_of(period), period.contract.money
    publishing.publish_period(period=period, user=user, as_of=as_of)
    together = f"{money.format_atoms(told.payable_atoms)} {money.code} together"
    lines = [
        f"{told.statements:,} statements of {period}, {together}, are published.",
        f"{told.people_words} told by e-mail; period notices says how far that is.",
        *(f"Nobody signs in for {party}; send the statement by other means."
          for party in told.untold),
    ]  # fmt: skip
    return "\n".join(lines)


def _reopen(period: Period, _options: dict[str, Any]) -> str:
    return f"{periods.reopen_period(period=period)} is open again."


def _notices(period: Period, options: dict[str, Any]) -> str:
    again = options["again"]
    queued = publishing.send_again(period=period) if again else []
    lines = [f"{len(queued):,} are sent again."] if again else []
    for notice in notices_of(period):
        when = f" {notice.sent_at:%Y-%m-%d %H:%M}" if notice.sent_at else ""
        lines.append(f"{notice.address}  {notice.status}{when}  {notice.error}".rstrip())
    return "\n".join(lines) or f"Nobody was told of {period} by e-mail."


def _checklist(period: Period, _options: dict[str, Any]) -> str:
    lines = [f"{period}: {standing_words(period)}"]
    for item in checklist(period, timezone.localdate()):
        where = f" ({item.where})" if item.where and item.state != State.DONE else ""
        lines.append(f"{item.before:8} {item.state:8} {item.title:19} {item.sentence}{where}")
    return "\n".join(lines)


def _preview(period: Period, options: dict[str, Any]) -> str:
    found, csv = preview_of(period), options["csv"]
    if csv is not None:
        csv.write_bytes(preview_csv(found))
    run, lines = current_run(period).pk, list(_changes(found, options["limit"]))
    if period.status == Period.Status.COMPUTED:
        lines.append(f"This is run {run}; review it with --run {run}.")
    return "\n".join([*lines, *([f"{csv} has all of them."] if csv else [])])


def _changes(found: Preview, limit: int) -> Iterator[str]:
    money = found.money
    yield f"{'last period':>14} {'this one':>14} {'difference':>14}  {found.title}"
    for change in found.changes[:limit]:
        amounts = (change.before.earned_atoms, change.now.earned_atoms, change.difference_atoms)
        columns = " ".join(f"{money.format_atoms(atoms, 4):>14}" for atoms in amounts)
        why = found.why(change)
        yield f"{columns}  {change.party_name}{why and f': {why}'}"
    more = len(found.changes) - limit
    if more > 0:
        yield f"{'':44}  and {more:,} more"
    totals = (found.before_atoms, found.now_atoms, found.now_atoms - found.before_atoms)
    columns = " ".join(f"{money.format_atoms(atoms, 4):>14}" for atoms in totals)
    yield f"{columns}  all parties, in {money.code}"


def _restate(period: Period, options: dict[str, Any], user: User, as_of: datetime) -> str:
    if options["into"] is None or options["kind"] is None:
        raise CommandError(
            "Name the open period that takes the differences with --into, and what changed with "
            f"--kind ({', '.join(RestatementKind.values)})."
        )
    into = find_period(period.contract, options["into"])
    done = restatements.restate_period(
        period=period,
        into=into,
        kind=RestatementKind(options["kind"]),
        reason=options["reason"],
        user=user,
        as_of=as_of,
    )
    if done.journal is None:
        return f"{period} has other lines now; no account changes by that."
    return f"The differences of {period} are posted into {into} as journal {done.journal.pk}."


BY_NOBODY: dict[str, Callable[[Period, dict[str, Any]], str]] = {
    "reopen": _reopen,
    "notices": _notices,
    "checklist": _checklist,
    "preview": _preview,
}
