"""`manage.py period ACTION CONTRACT STARTS_ON ...`: a period's life, step by step, by named people.

period open     CONTRACT 2026-10-01 --until 2026-11-01
period compute  CONTRACT 2026-10-01 --by accountant@example.org
period review   CONTRACT 2026-10-01 --by somebody-else@example.org
period close    CONTRACT 2026-10-01 --by accountant@example.org
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
from royalty.services import periods, restatements
from royalty.services.ledger import LedgerError

BY_SOMEBODY = {
    "compute": periods.compute_period,
    "review": periods.review_period,
    "close": periods.close_period,
}


class Command(BaseCommand):
    help = "Open, compute, review, close, reopen or restate a period of a contract."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["open", *BY_SOMEBODY, "reopen", "restate"])
        parser.add_argument("contract", help="the contract's code")
        parser.add_argument("starts_on", type=date.fromisoformat, help="the period's first day")
        parser.add_argument("--until", type=date.fromisoformat, help="open: the first day after")
        parser.add_argument("--into", type=date.fromisoformat, help="restate: the open period")
        parser.add_argument("--kind", choices=RestatementKind.values, help="restate: what changed")
        parser.add_argument("--reason", default="", help="restate: why, in a sentence for payees")
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
    user, now = find_person(options["by"]), timezone.now()
    if action == "restate":
        return _restate(period, options, user, now)
    BY_SOMEBODY[action](period=period, user=user, as_of=now)
    period.refresh_from_db()
    return f"{period} is {period.status}."


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
