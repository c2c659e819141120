"""Money in another currency than the contract's, converted once when it comes in.

What was reported stays on the event beside the amount that counts, with the rates; the exact
product is rounded to the atom, half up.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from royalty.selectors.rates import BASE, DAYS_BACK, Conversion, Rates
from royalty.services.intake.faults import Faults

FOREIGN = """
SELECT DISTINCT reported_currency, currency, earned_on FROM staged
 WHERE reported_currency <> currency
"""
SAME = """
 WHERE reported_currency = %(reported)s AND currency = %(contract)s AND earned_on = %(day)s
"""
# Half up: the whole part of (2 · amount · factor + 1) / 2, in integers without a bound.
CONVERTED = "div(2 * reported_atoms::numeric * %(over)s + %(under)s, 2 * %(under)s)"
CONVERT = """
UPDATE staged SET amount_atoms = {converted},
       reported_rate_id = %(reported_rate)s, contract_rate_id = %(contract_rate)s {same}
   AND {converted} <= %(most)s
"""
SAME_LINES = "SELECT line, event_id FROM staged {same} ORDER BY line"
TOO_LARGE = "SELECT line, event_id FROM staged {same} AND {converted} > %(most)s ORDER BY line"
TOO_SMALL = """
SELECT line, event_id FROM staged {same} AND {converted} = 0 AND reported_atoms > 0 ORDER BY line
"""


def convert(cursor: CursorWrapper, faults: Faults, most_atoms: Callable[[str], int]) -> None:
    """Set the amounts of staged revenue in other currencies; a fault for what has no rate."""
    cursor.execute(FOREIGN)
    asked = cursor.fetchall()
    if not asked:
        return
    days = [day for _, _, day in asked]
    codes = {code for reported, contract, _ in asked for code in (reported, contract)}
    rates = Rates(codes - {BASE}, min(days), max(days))
    for reported, contract, day in sorted(asked):
        these = {"reported": reported, "contract": contract, "day": day}
        conversion = rates.conversion(reported, contract, day)
        if conversion is None:
            sentence = (
                f"{settings.RATE_SOURCE} has no rate from {reported} to {contract} for {day} or "
                f"the {DAYS_BACK} days before; take one in with manage.py rates take, then send "
                "the file again."
            )
            _note(cursor, faults, SAME_LINES, these, sentence)
        else:
            these |= _numbers(conversion) | {"most": most_atoms(contract)}
            large = f"In {contract} it is more than is taken."
            _note(cursor, faults, TOO_LARGE, these, large)
            _note(cursor, faults, TOO_SMALL, these, f"In {contract} it is less than an atom.")
            cursor.execute(_filled(CONVERT), these)


def _numbers(conversion: Conversion) -> dict[str, Any]:
    rate_from, rate_to = conversion.reported_rate, conversion.contract_rate
    return {
        "over": conversion.factor.numerator,
        "under": conversion.factor.denominator,
        "reported_rate": rate_from.pk if rate_from else None,
        "contract_rate": rate_to.pk if rate_to else None,
    }


def _filled(query: str) -> str:
    return query.replace("{same}", SAME).replace("{converted}", CONVERTED)


def _note(
    cursor: CursorWrapper, faults: Faults, query: str, values: dict[str, Any], sentence: str
) -> None:
    cursor.execute(_filled(query), values)
    for line, event_id in cursor.fetchall():
        faults.add(line, "currency", sentence, event_id)
