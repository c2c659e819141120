"""Comparing each delivery with its sender's earlier ones, and noticing when none comes.

A delivery's profile is counted in the database from its kept rows. What is usual is learned from
the last `MOST_BEFORE` profiles; of fewer than `LEAST_BEFORE` nothing is said.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from django.db import connection, transaction

from catalog.deliveries.models import Delivery
from catalog.manifest.columns import ROLES
from catalog.models import Sender
from catalog.quality.drift import FAR_Z, SHIFTED_PSI, psi, robust_z, schema_change
from catalog.quality.models import Alert, Monitor, Profile
from catalog.quality.rules import Severity

MOST_BEFORE, LEAST_BEFORE = 12, 3
CATEGORICAL = ("genre", "licence", "language", "collection", "territory")
MOST_CATEGORIES = 50
# Spreads below these are nothing to wonder at.
LEAST_VOLUME_SPREAD = 0.05  # of the usual number of rows
LEAST_RATE_SPREAD = 0.02
LEAST_MEDIAN_SPREAD = 0.1  # of the usual median
OVERDUE_INTERVALS = 2  # a sender is silent after so many of its usual intervals
LEAST_INTERVAL = timedelta(days=1)
LONGEST_SENTENCE = 500
_COLUMNS = """
SELECT cell.key, count(*) FILTER (WHERE cell.value <> ''),
       count(DISTINCT nullif(cell.value, '')),
       coalesce(avg(length(cell.value)) FILTER (WHERE cell.value <> ''), 0)
  FROM deliveries_deliveryrow row, jsonb_each_text(row.cells) cell
 WHERE row.delivery_id = %s AND row.number > 0 GROUP BY cell.key ORDER BY cell.key
"""
_CATEGORIES = """
SELECT key, value, n FROM (
  SELECT cell.key, cell.value, count(*) AS n,
         row_number() OVER (PARTITION BY cell.key ORDER BY count(*) DESC, cell.value) AS place
    FROM deliveries_deliveryrow row, jsonb_each_text(row.cells) cell
   WHERE row.delivery_id = %s AND row.number > 0 AND cell.value <> '' AND cell.key = ANY (%s)
   GROUP BY 1, 2) counted
 WHERE place <= %s
"""

# Medians, since one absurd row must not move them, while a sender that begins to write parts of one
# instead of percents, or to send half of all holders, moves most rows at once.
_MEDIANS = """
WITH said AS (
  SELECT row.number, cell.key, unnest(string_to_array(cell.value, ';')) AS part
    FROM deliveries_deliveryrow row, jsonb_each_text(row.cells) cell
   WHERE row.delivery_id = %(delivery)s AND row.number > 0
     AND (cell.key = ANY (%(roles)s) OR cell.key = ANY (%(percents)s))),
numbers AS (
  SELECT key AS name, btrim(part)::float8 AS value FROM said
   WHERE key = ANY (%(percents)s) AND btrim(part) ~ '^[0-9]{1,9}([.][0-9]{1,9})?$'
  UNION ALL
  SELECT 'holders', count(*) FROM said
   WHERE key = ANY (%(roles)s) AND btrim(part) <> '' GROUP BY number
  UNION ALL
  SELECT 'seconds', (file ->> 'seconds')::float8 FROM deliveries_deliveryrow
   WHERE delivery_id = %(delivery)s AND jsonb_typeof(file -> 'seconds') = 'number')
SELECT name, percentile_cont(0.5) WITHIN GROUP (ORDER BY value) FROM numbers
 GROUP BY name ORDER BY name
"""
_MEASURED = {"seconds": "Files last {0:.0f} seconds", "holders": "A row names {0:g} holders"}


@dataclass(frozen=True)
class Unusual:
    """Something that a monitor noticed."""

    monitor: Monitor
    about: str
    severity: Severity
    sentence: str
    evidence: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def compare(delivery: Delivery) -> list[Alert]:
    """Keep a delivery's profile, and alerts for what is unusual about it; again changes nothing."""
    if delivery.sender is None:
        return []
    Sender.objects.select_for_update().get(pk=delivery.sender.pk)
    now = _profile(delivery)
    Alert.objects.filter(sender=delivery.sender, monitor=Monitor.FRESHNESS, ended_at=None).update(
        ended_at=delivery.received_at
    )
    earlier = Profile.objects.filter(sender=delivery.sender, received_at__lt=now.received_at)
    before = list(earlier.order_by("-received_at")[:MOST_BEFORE])
    if len(before) < LEAST_BEFORE:
        return []
    return [
        _raise(delivery.sender, delivery, each, now.received_at)
        for each in (
            *_volume(now, before),
            *_rates(now, before),
            *_mix(now, before),
            *_medians(now, before),
            *_schema(now, before),
        )
    ]


def _profile(delivery: Delivery) -> Profile:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [delivery.pk])
        columns = {
            name: {"filled": filled, "distinct": distinct, "letters": round(float(letters), 2)}
            for name, filled, distinct, letters in cursor.fetchall()
        }
        names = {"roles": list(ROLES), "percents": [f"{role}_share_pct" for role in ROLES]}
        cursor.execute(_MEDIANS, {"delivery": delivery.pk, **names})
        medians = {name: round(float(value), 4) for name, value in cursor.fetchall()}
        cursor.execute(_CATEGORIES, [delivery.pk, list(CATEGORICAL), MOST_CATEGORIES])
        categories: dict[str, dict[str, int]] = {}
        for name, value, n_rows in cursor.fetchall():
            categories.setdefault(name, {})[value] = n_rows
    values = {
        "sender": delivery.sender,
        "row_count": delivery.rows.filter(number__gt=0).count(),
        "columns": columns,
        "categories": categories,
        "medians": medians,
        "headings": delivery.columns,
        "received_at": delivery.received_at,
    }
    profile, _ = Profile.objects.update_or_create(delivery=delivery, defaults=values)
    return profile


def _volume(now: Profile, before: Sequence[Profile]) -> Iterator[Unusual]:
    counts = [each.row_count for each in before]
    usual = median(counts)
    z = robust_z(now.row_count, counts, least_spread=max(1.0, usual * LEAST_VOLUME_SPREAD))
    if abs(z) > FAR_Z:
        yield Unusual(
            Monitor.VOLUME,
            "",
            Severity.WARNING,
            f"The delivery has {now.row_count:,} rows; usually there are about {usual:,.0f}.",
            {"rows": now.row_count, "usual": usual, "z": round(z, 1)},
        )


def _rate(profile: Profile, column: str, of: str) -> float:
    """The part of all rows in which a column says something, or of those that say a new thing."""
    counted = profile.columns.get(column, {"filled": 0, "distinct": 0})
    whole = profile.row_count if of == "filled" else counted["filled"]
    return float(counted[of]) / whole if whole else 0.0


def _rates(now: Profile, before: Sequence[Profile]) -> Iterator[Unusual]:
    names = sorted(now.columns.keys() | {name for each in before for name in each.columns})
    for name in names:
        for of, what in (("filled", "is filled in"), ("distinct", "says something new in")):
            rate, rates = _rate(now, name, of), [_rate(each, name, of) for each in before]
            z = robust_z(rate, rates, least_spread=LEAST_RATE_SPREAD)
            if abs(z) > FAR_Z:
                yield Unusual(
                    Monitor.DISTRIBUTION,
                    f"{name}:{of}",
                    Severity.ERROR if of == "filled" and rate == 0 else Severity.WARNING,
                    f"{name} {what} {rate:.0%} of the rows; usually {median(rates):.0%}.",
                    {"rate": round(rate, 4), "usual": round(median(rates), 4), "z": round(z, 1)},
                )


def _mix(now: Profile, before: Sequence[Profile]) -> Iterator[Unusual]:
    for name in CATEGORICAL:
        usual: Counter[str] = Counter()
        for each in before:
            usual.update(each.categories.get(name, {}))
        moved = psi(now.categories.get(name, {}), usual)
        if moved > SHIFTED_PSI:
            counts = now.categories[name]
            top = max(counts, key=lambda value: counts[value])
            yield Unusual(
                Monitor.DISTRIBUTION,
                f"{name}:mix",
                Severity.WARNING,
                f"The values of {name} are others than usual; the commonest is now “{top[:80]}”, "
                f"on {counts[top] / sum(counts.values()):.0%} of the rows.",
                {"psi": round(moved, 3), "bound": SHIFTED_PSI},
            )


def _medians(now: Profile, before: Sequence[Profile]) -> Iterator[Unusual]:
    """What is measured by no row usually, or by none now, is told by how often it is filled in."""
    for name, value in sorted(now.medians.items()):
        values = [each.medians[name] for each in before if name in each.medians]
        if len(values) < LEAST_BEFORE:
            continue
        usual = median(values)
        z = robust_z(value, values, least_spread=LEAST_MEDIAN_SPREAD * usual)
        if abs(z) > FAR_Z:
            said = _MEASURED.get(name, f"{name} is {{0:g}}").format(value)
            yield Unusual(
                Monitor.DISTRIBUTION,
                f"{name}:median",
                Severity.WARNING,
                f"{said} in the median; usually {usual:g}.",
                {"median": value, "usual": usual, "z": round(z, 1)},
            )


def _schema(now: Profile, before: Sequence[Profile]) -> Iterator[Unusual]:
    change = schema_change(now.headings, before[0].headings)
    said = [f"“{old}” is now “{new}”" for old, new in change.renamed]
    said += [f"“{name}” is gone" for name in change.gone]
    said += [f"“{name}” is new" for name in change.added]
    if said:
        yield Unusual(
            Monitor.SCHEMA,
            "",
            Severity.ERROR if change.gone or change.renamed else Severity.INFO,
            f"The file's columns changed: {'; '.join(said)}.",
            {"added": change.added, "gone": change.gone, "renamed": change.renamed},
        )


def _raise(sender: Sender, delivery: Delivery | None, unusual: Unusual, at: datetime) -> Alert:
    alert, _ = Alert.objects.get_or_create(
        sender=sender,
        delivery=delivery,
        monitor=unusual.monitor,
        about=unusual.about[:100],
        ended_at=None,
        defaults={
            "severity": unusual.severity.value,
            "sentence": unusual.sentence[:LONGEST_SENTENCE],
            "evidence": unusual.evidence,
            "raised_at": at,
        },
    )
    return alert


@transaction.atomic
def look_for_silence(*, now: datetime) -> list[Alert]:
    """Alerts for senders that let twice their usual interval pass without delivering."""
    alerts = []
    for sender in Sender.objects.select_for_update().order_by("pk"):
        profiles = Profile.objects.filter(sender=sender).order_by("-received_at")
        times = list(profiles.values_list("received_at", flat=True)[: MOST_BEFORE + 1])
        gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
        if len(gaps) < LEAST_BEFORE:
            continue
        usual = max(timedelta(seconds=median(gaps)), LEAST_INTERVAL)
        if now - times[0] > OVERDUE_INTERVALS * usual:
            sentence = (
                f"{sender.name} delivered last on {times[0]:%d %B %Y}; usually something comes "
                f"every {max(1, round(usual / LEAST_INTERVAL))} days."
            )
            unusual = Unusual(Monitor.FRESHNESS, "", Severity.WARNING, sentence)
            alerts.append(_raise(sender, None, unusual, now))
    return alerts
