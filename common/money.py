"""Exact money: integers of *atoms*, the smallest amount the ledger knows.

An atom is 10⁻⁶ of a minor unit (cent) for currencies with decimals and 10⁻⁴ for those without,
so that a bigint holds €92 bn and a share of a share of a play is still a whole number. No float
comes near. Exponents are those of ISO 4217.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

PPB = 1_000_000_000
PPM = 1_000_000

_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,4})?", re.ASCII)


class MoneyError(ValueError):
    """An amount or a currency that cannot be used; the message says why."""


@dataclass(frozen=True)
class Currency:
    """A currency: its ISO 4217 code and its number of decimals."""

    code: str
    decimals: int

    @property
    def atoms_per_minor(self) -> int:
        return 10_000 if self.decimals == 0 else 1_000_000

    @property
    def atoms_per_unit(self) -> int:
        return self.atoms_per_minor * int(10**self.decimals)

    @property
    def atom_decimals(self) -> int:
        """Decimals that it takes to write one atom in units."""
        return len(str(self.atoms_per_unit)) - 1

    def parse_atoms(self, text: str) -> int:
        """Atoms of an amount such as "9.99".

        Raises:
            MoneyError: not a plain decimal number, or finer than the currency's minor unit.
        """
        if not _AMOUNT.fullmatch(text):
            raise MoneyError(f"{text!r} is not an amount; write digits and a point, as in 9.99")
        _, _, decimals = text.partition(".")
        if len(decimals.rstrip("0")) > self.decimals:
            raise MoneyError(
                f"{text} has more decimals than {self.code}, which has {self.decimals}"
            )
        return int(Decimal(text) * self.atoms_per_unit)

    def format_atoms(self, atoms: int, decimals: int | None = None) -> str:
        """The amount in units, cut (towards zero) to `decimals`, with thousands apart."""
        shown = self.decimals if decimals is None else decimals
        whole, rest = divmod(abs(atoms), self.atoms_per_unit)
        fraction = f"{rest:0{self.atom_decimals}d}"[:shown]
        sign = "-" if atoms < 0 and (whole or fraction.strip("0")) else ""
        return f"{sign}{whole:,}" + (f".{fraction}" if shown else "")


CURRENCIES = {
    code: Currency(code, decimals)
    for code, decimals in {
        "AUD": 2, "BRL": 2, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HUF": 2,
        "INR": 2, "JPY": 0, "KRW": 0, "MXN": 2, "NOK": 2, "NZD": 2, "PLN": 2, "SEK": 2, "SGD": 2,
        "USD": 2, "VND": 0, "ZAR": 2,
    }.items()
}  # fmt: skip


def currency(code: str) -> Currency:
    """The currency of an ISO 4217 code.

    Raises:
        MoneyError: a code that is not configured.
    """
    try:
        return CURRENCIES[code]
    except KeyError:
        known = ", ".join(sorted(CURRENCIES))
        raise MoneyError(f"{code!r} is not a currency known here; known are {known}") from None
