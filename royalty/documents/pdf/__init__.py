"""The statement as PDF: one or two calm A4 pages for the person who wrote the song.

Typst lays out; the data reaches the template as JSON and is never pasted into its source. The
bytes depend on the document alone: bundled fonts only, no clock, no network, no system fonts.
"""

import json
from importlib.resources import files
from typing import Literal

import typst

from royalty.documents.pdf.view import statement_view
from royalty.documents.statement import StatementDocument

_TEMPLATE = files(__package__) / "statement.typ"
_MISSING_GLYPH = "could not be displayed"


def statement_pdf(document: StatementDocument) -> bytes:
    """A tagged PDF/UA-1; the same document gives the same bytes.

    A title in a script that the bundled fonts lack (Chinese, say) cannot meet PDF/UA, which wants
    every character visible: such a statement is tagged all the same, keeps the text for search
    and copy, drops the claim and says so in a note.
    """
    try:
        return _compile(document, "ua-1", every_character_shows=True)
    except typst.TypstError as error:
        if _MISSING_GLYPH not in str(error):
            raise
    return _compile(document, None, every_character_shows=False)


def _compile(
    document: StatementDocument, standard: Literal["ua-1"] | None, *, every_character_shows: bool
) -> bytes:
    view = statement_view(document) | {"every_character_shows": every_character_shows}
    pdf: bytes = typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"statement": json.dumps(view)},
        ignore_system_fonts=True,
        pdf_standards=standard,
    )
    return pdf
