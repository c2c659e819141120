"""The next number of a series in a year, without gaps.

The lock is held until the end of the transaction: whoever numbers meanwhile waits, and a number
that was given in a transaction that came to nothing is given again.
"""

from django.db import connection
from django.db.models import Max

from royalty.models.receivables import Numbered


def next_number(kind: type[Numbered], series: str, year: int) -> int:
    """The number that a new document of a kind gets. Needs a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"royalty_number:{series}:{year}"],
        )
    found = kind._default_manager.filter(series=series, year=year)
    return int(found.aggregate(last=Max("number"))["last"] or 0) + 1
