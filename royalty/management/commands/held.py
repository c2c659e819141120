"""`manage.py held ACTION ...`: money that nobody could be found for, and letting it go.

held list     [--contract CODE]
held request  CONTRACT 2023-10-01 held_unclaimed --to parties --reason "..." --by one@example.org
held approve  NUMBER --by another@example.org
held decline  NUMBER --by another@example.org
"""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from royalty.management.commands.trial_balance import exact
from royalty.management.named import find_contract, find_period, find_person
from royalty.models import AccountKind, HeldRelease, ReleaseTo
from royalty.selectors.held import HELD_KINDS, held_money
from royalty.services.by_hand import ByHandError
from royalty.services.ledger import LedgerError
from royalty.services.releases import approve_release, decline_release, request_release


class Command(BaseCommand):
    help = "List held money, ask for its release, and decide what was asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="what is held, why, since when")
        listing.add_argument("--contract", help="only of the contract with this code")
        asking = actions.add_parser("request", help="ask for a release")
        asking.add_argument("contract", help="the contract's code")
        asking.add_argument("starts_on", type=date.fromisoformat, help="the period's first day")
        asking.add_argument("kind", choices=[kind.value for kind in HELD_KINDS])
        asking.add_argument("--to", choices=ReleaseTo.values, required=True)
        asking.add_argument("--reason", required=True, help="why; it stays in the books")
        asking.add_argument("--by", help="e-mail address of the person who asks")
        for name in ("approve", "decline"):
            deciding = actions.add_parser(name, help=f"{name} what somebody asked for")
            deciding.add_argument("number", type=int, help="the number of the request")
            deciding.add_argument("--by", help="e-mail address of the person who decides")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["action"] == "list":
                self._list(options["contract"])
            elif options["action"] == "request":
                self._request(options)
            else:
                self._decide(options)
        except (ByHandError, LedgerError) as error:
            raise CommandError(str(error)) from error

    def _list(self, code: str | None) -> None:
        today = timezone.localdate()
        found = held_money(contract=find_contract(code) if code else None)
        for held in found:
            amount = exact(held.atoms, held.account.currency)
            self.stdout.write(
                f"{amount:>22} {held.account.currency}  {held.period}  "
                f"{held.account.get_kind_display()}; for {held.age_days(today)} days, {held.goes}"
            )
        if not found:
            self.stdout.write("Nothing is held.")
        for asked in HeldRelease.objects.filter(decided_at=None).select_related(
            "account", "period__contract", "requested_by"
        ):
            self.stdout.write(f"{asked} to {asked.to} is asked for by {asked.requested_by.email}.")

    def _request(self, options: dict[str, Any]) -> None:
        period = find_period(find_contract(options["contract"]), options["starts_on"])
        asked = request_release(
            period=period,
            kind=AccountKind(options["kind"]),
            to=ReleaseTo(options["to"]),
            reason=options["reason"],
            user=find_person(options["by"]),
            as_of=timezone.now(),
        )
        amount = exact(asked.amount_atoms, asked.account.currency)
        self.stdout.write(f"{asked}: {amount} {asked.account.currency} to {asked.to}, asked for.")

    def _decide(self, options: dict[str, Any]) -> None:
        asked = HeldRelease.objects.filter(pk=options["number"]).first()
        if asked is None:
            raise CommandError(f"There is no request {options['number']}; see held list.")
        decide = approve_release if options["action"] == "approve" else decline_release
        done = decide(release=asked, user=find_person(options["by"]), as_of=timezone.now())
        where = f" by {done.journal} in {done.journal.period}" if done.journal else ""
        self.stdout.write(f"{done} is {done.status}{where}.")
