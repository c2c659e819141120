"""Reading a delivery in tests: its rows and its faults, apart."""

from dataclasses import dataclass
from pathlib import Path

from catalog.formats import SourceRow, open_delivery
from catalog.manifest import RowError


@dataclass
class Read:
    """What came out of a delivery."""

    format: str
    columns: tuple[str, ...]
    rows: list[SourceRow]
    errors: list[RowError]
    warnings: list[str]

    @property
    def only_error(self) -> str:
        (error,) = self.errors
        return str(error)


def read(path: Path, content: bytes | str | None = None, **column_of: str) -> Read:
    """Write `content` there, if any is given, and read all of it."""
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    with open_delivery(path, column_of=column_of) as source:
        found = list(source)
    return Read(
        source.format,
        source.columns,
        [each for each in found if isinstance(each, SourceRow)],
        [each for each in found if isinstance(each, RowError)],
        [warning.message for warning in source.warnings],
    )
