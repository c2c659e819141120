"""`manage.py roots`: the roots of closed periods, to be published and compared with later.

roots                                  print the list of all roots, as it is published
roots --contract CODE                  of one contract
roots --compare published-roots.json   fail if a root is no longer the one that was published
roots --complete                       give roots to periods that were closed before there were any
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from royalty.apportionment import SnapshotError
from royalty.management.named import find_contract
from royalty.proof import ChainedRoot, roots_json
from royalty.proof.verify_statement import UnreadableError, read
from royalty.selectors.proofs import differences, roots
from royalty.services.proofs import complete_roots


class Command(BaseCommand):
    help = "Print the roots of closed periods, or compare them with a published list."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--contract", help="only this contract's, by its code")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--compare", metavar="FILE", help="a published list, or a proof")
        what.add_argument("--complete", action="store_true", help="for periods closed without")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["compare"]:
            self._compare(options["compare"])
        elif options["complete"]:
            self._complete()
        else:
            contract = find_contract(options["contract"]) if options["contract"] else None
            self.stdout.write(roots_json(roots(contract)), ending="")

    def _compare(self, path: str) -> None:
        try:
            published = [ChainedRoot(**root) for root in read(path)["roots"]]
        except UnreadableError as error:
            raise CommandError(str(error)) from error
        found = differences(published)
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{len(found)} of {len(published)} roots differ from {path}.")
        self.stdout.write(f"All {len(published)} roots are those of {path}.")

    def _complete(self) -> None:
        try:
            added = complete_roots()
        except SnapshotError as error:
            raise CommandError(f"No root was stored: {error}") from error
        for root in added:
            self.stdout.write(f"{root.period} has the root {root.root_sha256}.")
        self.stdout.write(f"{len(added)} periods were closed without a root and have one now.")
