"""What was measured of features by retraining, kept beside them: who recorded it, when, and how.

No run measures this by itself (docs/concepts/fidelity.md): somebody retrains models on parts of
the training set and has the engine compare (`attribution.engine.quality_report`). The report is
kept as it came, after it was found to be one; a later one is put beside it and replaces nothing.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from attribution.models import FeatureStore
from common.hashing import canonical_json, sha256_bytes

FORMAT = "tantieme quality report 1"  # as `attribution.engine.quality_report` writes it
LONGEST_METHOD = 100
MOST_POINTS = 50  # of a calibration curve
FEWEST_SUBSETS = 3


class ReportRefused(ValueError):
    """This is no report of quality; the message says where and why."""


def record_quality(
    store: FeatureStore, report: Mapping[str, Any], *, by: User, as_of: datetime
) -> dict[str, Any]:
    """Keep a report of quality with a sealed store; returns what is kept. Twice is once.

    Raises:
        ReportRefused: the store is not sealed, or the report is none.
    """
    checked = _checked(report)
    digest = sha256_bytes(canonical_json(checked))
    with transaction.atomic():
        locked = FeatureStore.objects.select_for_update().get(pk=store.pk)
        if locked.sealed_at is None:
            raise ReportRefused("These features are not sealed, so nothing was measured by them.")
        known = next((each for each in locked.measured or [] if each["sha256"] == digest), None)
        if known is not None:
            return dict(known)
        kept = checked | {"sha256": digest, "by": by.name, "at": as_of.isoformat()}
        locked.measured = [*(locked.measured or []), kept]
        locked.save(update_fields=["measured"])
    return kept


def _checked(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report without what does not belong to it."""
    if not isinstance(report, Mapping) or report.get("format") != FORMAT:
        raise ReportRefused(f'The report must be an object with "format": "{FORMAT}".')
    method = report.get("method")
    if not isinstance(method, str) or not 0 < len(method) <= LONGEST_METHOD:
        raise ReportRefused(f'"method" must be a text of at most {LONGEST_METHOD} characters.')
    lds = report.get("lds")
    if not isinstance(lds, Mapping):
        raise ReportRefused('"lds" must be an object with value, low and high.')
    low, value, high = (_part(lds, name, -1.0) for name in ("low", "value", "high"))
    if not low <= value <= high:
        raise ReportRefused('"lds": value must lie between low and high.')
    ceiling = report.get("ceiling")
    points = report.get("calibration") or []
    if not isinstance(points, list) or len(points) > MOST_POINTS:
        raise ReportRefused(f'"calibration" must be a list of at most {MOST_POINTS} points.')
    return {
        "format": FORMAT,
        "method": method,
        "subsets": _count(report, "subsets", FEWEST_SUBSETS),
        "seeds": _count(report, "seeds", 1),
        "queries": _count(report, "queries", 1),
        "lds": {"value": value, "low": low, "high": high},
        "ceiling": None if ceiling is None else _part(report, "ceiling", 0.0),
        "calibration": [_point(point) for point in points],
    }


def _point(point: object) -> dict[str, Any]:
    if not isinstance(point, Mapping):
        raise ReportRefused('"calibration": each point must be an object.')
    return {
        "promised": _part(point, "promised", 0.0),
        "held": _part(point, "held", 0.0),
        "shares": _count(point, "shares", 1),
    }


def _part(thing: Mapping[str, Any], name: str, least: float) -> float:
    value = thing.get(name)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    number = float(value) if is_number and value is not None else math.nan
    if least <= number <= 1:  # what is not finite is in no bounds
        return number
    raise ReportRefused(f'"{name}" must be a number from {least:g} to 1, and is {value!r:.40}.')


def _count(thing: Mapping[str, Any], name: str, least: int) -> int:
    value = thing.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 10**9:
        raise ReportRefused(f'"{name}" must be a whole number from {least}, and is {value!r:.40}.')
    return value
