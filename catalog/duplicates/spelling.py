"""Names without what people spell differently, and the numbers in them, which must be the same.

“Drei Lieder, Op. 12 Nr. 3 (Live) [feat. Ada]”  →  "drei lieder", numbers "3 12"
“Schubert, Franz”                               →  "franz schubert"
"""

import re
import unicodedata

LONGEST = 500
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
_FEATURING = re.compile(r"\b(?:feat|ft|featuring)\b\.?.*$")
_COUNTED = re.compile(r"\b(?:op|opus|no|nr|num|number|bd|book|heft|kv|bwv|woo)\b\.?\s*(?=\d)")
_ROMAN = re.compile(r"\b(?=[ivxl])(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})\b")
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}
_WORDS = re.compile(r"[^\W\d_]+")
_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "þ": "th"})


def plain(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def title_key(*texts: str) -> tuple[str, str]:
    """What a title is compared by: its words in their order, and its numbers in ascending order.

    What stands in brackets is left out unless nothing else is there, and so is whoever is featured.
    """
    words, numbers = [], []
    for text in texts:
        whole = plain(text)
        kept = _FEATURING.sub("", _BRACKETS.sub(" ", whole)).strip() or whole
        kept = _ROMAN.sub(lambda found: _arabic(found.group()), _COUNTED.sub(" ", kept))
        numbers += re.findall(r"\d+", kept)
        words += _WORDS.findall(kept)
    ordered = sorted(int(number) for number in numbers if len(number) < 10)
    return " ".join(words)[:LONGEST], " ".join(map(str, ordered))[:LONGEST]


def name_key(text: str) -> tuple[str, str]:
    """What a person's or a company's name is compared by: its words, sorted; and its numbers."""
    whole = plain(text)
    numbers = re.findall(r"\d+", whole)
    return " ".join(sorted(_WORDS.findall(whole)))[:LONGEST], " ".join(numbers)[:LONGEST]


def _arabic(roman: str) -> str:
    """A Roman number up to 89 in digits; "i" alone is a word in English and stays one."""
    if len(roman) < 2 and roman != "v":
        return roman
    values = [_VALUES[letter] for letter in roman]
    signed = [
        -value if value < after else value
        for value, after in zip(values, [*values[1:], 0], strict=True)
    ]
    return str(sum(signed))
