"""Periods of a contract, the runs that apportioned them, and what each party was told."""

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from catalog.models import Party
from common.database.constraints import no_overlap
from common.money import Currency, currency
from royalty.models.contracts import Contract


class Period(models.Model):
    """Some days of a contract, from `starts_on` until before `ends_on`.

    open (events come in) → computed (apportioned by one person) → reviewed (by a second) → closed
    (posted; final). A computed or reviewed period can be opened again, a closed one never.

    Nobody computed what the calendar had computed: `computed_at` says when, `computed_by` is null.
    Two people stand behind it all the same, since whoever reviewed it then does not close it.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        COMPUTED = "computed"
        REVIEWED = "reviewed"
        CLOSED = "closed"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="periods")
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    computed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    computed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="periods_last_a_day"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True)
                | Q(computed_by__isnull=True)
                | ~Q(reviewed_by=F("computed_by")),
                name="periods_are_reviewed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True)
                | Q(computed_by__isnull=False)
                | ~Q(closed_by=F("reviewed_by")),
                name="two_people_stand_behind_a_close",
            ),
            models.CheckConstraint(
                condition=Q(status="open", computed_by__isnull=True, computed_at__isnull=True)
                & Q(reviewed_by__isnull=True, closed_by__isnull=True)
                | Q(status="computed", computed_at__isnull=False, reviewed_by__isnull=True)
                & Q(closed_by__isnull=True)
                | Q(status="reviewed", computed_at__isnull=False, reviewed_by__isnull=False)
                & Q(closed_by__isnull=True)
                | Q(status="closed", computed_at__isnull=False, reviewed_by__isnull=False)
                & Q(closed_by__isnull=False),
                name="periods_name_who_did_what",
            ),
            no_overlap(
                name="periods_do_not_overlap",
                same=["contract"],
                days=("starts_on", "ends_on"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract.code} {self.label}"

    @property
    def last_day(self) -> date:
        """The day on which ownership is read and the period's journals are posted."""
        return self.ends_on - timedelta(days=1)

    @property
    def label(self) -> str:
        """`2026-10` for a calendar month, otherwise the first and the last day."""
        next_month = (self.starts_on.replace(day=1) + timedelta(days=32)).replace(day=1)
        if self.starts_on.day == 1 and self.ends_on == next_month:
            return f"{self.starts_on:%Y-%m}"
        return f"{self.starts_on}_{self.last_day}"


class AllocationRun(models.Model):
    """One apportionment of a period: from which snapshot, by which code, with which result.

    Append-only: computing again adds a run, and the last one counts. Lines are not stored; they
    follow from the snapshot, and `lines_sha256` proves that they do.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="runs")
    snapshot_sha256 = models.CharField(max_length=64)
    snapshot_name = models.CharField(max_length=300)
    lines_sha256 = models.CharField(max_length=64)
    line_count = models.PositiveBigIntegerField()
    use_count = models.PositiveBigIntegerField()
    # Uses that did not count, and the holds that kept them out when the run was made.
    left_out_uses = models.PositiveBigIntegerField(db_default=0)
    left_out = models.JSONField(db_default=[])  # ids
    gross_atoms = models.PositiveBigIntegerField()
    commission_atoms = models.PositiveBigIntegerField()
    pool_atoms = models.PositiveBigIntegerField()
    # What the platform owes on top of the gross, so that the pool reaches what is guaranteed.
    guarantee_atoms = models.PositiveBigIntegerField(default=0)
    totals_atoms = models.JSONField()  # atoms of each kind of line
    exceptions = models.JSONField(default=list)  # sentences for the person who reviews
    attribution_runs = models.JSONField(default=list)  # ids
    # The number of the platform's last file that was there; what came later is not in it.
    last_intake_file = models.PositiveBigIntegerField()
    exchange_rates = models.JSONField(db_default=[])  # by which reported money was converted
    code_version = models.CharField(max_length=64)
    computed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(gross_atoms=F("commission_atoms") + F("pool_atoms")),
                name="gross_is_commission_and_pool",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.snapshot_sha256[:12]}"


class Statement(models.Model):
    """What a party is told about a closed period; the amounts are final once it is issued.

    The highest version that is published counts; a later one has the same amounts, says why it was
    issued, and leaves the earlier ones as they are. Its documents are files
    (royalty.models.documents). The application's role may write when they
    were there, and once that it is published.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="statements")
    run = models.ForeignKey(AllocationRun, on_delete=models.PROTECT, related_name="statements")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="statements")
    version = models.PositiveIntegerField(default=1)
    currency = models.CharField(max_length=3)
    opening_atoms = models.BigIntegerField()
    attributed_atoms = models.BigIntegerField()
    fallback_atoms = models.BigIntegerField()
    guarantee_atoms = models.BigIntegerField(default=0)
    adjustment_atoms = models.BigIntegerField()
    settled_atoms = models.BigIntegerField(default=0)  # negative: paid out or kept back
    closing_atoms = models.BigIntegerField()
    # Of a later version: why it was issued, and who had it issued.
    reason = models.CharField(max_length=250, blank=True)
    reissued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    rendered_at = models.DateTimeField(null=True)  # when its files were there
    # None: a draft, which payees do not see (royalty.models.publishing).
    publication = models.ForeignKey(
        "Publication", on_delete=models.PROTECT, null=True, related_name="statements"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["period", "party", "version"], name="one_statement_a_version"
            ),
            models.CheckConstraint(
                condition=Q(
                    closing_atoms=F("opening_atoms")
                    + F("attributed_atoms")
                    + F("fallback_atoms")
                    + F("guarantee_atoms")
                    + F("adjustment_atoms")
                    + F("settled_atoms")
                ),
                name="statements_add_up",
            ),
            models.CheckConstraint(
                condition=Q(version=1, reason="", reissued_by__isnull=True)
                | Q(version__gt=1, reissued_by__isnull=False) & ~Q(reason=""),
                name="later_versions_say_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.period} v{self.version}"

    @property
    def money(self) -> Currency:
        return currency(self.currency)

    @property
    def earned_atoms(self) -> int:
        return self.attributed_atoms + self.fallback_atoms + self.guarantee_atoms
