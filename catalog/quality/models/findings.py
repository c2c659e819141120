"""What rules found, since when, by whose delivery, and what people did about it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.deliveries.models import Delivery
from catalog.models import Sender
from catalog.quality.rules import RULES, Severity


class Subject(models.TextChoices):
    """What a rule is about."""

    WORK = "work"
    TRACK = "track"
    PARTY = "party"
    SHARE = "share"


class CheckRun(models.Model):
    """One run of rules: over everything, or over what a delivery changed."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, null=True, blank=True)
    versions = models.JSONField()  # {rule: version}
    found_counts = models.JSONField()  # {rule: subjects}
    opened_count = models.PositiveIntegerField()
    mended_count = models.PositiveIntegerField()
    as_of = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"check of {self.as_of}"


class Finding(models.Model):
    """A rule's word about one subject. There is one for each rule and subject, for good: what was
    mended and is wrong again is the same finding, opened anew."""

    class Status(models.TextChoices):
        OPEN = "open"
        MENDED = "mended"
        ACCEPTED = "accepted"

    class Cause(models.TextChoices):
        DELIVERY = "delivery", "a delivery said so"
        RULE = "rule", "a rule that is new or has changed"
        ELSEWHERE = "elsewhere", "a change by hand, or time that passed"

    rule = models.CharField(max_length=60)
    rule_version = models.PositiveSmallIntegerField()
    dimension = models.CharField(max_length=16)
    severity = models.CharField(
        max_length=8, choices=[(each.value, each.value) for each in Severity]
    )
    field = models.CharField(max_length=40, blank=True)  # the delivery's column that is to blame
    subject = models.CharField(max_length=8, choices=Subject)
    subject_id = models.BigIntegerField()
    subject_ref = models.CharField(max_length=200, blank=True)
    subject_name = models.CharField(max_length=500)
    work_id = models.BigIntegerField(null=True)  # of the work, or the track or share that it is in
    track_id = models.BigIntegerField(null=True)
    evidence = models.JSONField(default=dict)
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, null=True, blank=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.SET_NULL, null=True, blank=True)
    delivery_row = models.PositiveIntegerField(null=True, blank=True)
    cause = models.CharField(max_length=12, choices=Cause, default=Cause.ELSEWHERE)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    steward = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    # The first day on which what was accepted is open again.
    accepted_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["rule", "subject", "subject_id"], name="one_finding_a_rule_and_subject"
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(accepted_until__isnull=False),
                name="findings_are_accepted_until_a_day",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "severity"], name="findings_by_status"),
            models.Index(fields=["track_id"], name="findings_of_a_track"),
            models.Index(fields=["work_id"], name="findings_of_a_work"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject_name}"

    @property
    def sentence(self) -> str:
        """What is wrong, in words; of a rule that is no more, its code."""
        rule = RULES.get(self.rule)
        return rule.sentence.format(**self.evidence) if rule else f"{self.rule} (a former rule)"

    @property
    def repair(self) -> str:
        """What to do about it."""
        rule = RULES.get(self.rule)
        return rule.repair if rule else ""


class FindingEvent(models.Model):
    """What happened to a finding; nothing is taken back, it is followed by something else."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="events")
    status = models.CharField(max_length=8, choices=Finding.Status)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.status} at {self.at:%Y-%m-%d %H:%M}"
