"""How the API writes money: decimal text, beside the currency's code, never a float."""

from operator import attrgetter
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.money import Currency

PATTERN = r"^-?\d{1,15}(\.\d{1,8})?$"


def amount_text(atoms: int, money: Currency) -> str:
    """The exact amount in units: the currency's decimals, and more only where there is more.

    "12.00", "1255.33333333"; no separators but the point.
    """
    whole, rest = divmod(abs(atoms), money.atoms_per_unit)
    fraction = f"{rest:0{money.atom_decimals}d}"
    shown = fraction[: money.decimals] + fraction[money.decimals :].rstrip("0")
    sign = "-" if atoms < 0 else ""
    return f"{sign}{whole}" + (f".{shown}" if shown else "")


@extend_schema_field({"type": "string", "pattern": PATTERN})
class AmountField(serializers.Field[Any, Any, str, Any]):
    """An attribute in atoms, `atoms` of the object or of its attribute, in the object's `money`."""

    def __init__(self, atoms: str, **more: Any) -> None:
        super().__init__(source="*", read_only=True, **more)
        self._atoms = attrgetter(atoms)

    def to_representation(self, value: Any) -> str:
        return amount_text(self._atoms(value), value.money)
