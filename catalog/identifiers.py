"""The identifiers by which music and its people are known: read, checked, and shown as is usual.

One pair of functions a kind: `isrc(text)` takes it as people and files write it (hyphens, spaces,
lower case, its own name in front) and returns the normal form, in which alone the database keeps
it; `shown_isrc(value)` writes a normal form as its standard displays it. What cannot be right
raises `IdentifierError` with a sentence that says what is wrong and what to write.

A check digit finds slips of the pen, not lies: that a number is well formed says nothing about
whether it was issued, and to whom. Knows no Django.
"""

import re
import unicodedata
from collections.abc import Callable

from stdnum import ean as gtin
from stdnum.iso7064 import mod_11_2, mod_37_36

# What only separates: spaces, hyphens and dashes, also as word processors write them.
_SEPARATORS = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212]+")
# How a spreadsheet shows a long number that it took for a quantity.
_QUANTITY = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+")
MOST_QUOTED = 40  # letters of what was written that a message repeats

# Normal forms, as the database's check constraints have them too.
ISRC_FORM = "[A-Z]{2}[A-Z0-9]{3}[0-9]{7}"
ISWC_FORM = "T[0-9]{10}"
IPI_NAME_FORM = "[0-9]{11}"
IPI_BASE_FORM = "I[0-9]{10}"
ISNI_FORM = "[0-9]{15}[0-9X]"
EAN_FORM = "[0-9]{13}"
DDEX_PARTY_ID_FORM = "PADPIDA[A-Z0-9]{11}"


class IdentifierError(ValueError):
    """Text that is no identifier of its kind; the message says why, and what to write."""


def isrc(text: str) -> str:
    """An International Standard Recording Code (ISO 3901): twelve characters, such as USRC17607839.

    It has no check digit. The two letters in front are a prefix that was allotted, not always a
    country's code (QM, QZ, TC, ...), so any are taken.
    """
    value = _bare(text, "ISRC")
    if not re.fullmatch(ISRC_FORM, value):
        raise _refused(text, "ISRC", _why_no_isrc(value), "AA-6Q7-20-00047")
    return value


def iswc(text: str) -> str:
    """An International Standard Musical Work Code (ISO 15707): T, nine digits, a check digit.

    The check digit c makes 1 + Σ i·dᵢ + c a multiple of ten, i from 1 to 9.
    """
    return _weighted(text, "ISWC", letter="T", constant=1, example="T-034.524.680-1")


def ipi_base(text: str) -> str:
    """An IPI base number, of a person or a company: I, nine digits, a check digit.

    As an ISWC's, with 2 in the place of 1.
    """
    name = "IPI base number"
    return _weighted(text, name, letter="I", constant=2, example="I-000000229-7")


def ipi_name(text: str) -> str:
    """An IPI name number (CAE): eleven digits; leading zeros that were lost are put back.

    With s = Σ dᵢ·(10 - i), i from 0 to 8, the last two digits are (101 - s mod 101) mod 100, and
    00 where s is a multiple of 101.
    """
    name, example = "IPI name number", "00014107338"
    value = _bare(text, "IPI").zfill(11)
    _only_digits(text, value, name, example, length=11, meant="11 digits or fewer")
    total = sum(int(digit) * (10 - at) for at, digit in enumerate(value[:9]))
    expected = f"{(101 - total % 101) % 101 % 100:02d}"
    _checked(text, name, value[9:], expected, part="last two digits are")
    return value


def isni(text: str) -> str:
    """An International Standard Name Identifier (ISO 27729): 15 digits, a check digit or X."""
    name, example = "ISNI", "0000 0001 2281 955X"
    value = _bare(text.replace("https://isni.org/isni/", ""), name)
    if not re.fullmatch(ISNI_FORM, value):
        why = _quantity(value) or f"it is not 16 digits, of which the last may be X ({len(value)})"
        raise _refused(text, name, why, example)
    _checked(text, name, value[15], mod_11_2.calc_check_digit(value[:15]))
    return value


def ean(text: str) -> str:
    """A release's EAN (GTIN-13); a UPC of 12 digits gets the 0 in front that makes it one."""
    name, example = "EAN or UPC", "4006381333931"
    value = _bare(text, "EAN", "UPC", "GTIN")
    if len(value) == 14 and value.startswith("0"):
        value = value[1:]  # GTIN-14, as some systems pad it
    if len(value) == 12:
        value = f"0{value}"
    _only_digits(text, value, name, example, length=13, meant="12 or 13 digits")
    _checked(text, name, value[12], gtin.calc_check_digit(value[:12]))
    return value


def ddex_party_id(text: str) -> str:
    """A DDEX party id: PADPIDA, ten characters, a check character (ISO 7064 mod 37, 36)."""
    name = "DDEX party id"
    value = _bare(text, "DPID:")
    if not re.fullmatch(DDEX_PARTY_ID_FORM, value):
        why = f"it is not PADPIDA and 11 letters or digits ({len(value)} characters altogether)"
        raise _refused(text, name, why, "PA-DPIDA-2007040502-I")
    _checked(text, name, value[17], mod_37_36.calc_check_digit(value[:17]))
    return value


def shown_isrc(value: str) -> str:
    """AA-6Q7-20-00047; empty text stays empty, as in all of these."""
    return _cut(value, "-", 2, 5, 7)


def shown_iswc(value: str) -> str:
    """T-034.524.680-1, as ISO 15707 displays it."""
    return value and f"{value[0]}-{value[1:4]}.{value[4:7]}.{value[7:10]}-{value[10:]}"


def shown_ipi_name(value: str) -> str:
    """00014107338: IPI name numbers have no separators."""
    return value


def shown_ipi_base(value: str) -> str:
    """I-000000229-7."""
    return _cut(value, "-", 1, 10)


def shown_isni(value: str) -> str:
    """0000 0001 2281 955X."""
    return _cut(value, " ", 4, 8, 12)


def shown_ean(value: str) -> str:
    """4006381333931."""
    return value


def shown_ddex_party_id(value: str) -> str:
    """PA-DPIDA-2007040502-I."""
    return _cut(value, "-", 2, 7, 17)


PARSERS: dict[str, Callable[[str], str]] = {
    "isrc": isrc,
    "iswc": iswc,
    "ipi_name": ipi_name,
    "ipi_base": ipi_base,
    "isni": isni,
    "release_ean": ean,
    "ddex_party_id": ddex_party_id,
}  # by the name of the field that holds it
SHOWN: dict[str, Callable[[str], str]] = {
    "isrc": shown_isrc,
    "iswc": shown_iswc,
    "ipi_name": shown_ipi_name,
    "ipi_base": shown_ipi_base,
    "isni": shown_isni,
    "release_ean": shown_ean,
    "ddex_party_id": shown_ddex_party_id,
}


def _bare(text: str, *names: str) -> str:
    """Upper case without separators, and without the identifier's own name in front."""
    value = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    for name in names:
        if value.startswith(name):
            return value.removeprefix(name).lstrip(":")
    return value


def _weighted(text: str, name: str, *, letter: str, constant: int, example: str) -> str:
    """A letter, nine digits, and the digit that brings their weighted sum to a multiple of ten."""
    value = _bare(text, "ISWC", "IPI").replace(".", "")
    if not re.fullmatch(letter + "[0-9]{10}", value):
        why = f"it is not {letter} and ten digits ({len(value)} characters)"
        raise _refused(text, name, _quantity(value) or why, example)
    total = constant + sum(at * int(value[at]) for at in range(1, 10))
    _checked(text, name, value[10], str(-total % 10))
    return value


def _only_digits(
    text: str, value: str, name: str, example: str, *, length: int, meant: str
) -> None:
    if len(value) != length or not re.fullmatch("[0-9]+", value):
        why = _quantity(value) or f"it is not {meant}"
        raise _refused(text, name, why, example)
    if not int(value):
        raise _refused(text, name, "zeros stand for none; leave it empty", example)


def _checked(
    text: str, name: str, found: str, expected: str, *, part: str = "check digit is"
) -> None:
    if found != expected:
        raise IdentifierError(
            f"{_quoted(text)} is no {name}: its {part} {found}, and would be {expected} if the "
            "rest is right. A digit is mistyped or two changed places; look it up again."
        )


def _why_no_isrc(value: str) -> str:
    if len(value) != 12:
        return f"it has {len(value)} characters and not 12"
    if not re.fullmatch("[A-Z]{2}", value[:2]):
        return "it does not begin with two letters"
    if not re.fullmatch("[0-9]+", value[5:]):
        return "its last seven characters, the year and the number, are not all digits"
    return "its third to fifth characters are not letters or digits"


def _quantity(value: str) -> str:
    """What became of a number that a spreadsheet rounded; empty where it did not."""
    if not _QUANTITY.fullmatch(value):
        return ""
    return "a spreadsheet has rounded it; set the column's format to text and enter it again"


def _refused(text: str, name: str, why: str, example: str) -> IdentifierError:
    return IdentifierError(f"{_quoted(text)} is no {name}: {why}. Write it as {example}.")


def _quoted(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else "�" for letter in text.strip())
    return f"“{printable[:MOST_QUOTED]}{'…' if len(printable) > MOST_QUOTED else ''}”"


def _cut(value: str, by: str, *places: int) -> str:
    starts, ends = (0, *places), (*places, len(value))
    return by.join(value[start:end] for start, end in zip(starts, ends, strict=True)) * bool(value)
