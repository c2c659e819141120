"""How a line came to its amount: the splits from the pool to the payee, with their rounding."""

from dataclasses import dataclass

from royalty.apportionment import Explanation, explain_line
from royalty.documents import StatementLine
from royalty.models import Statement
from royalty.selectors.runs import Books, kept_books_of
from royalty.selectors.statement_lines import line_at


@dataclass(frozen=True)
class ExplainedLine:
    """A line with the steps that lead to its amount."""

    line: StatementLine
    explanation: Explanation


def explained_line(statement: Statement, row: int) -> ExplainedLine:
    """The line of that name, explained.

    Raises:
        NoLineError: the statement has no such line.
        SnapshotError: the run's snapshot is missing or altered.
    """
    line, books = line_at(statement, row), kept_books_of(statement.run)
    return ExplainedLine(line, explanation_of(books, row))


def explanation_of(books: Books, row: int) -> Explanation:
    """How the line in a row of a run's allocation came to its amount."""
    run, contract = books.run, books.run.period.contract
    return explain_line(
        books.snapshot,
        contract.allocation_model,
        run.pool_atoms,
        contract.rules,
        books.allocation.place(row),
    )
