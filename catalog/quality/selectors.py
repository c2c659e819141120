"""Reading how good the data is: findings, scores, causes, alerts and outliers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from catalog.models import Party, Track, Work
from catalog.quality.models import Alert, Finding, Outlier, Score
from catalog.quality.rules import RULES, Severity

SEVERITIES = tuple(reversed(Severity))  # the worst first
DIMENSIONS = ("completeness", "validity", "uniqueness", "consistency", "timeliness")


def by_severity(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """The worst first, then the newest."""
    ranks = [When(severity=each.value, then=Value(at)) for at, each in enumerate(SEVERITIES)]
    ranked = findings.annotate(rank=Case(*ranks, output_field=IntegerField()))
    return ranked.select_related("sender", "steward", "delivery").order_by(
        "rank", "-first_seen_at", "pk"
    )


def findings_of(subject: Track | Work | Party) -> list[Finding]:
    """What is wrong now: of a track also with its work, of a work also with its shares."""
    if isinstance(subject, Track):
        whose = Q(track_id=subject.pk) | Q(track_id=None, work_id=subject.work_id)
    elif isinstance(subject, Work):
        whose = Q(work_id=subject.pk, track_id=None)
    else:
        whose = Q(subject="party", subject_id=subject.pk)
    return list(by_severity(Finding.objects.filter(whose, status=Finding.Status.OPEN)))


def score_of(scope: str, key: str = "") -> Score | None:
    """The last score of the whole, a sender (code), a collection or a party (ref)."""
    return Score.objects.filter(scope=scope, key=key).order_by("-day").first()


def trend_of(scope: str, key: str = "", *, days: int = 90) -> list[Score]:
    """The scores of the last days that have one, the oldest first."""
    rows = Score.objects.filter(scope=scope, key=key).order_by("-day")[:days]
    return list(reversed(rows))


def worst(scope: str, *, most: int = 5) -> list[Score]:
    """The lowest last scores under 100 of a scope."""
    last = Score.objects.filter(scope=scope).order_by("key", "-day").distinct("key")
    below = Score.objects.filter(pk__in=last.values("pk"), score_hundredths__lt=10_000)
    return list(below.order_by("score_hundredths", "name")[:most])


@dataclass(frozen=True)
class DimensionCounts:
    """Open findings of a dimension, by severity, the worst first."""

    dimension: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


def open_by_dimension() -> list[DimensionCounts]:
    """How many findings are open, dimension by dimension."""
    rows = Finding.objects.filter(status=Finding.Status.OPEN).values_list("dimension", "severity")
    counts = {(row[0], row[1]): row[2] for row in rows.annotate(Count("pk")).order_by()}
    return [
        DimensionCounts(
            each, tuple(counts.get((each, severity.value), 0) for severity in SEVERITIES)
        )
        for each in DIMENSIONS
    ]


@dataclass(frozen=True)
class RootCause:
    """Open findings of one rule that came by one way."""

    rule: str
    rule_version: int
    severity: str
    cause: str
    sender_name: str
    delivery_id: str
    delivery_name: str
    field: str
    column: str  # of the delivery's file, if the field was read from one called otherwise
    count: int

    @property
    def sentence(self) -> str:
        """Where these findings come from."""
        if self.cause == Finding.Cause.RULE:
            return f"version {self.rule_version} of the rule, which looks at more than before"
        if self.cause == Finding.Cause.DELIVERY:
            column = f", column “{self.column}”" if self.column else ""
            return f"{self.delivery_name} of {self.sender_name or 'the operator'}{column}"
        return "no delivery that is kept: a change by hand, or time that passed"


def root_causes(*, most: int = 10) -> list[RootCause]:
    """What brought most of the open findings: delivery and column, rule version, or else."""
    rows = (
        Finding.objects.filter(status=Finding.Status.OPEN)
        .values_list(
            "rule", "rule_version", "severity", "cause", "sender__name", "delivery_id",
            "delivery__name", "field", "delivery__column_of",
        )
        .annotate(n=Count("pk"))
        .order_by("-n", "rule")[:most]
    )  # fmt: skip
    return [
        RootCause(
            rule=rule,
            rule_version=version,
            severity=severity,
            cause=cause,
            sender_name=sender or "",
            delivery_id=str(delivery_id or ""),
            delivery_name=delivery or "",
            field=field,
            column=(column_of or {}).get(field, ""),
            count=n,
        )
        for (rule, version, severity, cause, sender, *origin, n) in rows
        for (delivery_id, delivery, field, column_of) in [origin]
    ]


def open_alerts(*, most: int | None = None) -> list[Alert]:
    """Alerts that nobody has looked at and that still hold, the newest first."""
    alerts = Alert.objects.filter(acknowledged_at=None, ended_at=None)
    return list(alerts.select_related("sender", "delivery").order_by("-raised_at", "pk")[:most])


def outliers(*, most: int) -> list[Outlier]:
    """The oddest tracks of the last fit."""
    return list(Outlier.objects.select_related("track__work").order_by("rank")[:most])


def filtered(
    *, status: str, rule: str, severity: str, sender: str, steward: str
) -> QuerySet[Finding]:
    """Findings by what a list asks; an empty text asks nothing."""
    asked = {
        "status": status,
        "rule": rule,
        "severity": severity,
        "sender__code": sender,
        "steward__email": steward,
    }
    return by_severity(
        Finding.objects.filter(**{name: value for name, value in asked.items() if value})
    )


def rule_codes() -> Sequence[str]:
    """All rules, by name."""
    return sorted(RULES)
