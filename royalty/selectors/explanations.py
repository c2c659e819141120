"""How a line came to its amount: the splits from the pool to the payee, with their rounding."""

from dataclasses import dataclass

from royalty.apportionment import Explanation, explain_line
from royalty.documents import StatementLine
from royalty.models import Statement
from royalty.selectors.runs import kept_books_of
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
    contract, lines = statement.run.period.contract, books.allocation
    place = (int(lines.generation[row]), int(lines.track[row]), int(lines.party[row]))
    explanation = explain_line(
        books.snapshot, contract.allocation_model, statement.run.pool_atoms, contract.rules, place
    )
    return ExplainedLine(line, explanation)
