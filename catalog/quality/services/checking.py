"""Running rules, and keeping what they find: opened, mended, opened again.

Everything is done by set: each rule is one query, and what it finds is held against the findings
that are there by a handful of statements, whether there are ten of them or a hundred thousand. A
run is one transaction under an advisory lock, so that two at once are one after the other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from catalog.deliveries.models import Delivery
from catalog.quality.models import CheckRun
from catalog.quality.rules import RULES, Rule
from catalog.territories import countries

CHECK_LOCK = 0x7175616C697479  # "quality" in ASCII
SOON = timedelta(days=60)
# Prefixes of ISRCs that are no country's code today: those of the International ISRC Registration
# Authority, "Valid characters" (isrc.ifpi.org/downloads/Valid_Characters.pdf), as the package
# iso3901 on PyPI has them from its edition of 8 February 2023; CS, UK and YU stay for the ISRCs
# that begin with them.
MORE_PREFIXES = (
    *("BC", "BK", "BP", "BX"),  # Brazil
    *("CB", "CP", "CS", "DG", "FX", "GX", "KS"),
    *("QM", "QN", "QT", "QZ"),  # the USA, and QN worldwide
    *("TC", "UK", "XK", "YU", "ZB", "ZZ"),
)

# Who a subject is; merged works and tracks are explained elsewhere, and break no rule.
_NAMED = {
    "work": """
        SELECT id, ref, title AS name, sender_id, id AS work_id, NULL::bigint AS track_id
          FROM catalog_work WHERE merged_into_id IS NULL""",
    "track": """
        SELECT id, ref, title AS name, sender_id, work_id, id AS track_id
          FROM catalog_track WHERE merged_into_id IS NULL""",
    "party": """
        SELECT id, ref, name, NULL::bigint AS sender_id, NULL::bigint AS work_id,
               NULL::bigint AS track_id
          FROM catalog_party WHERE merged_into_id IS NULL""",
    "share": """
        SELECT share.id, coalesce(work.ref, track.ref) AS ref,
               coalesce(work.title, track.title) AS name,
               coalesce(work.sender_id, track.sender_id) AS sender_id,
               coalesce(work.id, track.work_id) AS work_id, track.id AS track_id
          FROM catalog_share share
          LEFT JOIN catalog_work work ON work.id = share.work_id
          LEFT JOIN catalog_track track ON track.id = share.track_id""",
}
# What a delivery is about: its tracks, their works, and all who have shares there.
_SCOPE = """
CREATE TEMP TABLE quality_scope ON COMMIT DROP AS
WITH rows AS (SELECT kind, ref FROM deliveries_deliveryrow
               WHERE delivery_id = %(delivery)s AND is_written),
tracks AS (SELECT track.id, track.work_id FROM rows
             JOIN catalog_track track ON track.ref = rows.ref AND rows.kind = 'track'),
works AS (SELECT work_id AS id FROM tracks
          UNION SELECT work.id FROM rows
                  JOIN catalog_work work ON work.ref = rows.ref AND rows.kind = 'work'),
shares AS (SELECT share.id, share.party_id FROM catalog_share share
            WHERE share.work_id IN (SELECT id FROM works)
               OR share.track_id IN (SELECT id FROM tracks))
SELECT 'track' AS subject, id FROM tracks UNION SELECT 'work', id FROM works
UNION SELECT 'share', id FROM shares UNION SELECT 'party', party_id FROM shares
"""
_FOUND = """
CREATE TEMP TABLE quality_found ON COMMIT DROP AS
SELECT named.*, to_jsonb(found) - 'subject_id' AS evidence
  FROM ({query}) found JOIN ({named}) named ON named.id = found.subject_id
 WHERE {scope}
"""
_IN_SCOPE = "found.subject_id IN (SELECT id FROM quality_scope WHERE subject = %(subject)s)"
# A finding that is opened, or opened again: told once, with the row of a delivery that wrote last.
_OPEN = """
WITH fresh AS (
  INSERT INTO quality_finding AS finding (
    rule, rule_version, dimension, severity, field, subject, subject_id, subject_ref, subject_name,
    work_id, track_id, evidence, sender_id, cause, status, first_seen_at, last_seen_at)
  SELECT %(rule)s, %(version)s, %(dimension)s, %(severity)s, %(field)s, %(subject)s, id, ref, name,
         work_id, track_id, evidence, sender_id, 'elsewhere', 'open', %(now)s, %(now)s
    FROM quality_found found
   WHERE NOT EXISTS (SELECT FROM quality_finding old
           WHERE old.rule = %(rule)s AND old.subject = %(subject)s AND old.subject_id = found.id)
  RETURNING id),
again AS (
  UPDATE quality_finding finding
     SET status = 'open', accepted_until = NULL, delivery_id = NULL, delivery_row = NULL,
         cause = 'elsewhere', rule_version = %(version)s
    FROM quality_found found
   WHERE finding.rule = %(rule)s AND finding.subject = %(subject)s
     AND finding.subject_id = found.id
     AND (finding.status = 'mended'
       OR finding.status = 'accepted' AND finding.accepted_until <= %(today)s)
  RETURNING finding.id)
INSERT INTO quality_findingevent (finding_id, status, note, at)
SELECT id, 'open', 'found', %(now)s FROM fresh
UNION ALL SELECT id, 'open', 'found again', %(now)s FROM again
RETURNING finding_id
"""
_STILL = """
UPDATE quality_finding finding
   SET last_seen_at = %(now)s, evidence = found.evidence, severity = %(severity)s,
       dimension = %(dimension)s, field = %(field)s, subject_ref = found.ref,
       subject_name = found.name, sender_id = found.sender_id, work_id = found.work_id,
       track_id = found.track_id
  FROM quality_found found
 WHERE finding.rule = %(rule)s AND finding.subject = %(subject)s AND finding.subject_id = found.id
"""
_MEND = """
WITH mended AS (
  UPDATE quality_finding finding SET status = 'mended', accepted_until = NULL
   WHERE finding.rule = %(rule)s AND finding.status <> 'mended' AND {scope}
     AND NOT EXISTS (SELECT FROM quality_found found WHERE found.id = finding.subject_id)
  RETURNING id)
INSERT INTO quality_findingevent (finding_id, status, note, at)
SELECT id, 'mended', 'not found any more', %(now)s FROM mended
"""
_MEND_SCOPE = "finding.subject_id IN (SELECT id FROM quality_scope WHERE subject = finding.subject)"
_MEND_FORMER = """
WITH mended AS (
  UPDATE quality_finding SET status = 'mended', accepted_until = NULL
   WHERE status <> 'mended' AND rule <> ALL (%(known)s) RETURNING id)
INSERT INTO quality_findingevent (finding_id, status, note, at)
SELECT id, 'mended', 'the rule is no more', %(now)s FROM mended
"""
# The last delivery that wrote the track or work; a rule that never ran before in this version is
# the cause of what it finds in what was written before.
_CAUSE = """
WITH opened AS (SELECT * FROM quality_finding WHERE id = ANY (%(opened)s)),
named AS (
  SELECT opened.id, 'track' AS kind, track.ref FROM opened
    JOIN catalog_track track ON track.id = opened.track_id
  UNION ALL
  SELECT opened.id, 'track', track.ref FROM opened
    JOIN catalog_track track ON track.work_id = opened.work_id WHERE opened.track_id IS NULL
  UNION ALL
  SELECT opened.id, 'work', work.ref FROM opened
    JOIN catalog_work work ON work.id = opened.work_id WHERE opened.track_id IS NULL),
latest AS (
  SELECT DISTINCT ON (named.id) named.id, row.delivery_id, row.number, delivery.finished_at
    FROM named JOIN deliveries_deliveryrow row ON row.kind = named.kind AND row.ref = named.ref
    JOIN deliveries_delivery delivery ON delivery.id = row.delivery_id
   WHERE row.is_written AND row.outcome <> 'unchanged'
   ORDER BY named.id, row.delivery_id DESC, row.number)
UPDATE quality_finding finding
   SET delivery_id = latest.delivery_id, delivery_row = latest.number,
       cause = CASE WHEN %(is_new_rule)s AND latest.finished_at < %(before)s::timestamptz
                    THEN 'rule' ELSE 'delivery' END
  FROM latest WHERE latest.id = finding.id
"""


@dataclass(frozen=True)
class RuleResult:
    """What one rule found now."""

    rule: Rule
    found_count: int
    opened_count: int
    mended_count: int


@transaction.atomic
def check(
    *, as_of: date, rules: Collection[str] | None = None, delivery: Delivery | None = None
) -> list[RuleResult]:
    """Run rules and keep what they find.

    Args:
        rules: codes; all of them if none are named.
        delivery: look only at what it wrote, and at who has shares there.

    Raises:
        KeyError: no rule has such a code.
    """
    chosen = [RULES[code] for code in rules or RULES]
    started_at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHECK_LOCK])
        run = _Run(cursor, as_of, delivery)
        results = [run.apply(rule) for rule in chosen]
        if rules is None and delivery is None:
            cursor.execute(_MEND_FORMER, {"known": list(RULES), "now": run.now})
    CheckRun.objects.create(
        delivery=delivery,
        versions={rule.code: rule.version for rule in chosen},
        found_counts={each.rule.code: each.found_count for each in results},
        opened_count=sum(each.opened_count for each in results),
        mended_count=sum(each.mended_count for each in results),
        as_of=as_of,
        started_at=started_at,
        finished_at=timezone.now(),
    )
    return results


class _Run:
    """One run, in its transaction."""

    def __init__(self, cursor: Any, as_of: date, delivery: Delivery | None) -> None:
        self._cursor = cursor
        self.now = timezone.now()
        self._is_scoped = delivery is not None
        self._values: dict[str, Any] = {
            "today": as_of,
            "soon": as_of + SOON,
            "isrc_prefixes": [*sorted(countries()), *MORE_PREFIXES],
            "now": self.now,
        }
        last = CheckRun.objects.filter(delivery=None).order_by("-finished_at").first()
        self._before = last.finished_at if last else None
        self._ran = last.versions if last else {}
        cursor.execute("DROP TABLE IF EXISTS quality_scope")
        if delivery is not None:
            cursor.execute(_SCOPE, {"delivery": delivery.pk})

    def apply(self, rule: Rule) -> RuleResult:
        """Hold what a rule finds against what is known."""
        values = self._values | {
            "rule": rule.code,
            "version": rule.version,
            "dimension": rule.dimension,
            "severity": rule.severity.value,
            "field": rule.field,
            "subject": rule.subject,
        }
        named = _NAMED[rule.subject]
        scope = _IN_SCOPE if self._is_scoped else "true"
        self._cursor.execute("DROP TABLE IF EXISTS quality_found")
        self._cursor.execute(_FOUND.format(query=rule.query, named=named, scope=scope), values)
        found = self._cursor.rowcount
        self._cursor.execute("ANALYZE quality_found")
        self._cursor.execute(_OPEN, values)
        opened = [row[0] for row in self._cursor.fetchall()]
        self._cursor.execute(_STILL, values)
        scope = _MEND_SCOPE if self._is_scoped else "true"
        self._cursor.execute(_MEND.format(scope=scope), values)
        mended = self._cursor.rowcount
        self._say_why(rule, opened)
        return RuleResult(rule, found, len(opened), mended)

    def _say_why(self, rule: Rule, opened: list[int]) -> None:
        if not opened:
            return
        is_new_rule = self._ran.get(rule.code) != rule.version
        values = {"opened": opened, "is_new_rule": is_new_rule, "before": self._before}
        self._cursor.execute(_CAUSE, values)
