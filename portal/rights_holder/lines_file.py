"""The lines of a statement that a filter found, as CSV. The whole statement is a document."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping

from django.http import HttpResponse

from portal.tables import Amount, Value, cell
from royalty.documents.amounts import exact_share
from royalty.documents.records import PPB_DECIMALS, PPM_DECIMALS
from royalty.documents.statement import StatementLine
from royalty.models import Statement
from royalty.selectors.statement_lines import LineList, NumberedLine

LINES_A_CHUNK = 25_000  # described at once: some costs are of their tracks and pieces, not of lines


def _ppb(share: int | None) -> str:
    return "" if share is None else exact_share(share, PPB_DECIMALS)


OWN: Mapping[str, Callable[[StatementLine], Value]] = {
    "source": lambda line: line.source.value,
    "title": lambda line: line.title,
    "artist": lambda line: line.artist,
    "isrc": lambda line: line.isrc,
    "right_type": lambda line: line.right_type,
    "generation_id": lambda line: line.generation_id,
    "uses": lambda line: line.n_uses,
    "share": lambda line: _ppb(line.share_ppb),
    "share_low": lambda line: _ppb(line.share_low_ppb),
    "share_high": lambda line: _ppb(line.share_high_ppb),
    "ownership": lambda line: exact_share(line.ownership_ppm, PPM_DECIMALS),
}


def lines_file(statement: Statement, lines: LineList) -> HttpResponse:
    """The lines in their order, each with the number by which its page names it.

    Amounts are exact, shares are fractions of one. Text that a spreadsheet could run is defused.
    """
    name = f"lines-{statement.pk}.csv"
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["line", *OWN, "amount", "currency"])
    writer.writerows(_rows(lines, statement.currency))
    return HttpResponse(
        text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _rows(lines: LineList, code: str) -> Iterator[list[str]]:
    for at in range(0, len(lines), LINES_A_CHUNK):
        for each in lines[at : at + LINES_A_CHUNK]:
            yield _row(each, code)


def _row(numbered: NumberedLine, code: str) -> list[str]:
    line = numbered.line
    own = [cell(value(line)) for value in OWN.values()]
    return [str(numbered.row), *own, cell(Amount(line.atoms, code)), code]
