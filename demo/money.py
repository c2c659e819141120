"""The table of the month's money: what each party is owed under each contract, and why."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from django.core.files.storage import default_storage
from rich.table import Table

from demo.accounting import Books
from demo.payees import EURO
from demo.show import plain_table
from royalty.apportionment import LineKind
from royalty.documents import LineSource, StatementLine, format_amount
from royalty.models import AllocationRun, DocumentKind, Statement
from royalty.selectors import lines
from royalty.selectors.documents import file_of
from royalty.selectors.runs import books_of

SHOWN_PARTIES = 12
SHOWN_REASONS = 6
HELD = (LineKind.HELD_UNATTRIBUTED, LineKind.HELD_UNCLAIMED, LineKind.HELD_NO_USE)


def table_of_money(books: Books) -> Table:
    """Parties by what they are owed, and where the rest of the money is; each column adds up."""
    contracts = [period.contract for period in books.periods]
    table = plain_table(
        f"What each party is owed for {books.periods[0].label}, in {contracts[0].currency}"
    )
    table.add_column("", no_wrap=True, overflow="ellipsis")
    for contract in contracts:
        rule = contract.allocation_model.replace("_", "-")
        table.add_column(f"{contract.name}\n{rule}", justify="right")
    table.add_column("together", justify="right")
    table.add_column("attri-\nbuted", justify="right")
    parties = list(books.by_party.items())
    for _, statements in parties[:SHOWN_PARTIES]:
        name = next(iter(statements.values())).party.name
        table.add_row(name, *_amounts(books, [statements]))
    rest = [statements for _, statements in parties[SHOWN_PARTIES:]]
    table.add_row(f"{len(rest)} more parties", *_amounts(books, rest), end_section=True)
    for label, kinds in (
        ("held: shaped by nobody known", HELD),
        ("back to the platform", (LineKind.TO_PLATFORM,)),
    ):
        columns = [sum(_of_kind(run, kind) for kind in kinds) for run in books.runs]
        if any(columns):
            table.add_row(label, *_row(columns))
    table.add_row("platform's commission", *_row([run.commission_atoms for run in books.runs]))
    table.add_row("gross revenue", *_row([run.gross_atoms for run in books.runs]), style="bold")
    return table


def table_of_reasons(books: Books) -> Table:
    """For those who are owed most because of what the model learnt: the largest single reason."""
    table = plain_table("Why: the largest attributed part of some of them")
    table.show_header = False
    table.add_column("", no_wrap=True)
    table.add_column("")
    derived = {run.period_id: books_of(run) for run in books.runs}
    by_attributed = sorted(
        books.by_party.values(), key=lambda statements: -_attributed(statements.values())
    )
    for statements in by_attributed[:SHOWN_REASONS]:
        found = [
            line
            for period, statement in statements.items()
            for line in lines.party_lines(derived[period], statement.party.ref)
            if line.source is LineSource.ATTRIBUTED
        ]
        if found:
            name = next(iter(statements.values())).party.name
            table.add_row(name, _words(max(found, key=lambda line: line.atoms)))
    return table


def example_files(books: Books) -> tuple[Path, Path]:
    """The folder of all statements, and the PDF of the party that is owed most."""
    statement = next(iter(next(iter(books.by_party.values())).values()))
    pdf = Path(default_storage.path(file_of(statement, DocumentKind.PDF).name))
    return pdf.parents[2], pdf


def _of_kind(run: AllocationRun, kind: LineKind) -> int:
    return int(run.totals_atoms.get(kind.name.lower(), 0))


def _amounts(books: Books, parties: Sequence[dict[int, Statement]]) -> list[str]:
    """What parties earned in each period, together, and which part of it was attributed."""
    columns = [
        sum(party[period.pk].earned_atoms for party in parties if period.pk in party)
        for period in books.periods
    ]
    attributed = sum(_attributed(party.values()) for party in parties)
    return [*_row(columns), format_amount(attributed, EURO)]


def _attributed(statements: Iterable[Statement]) -> int:
    return sum(statement.attributed_atoms for statement in statements)


def _row(atoms: list[int]) -> list[str]:
    """A column for each period, and their sum."""
    return [format_amount(value, EURO) for value in [*atoms, sum(atoms)]]


def _words(line: StatementLine) -> str:
    share, low, high = (
        (value or 0) / 1e7 for value in (line.share_ppb, line.share_low_ppb, line.share_high_ppb)
    )
    return (
        f"“{line.title}”: estimated share {share:.0f} % ({low:.0f} to {high:.0f}) of "
        f"{line.generation_id}, used {line.n_uses} times"
    )
