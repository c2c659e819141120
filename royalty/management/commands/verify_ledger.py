"""`manage.py verify_ledger`: recompute the books and name everything that is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from royalty.selectors.verification import verify_ledger


class Command(BaseCommand):
    help = "Recompute every journal and every closed period; fails if anything is wrong."

    def handle(self, *_args: Any, **_options: Any) -> None:
        findings = verify_ledger()
        for finding in findings:
            self.stderr.write(finding)
        if findings:
            raise CommandError(f"The books are wrong in {len(findings)} places.")
        self.stdout.write("The books are right.")
