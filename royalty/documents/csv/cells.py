"""How cells of text are written so that a spreadsheet takes them for text."""

from common.spreadsheets import defused

__all__ = ["defused"]
