"""`manage.py reverse JOURNAL --reason "..." --by EMAIL`: undo a journal that was posted by hand.

JOURNAL is its id or its idempotency key, as `export_ledger` and the admin show them. In a closed
period the mirror image goes into the next open one and points back.
"""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from royalty.management.named import find_person
from royalty.models import Journal
from royalty.services.by_hand import ByHandError
from royalty.services.ledger import LedgerError
from royalty.services.reversals import reverse_journal


class Command(BaseCommand):
    help = "Undo a journal that was posted by hand, with a reason."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("journal", help="its id or its idempotency key")
        parser.add_argument("--reason", required=True, help="why; it stays in the books")
        parser.add_argument("--by", help="e-mail address of the person who does it")

    def handle(self, *_args: Any, **options: Any) -> None:
        journal = _find_journal(options["journal"])
        user = find_person(options["by"])
        try:
            undo = reverse_journal(
                journal=journal, reason=options["reason"], user=user, as_of=timezone.localdate()
            )
        except (ByHandError, LedgerError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{journal} is reversed on {undo.posted_on} in {undo.period} by {undo}.")


def _find_journal(name: str) -> Journal:
    journals = Journal.objects.select_related("period__contract")
    found = journals.filter(idempotency_key=name).first()
    if found is None:
        try:
            found = journals.filter(pk=UUID(name)).first()
        except ValueError:
            found = None
    if found is None:
        raise CommandError(f"There is no journal with the id or key {name!r}.")
    return found
