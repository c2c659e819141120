"""Why a file from outside is not read: sentences that can be said in the reader's language.

This package knows no languages of pages. A refusal carries its sentence as `Words`, in English and
with its values apart; `str` of it is the English, and a page says it by its own `gettext`. Where
sentences are made, `words` is called `_`, so that the catalogue of translations finds them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A sentence, or a part of one, with named values; values may be words themselves."""

    text: str
    values: Mapping[str, object]

    def said(self, translate: Callable[[str], str]) -> str:
        """The sentence after `translate`, which gives the text in a language."""
        values = {
            name: value.said(translate) if isinstance(value, Words) else value
            for name, value in self.values.items()
        }
        return translate(self.text) % values

    def __str__(self) -> str:
        return self.said(str)


def words(text: str, **values: object) -> Words:
    """A sentence in English, with values as in `%(name)s`."""
    return Words(text, values)


class Refusal(ValueError):
    """A file that is not read; `words` say where and why."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words
