"""Value added tax between two businesses: the rate, the sentence, the amount.

Rules of the European Union for services between businesses: the place of supply is where the
customer is established (Article 44 of Directive 2006/112/EC), and where that is another member
state, the customer accounts for the tax (Article 196, reverse charge, which an invoice has to say
by Article 226 (11a)). Whether a number is registered, only the authority can say; its form and
check digits are python-stdnum's. Knows no invoice and no database.
"""

from dataclasses import dataclass

from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

WHOLE_PPM = 1_000_000
REVERSE_CHARGE = (
    "Reverse charge: the recipient accounts for the VAT (Article 196 of Directive 2006/112/EC)."
)
ABROAD = (
    "No VAT is charged: the service is taxed where the recipient is established "
    "(Article 44 of Directive 2006/112/EC)."
)
_PREFIX = {"GR": "EL"}  # where the number begins otherwise than the country's code
_LONGEST = 20


class VatError(ValueError):
    """A VAT number or a rate that cannot be used; the message says why."""


@dataclass(frozen=True)
class Business:
    """Who supplies or receives: its country (ISO 3166-1, two letters), and its VAT number."""

    country: str
    vat_number: str = ""

    @property
    def is_in_union(self) -> bool:
        return _prefix(self.country).lower() in eu_vat.MEMBER_STATES


@dataclass(frozen=True)
class Vat:
    """What is charged, and what the invoice must say about it."""

    rate_ppm: int
    sentence: str = ""


def vat_between(supplier: Business, customer: Business, domestic_ppm: int) -> Vat:
    """The VAT on a service; `domestic_ppm` is the rate in the supplier's own country.

    Raises:
        VatError: a rate outside 0 .. 1e6 ppm, or VAT charged by a supplier without a VAT number.
    """
    if not 0 <= domestic_ppm <= WHOLE_PPM:
        raise VatError(f"A VAT rate of {domestic_ppm} ppm lies outside 0 .. {WHOLE_PPM}.")
    if supplier.country != customer.country:
        if not (supplier.is_in_union and customer.is_in_union):
            return Vat(0, ABROAD)
        if customer.vat_number:
            return Vat(0, REVERSE_CHARGE)
    if domestic_ppm and not supplier.vat_number:
        raise VatError("VAT is charged only by who has a VAT number; enter the supplier's.")
    return Vat(domestic_ppm)


def vat_atoms(net_atoms: int, rate_ppm: int, unit_atoms: int) -> int:
    """The tax on an amount that is not negative, rounded half-up to whole units, in atoms."""
    divisor = WHOLE_PPM * unit_atoms
    return (2 * net_atoms * rate_ppm + divisor) // (2 * divisor) * unit_atoms


def checked_vat_number(country: str, number: str) -> str:
    """A VAT number without blanks, in the form of its country; empty stays empty.

    Raises:
        VatError: it has not its country's form or check digits.
    """
    compact = "".join(sign for sign in number.upper() if sign.isalnum())
    if not compact:
        return ""
    prefix = _prefix(country)
    try:
        if prefix.lower() in eu_vat.MEMBER_STATES:
            if not compact.startswith(prefix):
                raise VatError(f"VAT number {number!r} does not begin with {prefix}.")
            return str(eu_vat.validate(compact))
        module = get_cc_module(country.lower(), "vat")
        if module is not None:
            module.validate(compact)
    except ValidationError as error:
        why = str(error).rstrip(".")
        raise VatError(f"VAT number {number!r} is none of {country}: {why}.") from error
    if len(compact) > _LONGEST:
        raise VatError(f"VAT number {number!r} has more than {_LONGEST} characters.")
    return compact


def _prefix(country: str) -> str:
    return _PREFIX.get(country, country)
