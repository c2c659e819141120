"""Keeps text from being run as a formula by the spreadsheet that opens it.

A cell that begins with = + - @ (or their full-width forms), a tab or a line break is evaluated by
Excel, LibreOffice or Sheets; an apostrophe before it makes it text. Source: OWASP, *CSV
Injection*. Numbers never pass through here, so a negative amount stays a number.
"""

_DANGEROUS = frozenset("=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}") | frozenset(
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)


def defused(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet could take it for a formula."""
    visible = text.lstrip(" \N{NO-BREAK SPACE}")
    return f"'{text}" if visible[:1] in _DANGEROUS else text
