"""Makes foreign text fit to print: no control characters, no endless titles or words.

Titles come from other people's files. What is changed here is only what is printed; the CSV keeps
the original.
"""

import re
import unicodedata

_LONG_WORD = re.compile(r"\S{29,}")
_BREAK = "\N{ZERO WIDTH SPACE}"
_CHUNK = re.compile(r"\S{28}(?=\S)")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def one_line(text: str, limit: int = 120) -> str:
    """The text on one line, at most `limit` characters.

    Control, direction-changing and unassigned characters become spaces: they could hide or
    reverse what a statement says.
    """
    visible = "".join(" " if unicodedata.category(c) in _INVISIBLE else c for c in text)
    line = " ".join(visible.split(" ")).strip()
    line = re.sub(" {2,}", " ", line)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def printable(text: str, limit: int = 120) -> str:
    """`one_line`, with breaks allowed in endless words."""
    return _LONG_WORD.sub(
        lambda word: _CHUNK.sub(rf"\g<0>{_BREAK}", word.group()), one_line(text, limit)
    )
