"""`manage.py period ACTION CONTRACT STARTS_ON ...`: a period's life, step by step, by named people.

period open     CONTRACT 2026-10-01 --until 2026-11-01
period compute  CONTRACT 2026-10-01 --by accountant@example.org
period review   CONTRACT 2026-10-01 --by somebody-else@example.org
period close    CONTRACT 2026-10-01 --by accountant@example.org
period publish  CONTRACT 2026-10-01 --by accountant@example.org
period notices  CONTRACT 2026-10-01 [--again]
period reopen   CONTRACT 2026-10-01
period restate  CONTRACT 2026-10-01 --into 2026-11-01 --by accountant@example.org
                --kind ownership --reason 'T3 was sold on 1 October'
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from royalty.management.named import find_contract, find_period, find_person
from royalty.models import Contract, Period, RestatementKind
from royalty.selectors.publishing import consequence_of, notices_of
from royalty.services import periods, publishing, restatements
from royalty.services.ledger import LedgerError

BY_SOMEBODY = {
    "compute": periods.compute_period,
    "review": periods.review_period,
    "close": periods.close_period,
}
ACTIONS = ["open", *BY_SOMEBODY, "publish", "notices", "reopen", "restate"]


class Command(BaseCommand):
    help = "Open, compute, review, close, publish, reopen or restate a period of a contract."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=ACTIONS)
        parser.add_argument("contract", help="the contract's code")
        parser.add_argument("starts_on", type=date.fromisoformat, help="the period's first day")
        parser.add_argument("--until", type=date.fromisoformat, help="open: the first day after")
        parser.add_argument("--into", type=date.fromisoformat, help="restate: the open period")
        parser.add_argument("--kind", choices=RestatementKind.values, help="restate: what changed")
        parser.add_argument("--reason", default="", help="restate: why, in a sentence for payees")
        parser.add_argument("--again", action="store_true", help="notices: send failed ones again")
        parser.add_argument("--by", help="e-mail address of the person who does it")

    def handle(self, *_args: Any, **options: Any) -> None:
        contract = find_contract(options["contract"])
        try:
            self.stdout.write(_act(contract, options))
        except (periods.PeriodError, LedgerError) as error:
            raise CommandError(str(error)) from error


def _act(contract: Contract, options: dict[str, Any]) -> str:
    """Do what was asked; returns what became of it."""
    action, starts_on = options["action"], options["starts_on"]
    if action == "open":
        ends_on = options["until"] or _next_month(starts_on)
        period = periods.open_period(contract=contract, starts_on=starts_on, ends_on=ends_on)
        return f"{period} is open until before {ends_on}."
    period = find_period(contract, starts_on)
    if action == "reopen":
        return f"{periods.reopen_period(period=period)} is open again."
    if action == "notices":
        return _notices(period, again=options["again"])
    user, now = find_person(options["by"]), timezone.now()
    if action == "publish":
        return _publish(period, user, now)
    if action == "restate":
        return _restate(period, options, user, now)
    BY_SOMEBODY[action](period=period, user=user, as_of=now)
    period.refresh_from_db()
    return f"{period} is {period.status}."


def _publish(period: Period, user: User, as_of: datetime) -> str:
    told, money = consequence_of(period), period.contract.money
    publishing.publish_period(period=period, user=user, as_of=as_of)
    together = f"{money.format_atoms(told.payable_atoms)} {money.code} together"
    lines = [
        f"{told.statements:,} statements of {period}, {together}, are published.",
        f"{told.people:,} people are told by e-mail; period notices says how far that is.",
        *(f"Nobody signs in for {party}; send the statement by other means."
          for party in told.untold),
    ]  # fmt: skip
    return "\n".join(lines)


def _notices(period: Period, *, again: bool) -> str:
    queued = publishing.send_again(period=period) if again else []
    lines = [f"{len(queued):,} are sent again."] if again else []
    for notice in notices_of(period):
        when = f" {notice.sent_at:%Y-%m-%d %H:%M}" if notice.sent_at else ""
        lines.append(f"{notice.address}  {notice.status}{when}  {notice.error}".rstrip())
    return "\n".join(lines) or f"Nobody was told of {period} by e-mail."


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


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
