"""What every format is read into: numbered rows of text under the manifest's own column names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from catalog.manifest.faults import RowError, RowWarning

LARGEST_BYTES = 512 << 20
MOST_ROWS = 1_000_000
LONGEST_CELL = 131_072  # characters, as in Python's own csv
MOST_WARNINGS = 1_000  # kept of one file, so that a million flags take no memory


class CellFault(ValueError):
    """A row that cannot be put into cells; the message says what was found and what to do."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class SourceRow:
    """One row as it was delivered: `cells` holds stripped text under the manifest's columns.

    `number` counts as a spreadsheet does, in which the header is 1, and rises from row to row;
    `place` says in the format's own words where the row stands.
    """

    number: int
    place: str
    cells: dict[str, str]


@dataclass
class Source:
    """A delivery that was opened; iterating reads it from beginning to end, once.

    Nothing is raised for what a file holds: whatever cannot be read comes as a `RowError` in its
    place. `warnings` grows while the rows are read.

    Use it as a context manager, or read it to its end: it holds a file or a child process open.
    """

    format: str
    columns: tuple[str, ...]  # as the file names them
    rows: Iterator[SourceRow | RowError]
    files_beside: bool  # whether rows may name files that lie beside the delivery
    warnings: list[RowWarning] = field(default_factory=list)
    let_go: Callable[[], object] = lambda: None  # of what was opened, where nobody reads the rows

    def __iter__(self) -> Iterator[SourceRow | RowError]:
        return self.rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        close = getattr(self.rows, "close", None)  # a generator's: lets go of what it holds
        if close is not None:
            close()
        self.let_go()

    def warn(self, warning: RowWarning) -> None:
        """Keep a warning, unless there are very many already."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(warning)


def refused(format_name: str, *errors: RowError, columns: tuple[str, ...] = ()) -> Source:
    """The source of a file that cannot be read at all, which says just why."""
    return Source(format_name, columns, (error for error in errors), files_beside=False)


def checked_cells(cells: dict[str, str]) -> dict[str, str]:
    """The cells, none of them longer than a cell may be.

    Raises:
        CellFault: one is longer.
    """
    if max(map(len, cells.values()), default=0) <= LONGEST_CELL:  # as in nearly all rows
        return cells
    for column, cell in cells.items():
        if len(cell) > LONGEST_CELL:
            message = f"The cell has {len(cell):,} characters; at most {LONGEST_CELL:,} fit."
            raise CellFault(column, message)
    return cells
