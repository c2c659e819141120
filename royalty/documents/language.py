"""In which language and with which signs a document speaks to its reader.

Fixed words are English, with a German table; a word that is not in the table stays English.
Numbers are the same digits as everywhere, with the separators of the reader's country (Unicode
CLDR, by Babel); dates are CLDR's. Machine-readable formats never pass through here.
"""

from datetime import date
from functools import cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import get_decimal_symbol, get_group_symbol

from royalty.documents.amounts import Scale, format_amount, percent
from royalty.documents.words import GERMAN

BRITISH = "en-GB"
LANGUAGES = (
    (BRITISH, "English (United Kingdom)"),
    ("en-US", "English (United States)"),
    ("de-DE", "Deutsch (Deutschland)"),
    ("de-AT", "Deutsch (Österreich)"),
    ("de-CH", "Deutsch (Schweiz)"),
)
_WORDS = {"de": GERMAN}


class Language:
    """Words, amounts, parts and days as one reader expects them."""

    def __init__(self, tag: str) -> None:
        if tag not in dict(LANGUAGES):
            known = ", ".join(name for name, _ in LANGUAGES)
            raise ValueError(f"Documents do not speak {tag!r}, but {known}.")
        self._locale = Locale.parse(tag, sep="-")
        self.code, self.region = tag.split("-")
        self._words = _WORDS.get(self._locale.language, {})
        group, point = get_group_symbol(self._locale), get_decimal_symbol(self._locale)
        self._signs = str.maketrans({",": group, ".": point})

    def say(self, english: str, /, **values: str) -> str:
        """The words, with values put into their places."""
        return self._words.get(english, english).format(**values)

    def label(self, english: str) -> str:
        """A step of the waterfall; some are made of two parts."""
        head, colon, tail = english.partition(": ")
        if not colon or english in self._words:
            return self.say(english)
        about, of, period = head.partition(" of ")
        where = f" {self.say('of')} {period}" if of else ""
        return f"{self.say(about)}{where}: {self.say(tail)}"

    def amount(self, atoms: int, scale: Scale, decimals: int | None = None) -> str:
        """As `format_amount`, with the reader's signs."""
        return format_amount(atoms, scale, decimals).translate(self._signs)

    def percent(self, parts: int, whole: int) -> str:
        """As `percent`, with the reader's signs."""
        return self.signs(percent(parts, whole))

    def signs(self, figure: str) -> str:
        """A figure that is written already, "1,234.5", with the reader's signs."""
        return figure.translate(self._signs)

    def count(self, number: int) -> str:
        return f"{number:,}".translate(self._signs)

    def days(self, first: date, last: date) -> str:
        """ "1 July – 30 September 2025", "1. Juli – 30. September 2025"; no break inside a day."""
        until = format_date(last, "long", locale=self._locale)
        if first.year == last.year:
            since = format_skeleton("MMMMd", first, locale=self._locale)
        else:
            since = format_date(first, "long", locale=self._locale)
        since, until = (day.replace(" ", "\N{NO-BREAK SPACE}", 1) for day in (since, until))
        return f"{since} \N{EN DASH} {until}"


@cache
def language(tag: str) -> Language:
    """The language of a tag. Raises ValueError for one that documents do not speak."""
    return Language(tag)
