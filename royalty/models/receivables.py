"""Money in: invoices to platforms, what their banks sent, and which receipt settled which invoice.

An *invoice* says what a contract's closed periods leave for the platform to pay; a lower amount
later is a *credit note*. A *receipt* is an entry of the bank's file that brought money. *Matches*
say what became of it, piece by piece: an invoice was settled, or the platform has it as a credit,
or it was sent back. A match that was wrong is undone by another row. Whether an invoice is open,
late or paid is not stored: it follows from its matches.

Amounts are atoms of whole minor units. All rows are append-only and numbers have no gaps; the
database sees to both (migrations/sql/receivables.sql, collected.sql). Rows are written by
`royalty.services.receivables` and nobody else.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import User
from catalog.models import Platform
from common.money import Currency, currency
from royalty.models.contracts import Contract
from royalty.models.payees import PayingAccount
from royalty.models.periods import Period

NUMBER_DIGITS = 4


class BillingDetails(models.Model):
    """How an invoice names a platform or, without one, the house itself. The newest row counts."""

    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="billing_details",
        help_text="Empty: the house, which writes the invoices.",
    )  # fmt: skip
    name = models.CharField(max_length=140)
    street = models.CharField(max_length=70, blank=True)
    building = models.CharField(max_length=16, blank=True)
    postcode = models.CharField(max_length=16, blank=True)
    town = models.CharField(max_length=35)
    country = models.CharField(max_length=2, help_text="Two letters, as in DE.")
    vat_number = models.CharField(max_length=20, blank=True)
    iban = models.CharField(
        max_length=34, blank=True, help_text="From which the platform pays; finds its receipts."
    )
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "billing details"

    def __str__(self) -> str:
        return f"{self.name}, {self.town}"


class Numbered(models.Model):
    """A document with a number that is never left out: series, year, running number."""

    series = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    issued_on = models.DateField()
    net_atoms = models.BigIntegerField()
    vat_ppm = models.PositiveIntegerField()
    vat_atoms = models.BigIntegerField()
    gross_atoms = models.BigIntegerField()
    vat_sentence = models.CharField(max_length=200, blank=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as it is printed: INV-2026-0007."""
        return f"{self.series}-{self.year}-{self.number:0{NUMBER_DIGITS}d}"


def numbered_rules(what: str) -> list[models.BaseConstraint]:
    """The rules of a numbered document: one a number, in its year, adding up."""
    return [
        models.UniqueConstraint(fields=["series", "year", "number"], name=f"one_{what}_a_number"),
        models.CheckConstraint(
            condition=Q(gross_atoms=F("net_atoms") + F("vat_atoms"), net_atoms__gt=0)
            & Q(vat_atoms__gte=0, number__gt=0, issued_on__year=F("year")),
            name=f"{what}s_add_up",
        ),
    ]


class Invoice(Numbered):
    """What a platform owes under a contract for its periods up to `through`, or is credited.

    Amounts are positive; the series says whether they are owed (INV) or credited (CN). `lines`
    lead from what was earned to the net: [{"text", "atoms"}], summing to the net of an invoice
    and to minus the net of a credit note.
    """

    class Series(models.TextChoices):
        INVOICE = "INV", "invoice"
        CREDIT_NOTE = "CN", "credit note"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="invoices")
    through = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="invoices")
    due_on = models.DateField()
    lines = models.JSONField()
    reference = models.CharField(max_length=25, unique=True, help_text="ISO 11649")
    supplier = models.ForeignKey(BillingDetails, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(BillingDetails, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(PayingAccount, on_delete=models.PROTECT, related_name="invoices")

    class Meta:
        permissions = (("issue_invoice", "Can issue invoices"),)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *numbered_rules("invoice"),
            models.CheckConstraint(
                condition=Q(series__in=["INV", "CN"]), name="invoices_are_of_a_series"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("issued_on")), name="invoices_are_due_once_issued"
            ),
            models.UniqueConstraint(
                fields=["contract", "through"], name="a_period_is_invoiced_once"
            ),
        ]

    @property
    def money(self) -> Currency:
        return currency(self.contract.currency)

    @property
    def is_credit_note(self) -> bool:
        return self.series == self.Series.CREDIT_NOTE


class BankFile(models.Model):
    """A file that the bank sent: camt.053 (a statement) or camt.054 (a notification)."""

    message_id = models.CharField(max_length=35)
    sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=200)
    entry_count = models.PositiveIntegerField()
    new_count = models.PositiveIntegerField(help_text="Entries that no earlier file had.")
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "message_id"], name="a_bank_file_is_taken_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class Receipt(models.Model):
    """Money that came in, or (`is_taken_back`) that the bank took back of what had come in.

    `entry_key` names the bank's entry, so that it is taken once whichever file tells of it.
    `contract` is where it is booked until it is matched, because every journal belongs to a
    contract; it says nothing about whose money it is.
    """

    bank_file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="receipts")
    account = models.ForeignKey(PayingAccount, on_delete=models.PROTECT, related_name="receipts")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="receipts")
    entry_key = models.CharField(max_length=64)
    position = models.PositiveIntegerField(help_text="Of the transaction within its entry.")
    is_taken_back = models.BooleanField(default=False)
    booked_on = models.DateField()
    amount_atoms = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payer_name = models.CharField(max_length=140, blank=True)
    payer_iban = models.CharField(max_length=34, blank=True)
    end_to_end_id = models.CharField(max_length=35, blank=True)
    remittance = models.CharField(max_length=1000, blank=True)

    class Meta:
        permissions = (("match_receipt", "Can match receipts"),)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["entry_key", "position"], name="a_bank_entry_is_taken_once"
            ),
            models.CheckConstraint(condition=Q(amount_atoms__gt=0), name="receipts_have_an_amount"),
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"

    @property
    def money(self) -> Currency:
        return currency(self.currency)


class Match(models.Model):
    """What became of a piece of a receipt, or of what a platform had as a credit."""

    class Use(models.TextChoices):
        INVOICE = "invoice", "pays an invoice"
        CREDIT = "credit", "is kept as the platform's credit"
        CREDIT_USED = "credit_used", "pays an invoice from the platform's credit"
        RETURNED = "returned", "was sent back"

    use = models.CharField(max_length=16, choices=Use)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="matches")
    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, null=True, related_name="matches"
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="matches"
    )
    # The entry by which the bank took the money back; none where a person sent it back.
    taken_back_by = models.OneToOneField(
        Receipt, on_delete=models.PROTECT, null=True, related_name="takes_back"
    )
    amount_atoms = models.BigIntegerField()
    found_by = models.CharField(max_length=100, help_text="By what they were matched.")
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by"
    )
    matched_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    matched_on = models.DateField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "matches"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_atoms__gt=0), name="matches_have_an_amount"),
            models.CheckConstraint(
                condition=Q(use="invoice", receipt__isnull=False, invoice__isnull=False)
                | Q(use__in=["credit", "returned"], receipt__isnull=False, invoice__isnull=True)
                | Q(use="credit_used", receipt__isnull=True, invoice__isnull=False),
                name="matches_name_what_they_match",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_by__isnull=True) | Q(use="returned"),
                name="only_what_was_returned_was_taken_back",
            ),
        ]

    def __str__(self) -> str:
        what = self.invoice or self.contract
        return f"match {self.pk}: {self.get_use_display()}, {what}"
