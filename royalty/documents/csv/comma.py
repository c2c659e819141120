"""An issued CSV as spreadsheets in countries with a decimal comma read it.

Semicolons between the cells, and a comma in the figures of columns that hold amounts or shares;
every other cell as it was issued. What was issued stays the document: this is a view of it.
"""

import csv
import io

from royalty.documents.records import HEAD, OWN, TAIL, Unit

_FIGURES = {
    column.name
    for column in (*HEAD, *OWN, *TAIL)
    if column.unit in (Unit.ATOMS, Unit.PPB, Unit.PPM)
}


def with_decimal_comma(content: bytes) -> bytes:
    """The statement's CSV written anew."""
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n", delimiter=";")
    head = next(rows)
    is_figure = [name in _FIGURES for name in head]
    writer.writerow(head)
    for row in rows:
        cells = zip(row, is_figure, strict=True)
        writer.writerow([cell.replace(".", ",") if figure else cell for cell, figure in cells])
    return text.getvalue().encode()
