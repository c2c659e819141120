"""What is wrong with a manifest, said so that its author can mend it."""

import unicodedata
from dataclasses import dataclass

LONGEST_QUOTE = 60


@dataclass(frozen=True, order=True)
class RowError:
    """Why a row cannot be imported.

    `row` counts as a spreadsheet does: the header is row 1; 0 means the whole file. `field` is the
    column (several are joined by commas), empty where no single one is at fault.
    """

    row: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"row {self.row}" if self.row else "manifest"
        return (
            f"{place}, {self.field}: {self.message}" if self.field else f"{place}: {self.message}"
        )


@dataclass(frozen=True, order=True)
class RowWarning:
    """What the author of a row should look at, though it can be imported."""

    row: int
    field: str
    message: str


def quote(text: str) -> str:
    """A cell's text for use in a message: short, and without characters that cannot be seen."""
    shown = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
    visible = (
        character if character.isprintable() else f"<U+{ord(character):04X}>" for character in shown
    )
    return f"“{''.join(visible)}”"


def hidden_character(text: str) -> str | None:
    """The first control or invisible format character, named, or None.

    The two joiners are left alone: Persian and Indic names are spelt with them.
    """
    if text.isprintable():  # of almost every cell
        return None
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn"} and character not in "‌‍":
            return f"U+{ord(character):04X}"
    return None
