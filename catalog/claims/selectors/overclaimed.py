"""Which rights are claimed more than whole, on any day and in any country, whoever wrote that.

On the days and in the countries of an excess one of the shares there begins last; on its first day
all the others are valid, and overlap its territory. So it is enough to sum, for each share, those
that overlap it on its first day. A sum of shares that do not overlap each other may be too high:
`catalog.claims.services.shares.contested_in` says what is so.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from django.db import connection

Owner = Literal["work", "track"]

_SUSPECTS = """
WITH touched AS (SELECT DISTINCT of_{owner} AS id FROM catalog_change
                  WHERE change_set_id = %(change_set)s AND of_{owner} > 0
                    AND kind IN ('share', 'work', 'track'))
SELECT one.{owner}_id
  FROM catalog_share one
  JOIN catalog_{owner} subject ON subject.id = one.{owner}_id AND subject.merged_into_id IS NULL
  JOIN catalog_share other ON other.{owner}_id = one.{owner}_id
   AND other.valid_from <= one.valid_from
   AND coalesce(other.valid_until > one.valid_from, true)
   AND other.territory && one.territory
 WHERE %(change_set)s::bigint IS NULL OR one.{owner}_id IN (SELECT id FROM touched)
 GROUP BY one.id HAVING sum(other.share_ppm) > 1000000
UNION
SELECT conflict.{owner}_id FROM claims_conflict conflict
 WHERE conflict.settled_at IS NULL AND conflict.{owner}_id > 0
   AND (%(change_set)s::bigint IS NULL OR conflict.{owner}_id IN (SELECT id FROM touched))
 ORDER BY 1
"""


class Suspect(NamedTuple):
    """A work whose composition, or a track whose recording, is to be looked at."""

    owner: Owner
    pk: int


def suspects(change_set: int | None) -> Iterator[Suspect]:
    """Rights that may be claimed more than whole, and those with an open conflict.

    Args:
        change_set: only those that these changes touched; all without it.
    """
    owners: tuple[Owner, ...] = ("work", "track")
    for owner in owners:
        with connection.cursor() as cursor:
            cursor.execute(_SUSPECTS.replace("{owner}", owner), {"change_set": change_set})
            found = cursor.fetchall()
        yield from (Suspect(owner, pk) for (pk,) in found)
