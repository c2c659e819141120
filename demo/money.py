"""The table of the month's money: what each party is owed under each contract, and why."""

from pathlib import Path

from django.core.files.storage import default_storage
from rich.table import Table

from demo.accounting import Books
from royalty.apportionment import LineKind
from royalty.documents import LineSource, Scale, StatementLine, format_amount
from royalty.models import AllocationRun, Statement
from royalty.selectors import lines
from royalty.selectors.runs import books_of

SHOWN_PARTIES = 14
EURO = Scale("EUR", 2, 1_000_000)
HELD = (LineKind.HELD_UNATTRIBUTED, LineKind.HELD_UNCLAIMED, LineKind.HELD_NO_USE)


def table_of_money(books: Books) -> Table:
    """Parties by what they are owed, and where the rest of the money is; each column adds up."""
    contracts = [period.contract for period in books.periods]
    table = Table(
        title=f"What each party is owed for {books.periods[0].label}, in {contracts[0].currency}",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("party")
    for contract in contracts:
        rule = contract.allocation_model.replace("_", "-")
        table.add_column(f"{contract.name}\n{rule}", justify="right")
    table.add_column("together", justify="right")
    table.add_column("of it\nattributed", justify="right")
    table.add_column("the largest attributed part")
    reasons = _Reasons(books)
    parties = list(books.by_party.items())
    for party, statements in parties[:SHOWN_PARTIES]:
        name = next(iter(statements.values())).party.name
        attributed = sum(statement.attributed_atoms for statement in statements.values())
        row = [*_amounts(books, statements), format_amount(attributed, EURO)]
        table.add_row(name, *row, reasons.of(party))
    rest = parties[SHOWN_PARTIES:]
    columns = [
        sum(statements[period.pk].earned_atoms for _, statements in rest if period.pk in statements)
        for period in books.periods
    ]
    attributed = sum(
        statement.attributed_atoms for _, statements in rest for statement in statements.values()
    )
    more = [*_row(columns), format_amount(attributed, EURO)]
    table.add_row(f"{len(rest)} more parties", *more, "", end_section=True)
    for label, kinds in (
        ("held: nobody known to have shaped it", HELD),
        ("back to the platform", (LineKind.TO_PLATFORM,)),
    ):
        columns = [sum(_of_kind(run, kind) for kind in kinds) for run in books.runs]
        if any(columns):
            table.add_row(label, *_row(columns), "", "")
    table.add_row(
        "platform's commission", *_row([run.commission_atoms for run in books.runs]), "", ""
    )
    table.add_row("gross revenue", *_row([run.gross_atoms for run in books.runs]), "", style="bold")
    return table


def example_files(books: Books) -> tuple[Path, Path]:
    """The folder of all statements, and the PDF of the party that is owed most."""
    statement = next(iter(next(iter(books.by_party.values())).values()))
    pdf = Path(default_storage.path(statement.pdf_name))
    return pdf.parents[2], pdf


def _of_kind(run: AllocationRun, kind: LineKind) -> int:
    return int(run.totals_atoms.get(kind.name.lower(), 0))


def _amounts(books: Books, statements: dict[int, Statement]) -> list[str]:
    return _row(
        [
            statements[period.pk].earned_atoms if period.pk in statements else 0
            for period in books.periods
        ]
    )


def _row(atoms: list[int]) -> list[str]:
    """A column for each period, and their sum."""
    return [format_amount(value, EURO) for value in [*atoms, sum(atoms)]]


class _Reasons:
    """Each party's largest attributed line of the month, in words."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._derived = {run.period_id: books_of(run) for run in books.runs}

    def of(self, party: int) -> str:
        found = [
            line
            for period, statement in self._books.by_party[party].items()
            for line in lines.party_lines(self._derived[period], statement.party.ref)
            if line.source is LineSource.ATTRIBUTED
        ]
        if not found:
            return "[dim]none: an equal part of the fallback[/]"
        return _words(max(found, key=lambda line: line.atoms))


def _words(line: StatementLine) -> str:
    share, low, high = (
        (value or 0) / 1e7 for value in (line.share_ppb, line.share_low_ppb, line.share_high_ppb)
    )
    return (
        f"“{line.title}”: {share:.0f} % ({low:.0f}-{high:.0f}) of {line.generation_id}, "
        f"{line.n_uses} uses"
    )
