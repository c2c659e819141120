"""`manage.py statement_proofs CONTRACT STARTS_ON FOLDER [--party REF]`: proofs, for somebody else.

Writes the proof of every statement of a period, or of one party's, with the program that verifies
it and the list of the contract's roots.
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from royalty.management.named import find_contract, find_period
from royalty.models import Statement
from royalty.proof import roots_json
from royalty.selectors.documents import (
    DocumentAlteredError,
    DocumentPendingError,
    document_of,
    verifier,
)
from royalty.selectors.proofs import issued_statements, roots


class Command(BaseCommand):
    help = "Write the proofs of a period's statements, with their verifier, into a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contract", help="the contract's code")
        parser.add_argument("starts_on", type=date.fromisoformat, help="the period's first day")
        parser.add_argument("folder", type=Path, help="where to; it is made if it is not there")
        parser.add_argument("--party", help="only this party's, by its ref")

    def handle(self, *_args: Any, **options: Any) -> None:
        contract = find_contract(options["contract"])
        period = find_period(contract, options["starts_on"])
        statements = issued_statements(period)
        if options["party"]:
            statements = statements.filter(party__ref=options["party"])
        try:
            files = [_file(statement) for statement in statements]
        except (DocumentPendingError, DocumentAlteredError) as error:
            raise CommandError(str(error)) from error
        if not files:
            raise CommandError(f"{period} has no such statement.")
        program = verifier()
        more = [("roots.json", roots_json(roots(contract)).encode())]
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in (*files, *more, (program.name, program.content)):
            (folder / name).write_bytes(content)
        self.stdout.write(
            f"{len(files)} proofs in {folder}; verify one with\n"
            f"  cd {folder} && python {program.name} {files[0][0]} roots.json"
        )


def _file(statement: Statement) -> tuple[str, bytes]:
    found = document_of(statement, "proof")
    return found.name, found.content
