"""Bank accounts and their owners, as payment files name them: checked once, before any is used.

IBAN: ISO 13616 (length of each country, ISO 7064 mod 97-10). BIC: ISO 9362. Character set of names
and texts: the SEPA credit transfer implementation guidelines (EPC132-08, section 1.4) and ISO
20022's limits of length. Whether an account exists only its bank can say.
"""

import re
import unicodedata
from dataclasses import dataclass

# Characters of an IBAN in each country, from the IBAN registry that SWIFT keeps for ISO 13616.
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27,
    "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22,
    "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
    "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28,
    "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_STRANGE = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]", re.ASCII)
_SPELT = str.maketrans(
    {"ß": "ss", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Œ": "OE", "œ": "oe", "Ł": "L", "ł": "l",
     "Đ": "D", "đ": "d", "Þ": "Th", "þ": "th", "ð": "d", "ı": "i", "&": "+", "’": "'", "–": "-"}
)  # fmt: skip


class BankDetailsError(ValueError):
    """Details that a payment file cannot carry; the message says which and why."""


@dataclass(frozen=True)
class Address:
    """A structured postal address; town and country are what banks insist on since 2026."""

    town: str
    country: str  # ISO 3166-1, two letters
    street: str = ""
    building: str = ""
    postcode: str = ""

    def __post_init__(self) -> None:
        if not _COUNTRY.fullmatch(self.country):
            raise BankDetailsError(f"{self.country!r} is not a country's code of two letters.")
        limits = {"town": 35, "street": 70, "building": 16, "postcode": 16}
        for field, limit in limits.items():
            _check_text(field, getattr(self, field), limit, required=field == "town")


@dataclass(frozen=True)
class BankAccount:
    """Whose account it is and where. `bic` may be empty: within SEPA the IBAN is enough.

    Raises BankDetailsError for an IBAN, BIC, name or address that no bank would take.
    """

    name: str
    iban: str
    address: Address
    bic: str = ""

    def __post_init__(self) -> None:
        _check_text("name", self.name, 70, required=True)
        check_iban(self.iban)
        if self.bic and not _BIC.fullmatch(self.bic):
            raise BankDetailsError(
                f"BIC {self.bic!r} is not 8 or 11 capital letters and digits, as in GENODEF1XXX."
            )


def compact(number: str) -> str:
    """An IBAN or BIC as people write it, without blanks and in capitals."""
    return "".join(number.split()).upper()


def check_iban(iban: str) -> None:
    """Raises BankDetailsError unless the IBAN has its country's length and right check digits."""
    length = IBAN_LENGTHS.get(iban[:2])
    if length is None:
        raise BankDetailsError(f"IBAN {masked(iban)} begins with no country that has IBANs.")
    if len(iban) != length:
        raise BankDetailsError(
            f"IBAN {masked(iban)} has {len(iban)} characters; one of {iban[:2]} has {length}."
        )
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]+", iban, re.ASCII):
        raise BankDetailsError(f"IBAN {masked(iban)} has other signs than capitals and digits.")
    if int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 != 1:
        raise BankDetailsError(
            f"IBAN {masked(iban)} has wrong check digits; compare it with the bank's letter."
        )


def masked(iban: str) -> str:
    """Enough of an IBAN to recognise it, not enough to use it: DE89 … 3000."""
    return f"{iban[:4]} … {iban[-4:]}" if len(iban) > 8 else iban


def payment_text(text: str, limit: int) -> str:
    """Text in the characters that every SEPA bank takes, at most `limit` of them.

    Accents fall off, ß becomes ss, & becomes +, and what has no Latin form becomes a full stop.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(_STRANGE.sub(".", plain).split())[:limit].strip()


def _check_text(field: str, value: str, limit: int, *, required: bool) -> None:
    if required and not payment_text(value, limit).strip(". "):
        raise BankDetailsError(f"The {field} is missing, or has no letter that a bank can read.")
    if len(payment_text(value, limit + 1)) > limit:
        raise BankDetailsError(f"The {field} has more than {limit} characters: {value!r}.")
