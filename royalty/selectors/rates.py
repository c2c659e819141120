"""How an amount in one currency is converted to another on a day.

By the rates of one source (the setting RATE_SOURCE), all quoted against the euro: of the day, or of
the last day before it on which both currencies have one, at most seven days back, as banks' days
off leave gaps. From one currency to another through the euro, by exact fractions.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db import connection

from common.money import currency
from royalty.models import ExchangeRate, Period
from royalty.selectors.standing import filled, parameters

BASE = "EUR"
DAYS_BACK = 7

USED = """
SELECT reported_currency, currency, reported_rate_id, contract_rate_id, count(*)::bigint {revenue}
   AND (reported_rate_id IS NOT NULL OR contract_rate_id IS NOT NULL)
 GROUP BY 1, 2, 3, 4
 ORDER BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Conversion:
    """What an atom of one currency is in atoms of another, and the rates that say so.

    A currency that is the euro itself has no rate.
    """

    factor: Fraction
    reported_rate: ExchangeRate | None
    contract_rate: ExchangeRate | None


class Rates:
    """The rates of some currencies around some days, read once."""

    def __init__(self, currencies: Collection[str], first_day: date, last_day: date) -> None:
        rows = ExchangeRate.objects.filter(
            source=settings.RATE_SOURCE,
            base=BASE,
            quote__in=currencies,
            day__range=(first_day - timedelta(days=DAYS_BACK), last_day),
        )
        self._rates = {(rate.quote, rate.day): rate for rate in rows}

    def conversion(self, reported: str, contract: str, day: date) -> Conversion | None:
        """From the reported currency to the contract's on a day; none without rates."""
        for back in range(DAYS_BACK + 1):
            on = day - timedelta(days=back)
            known = {code: self._rates.get((code, on)) for code in (reported, contract)}
            if all(rate is not None or code == BASE for code, rate in known.items()):
                return _conversion(reported, contract, known)
        return None


def _conversion(reported: str, contract: str, known: dict[str, ExchangeRate | None]) -> Conversion:
    rate_from, rate_to = known[reported], known[contract]
    factor = Fraction(currency(contract).atoms_per_unit, currency(reported).atoms_per_unit)
    factor *= Fraction(rate_to.rate) if rate_to else 1
    factor /= Fraction(rate_from.rate) if rate_from else 1
    return Conversion(factor, rate_from, rate_to)


def rates_used(period: Period, last_file: int) -> list[dict[str, Any]]:
    """By which rates a period's revenue was converted, for the run to record."""
    with connection.cursor() as cursor:
        cursor.execute(filled(USED), parameters(period, last_file))
        rows = cursor.fetchall()
    rates = ExchangeRate.objects.in_bulk([pk for row in rows for pk in row[2:4] if pk])
    return [
        {
            "from": reported,
            "to": contract,
            "rates": [str(rates[pk]) for pk in by if pk],
            "events": count,
        }
        for reported, contract, *by, count in rows
    ]
