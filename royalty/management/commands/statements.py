"""`manage.py statements ACTION CONTRACT STARTS_ON ...`: a period's statements and their documents.

statements list     CONTRACT 2026-10-01
statements render   CONTRACT 2026-10-01 [--party REF]
statements reissue  CONTRACT 2026-10-01 --party REF --reason 'the name was misspelt' --by ann@...

`render` writes the documents again, and mends files that are missing or torn. `reissue` issues a
later version with the same amounts, a draft until the period is published again.
"""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from royalty.management.named import find_contract, find_period, find_person
from royalty.models import Statement
from royalty.services import statements
from royalty.services.runs import PeriodError
from royalty.services.statements import RenderingError


class Command(BaseCommand):
    help = "List a period's statements, write their documents again, or issue a later version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["list", "render", "reissue"])
        parser.add_argument("contract", help="the contract's code")
        parser.add_argument("starts_on", type=date.fromisoformat, help="the period's first day")
        parser.add_argument("--party", help="only this party's, by its ref")
        parser.add_argument("--reason", default="", help="reissue: why, for the payee")
        parser.add_argument("--by", help="reissue: e-mail address of the person who does it")

    def handle(self, *_args: Any, **options: Any) -> None:
        chosen = _chosen(options)
        try:
            if options["action"] == "list":
                for statement in chosen:
                    self.stdout.write(_line(statement))
            elif options["action"] == "render":
                for statement in chosen:
                    statements.render_statement(statement=statement, as_of=timezone.now())
                    self.stdout.write(f"{statement} has its documents.")
            else:
                self.stdout.write(_reissue(chosen, options))
        except (PeriodError, RenderingError) as error:
            raise CommandError(str(error)) from error


def _chosen(options: dict[str, Any]) -> QuerySet[Statement]:
    """The statements that are meant, by party and version."""
    period = find_period(find_contract(options["contract"]), options["starts_on"])
    found = Statement.objects.filter(period=period).select_related(
        "party", "period__contract__platform", "run__period__contract__platform", "publication"
    )
    if options["party"]:
        found = found.filter(party__ref=options["party"])
    if not found.exists():
        raise CommandError(f"{period} has no such statement.")
    return found.order_by("party__ref", "version")


def _line(statement: Statement) -> str:
    state = "published" if statement.publication_id else "draft"
    files = ", ".join(sorted(statement.files.values_list("kind", flat=True)))
    why = f"; {statement.reason}" if statement.reason else ""
    return f"{statement}: {state}; {files or 'no documents yet'}{why}"


def _reissue(chosen: QuerySet[Statement], options: dict[str, Any]) -> str:
    if not options["party"]:
        raise CommandError("Say whose statement with --party.")
    user = find_person(options["by"])
    again = statements.reissue(
        statement=chosen.latest("version"), reason=options["reason"], user=user
    )
    return f"{again} is issued, as a draft; publish the period when its documents are there."
