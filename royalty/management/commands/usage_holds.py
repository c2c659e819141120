"""`manage.py usage_holds ACTION ...`: uses that a rule found, and whether they count.

usage_holds list       [--contract CODE] [--all]
usage_holds count      NUMBER --reason "a school that plays in class" --by one@example.org
usage_holds leave_out  NUMBER --reason "accounts of a farm" --by one@example.org
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from royalty.management.named import find_contract, find_person
from royalty.models import HoldDecision, UsageHold
from royalty.selectors.usage_holds import usage_holds
from royalty.services.by_hand import ByHandError
from royalty.services.usage_holds import decide_hold, next_step


class Command(BaseCommand):
    help = "List uses that are held until a person decides, and decide."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="what is held, why, by which figures")
        listing.add_argument("--contract", help="only of the contract with this code")
        listing.add_argument(
            "--all", action="store_true", help="also what somebody has decided about"
        )
        for decision in HoldDecision.Decision:
            deciding = actions.add_parser(decision.value, help=f"decide: {decision.label}")
            deciding.add_argument("number", type=int, help="the number of the hold")
            deciding.add_argument("--reason", required=True, help="why; it stays in the books")
            deciding.add_argument("--by", help="e-mail address of the person who decides")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["action"] == "list":
            self._list(options["contract"], options["all"])
        else:
            self._decide(options)

    def _list(self, code: str | None, with_decided: bool) -> None:
        holds = usage_holds().select_related("period__contract")
        if code:
            holds = holds.filter(period__contract=find_contract(code))
        if not with_decided:
            holds = holds.filter(decision=None)
        for hold in holds:
            stands = (
                f"; {hold.decision} by {hold.decided_by}: {hold.reason}" if hold.decision else ""
            )
            self.stdout.write(
                f"{hold.pk:>6}  {hold.period}  {hold.uses:,} uses, {hold.get_rule_display()}"
                f"{stands}\n        {hold.sentence}"
            )
        if not holds:
            self.stdout.write("No uses are held.")

    def _decide(self, options: dict[str, Any]) -> None:
        hold = UsageHold.objects.filter(pk=options["number"]).first()
        if hold is None:
            raise CommandError(f"There is no hold {options['number']}; see usage_holds list.")
        try:
            decided = decide_hold(
                hold=hold,
                decision=HoldDecision.Decision(options["action"]),
                reason=options["reason"],
                user=find_person(options["by"]),
                as_of=timezone.now(),
            )
        except ByHandError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{decided}. {next_step(decided.hold)}")
