"""Payments to payees: a batch that one person drafts and another approves, and what came of each.

A *batch* (draft → approved → exported → sent → settled, or discarded as a draft) pays any number of
parties in one currency. A *payout* is what one party gets from it; its *parts* say, for each
contract, what was taken off the party's account and where it went. Amounts are final once written;
the books are posted when the batch is approved (`royalty.services.payouts`).
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from catalog.models import Party
from common.money import Currency, currency
from royalty.models.contracts import Contract
from royalty.models.payees import BankDetails, PayingAccount


class PayoutBatch(models.Model):
    """Payments that are drafted, approved and sent together. Its message id is that of its file.

    `posted_on` is the day of its journals and of the terms it was drafted by. `notes` are sentences
    about who is not paid and why, and about what the approver should know.
    """

    class Status(models.TextChoices):
        DRAFT = "draft"
        APPROVED = "approved"
        EXPORTED = "exported"
        SENT = "sent"
        SETTLED = "settled"
        DISCARDED = "discarded"

    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    posted_on = models.DateField()
    execution_date = models.DateField()
    paying_account = models.ForeignKey(
        PayingAccount, on_delete=models.PROTECT, related_name="batches"
    )
    notes = models.JSONField(default=list)
    # Null: the calendar drafted it, and whoever approves it is not who gives it to the bank.
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    file_name = models.CharField(max_length=300, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "payout batches"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(made_by__isnull=True)
                | ~Q(approved_by=F("made_by")),
                name="payouts_are_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(sent_by__isnull=True)
                | Q(made_by__isnull=False)
                | ~Q(sent_by=F("approved_by")),
                name="two_people_stand_behind_a_payment",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "discarded"], approved_by__isnull=True)
                | Q(status__in=["approved", "exported", "sent", "settled"])
                & Q(approved_by__isnull=False, approved_at__isnull=False),
                name="payouts_name_who_approved_them",
            ),
            models.CheckConstraint(
                condition=Q(file_name="") | ~Q(file_sha256=""), name="payment_files_have_their_hash"
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.message_id}"

    @property
    def message_id(self) -> str:
        """The id of its payment file, never used twice."""
        return f"TANTIEME-{self.pk}"

    @property
    def money(self) -> Currency:
        return currency(self.currency)


class Payout(models.Model):
    """What one party gets from a batch; nothing at all where advances took everything."""

    class Status(models.TextChoices):
        PENDING = "pending"
        PAID = "paid"
        RETURNED = "returned"
        OFFSET = "offset", "settled without a payment"

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="payouts")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="payouts")
    bank_details = models.ForeignKey(
        BankDetails, on_delete=models.PROTECT, null=True, related_name="payouts"
    )
    payable_atoms = models.BigIntegerField()
    withholding_document = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    settled_on = models.DateField(null=True)
    return_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["batch", "party"], name="a_party_is_paid_once_a_batch"),
            models.CheckConstraint(
                condition=Q(payable_atoms=0, status="offset")
                | Q(payable_atoms__gt=0, bank_details__isnull=False) & ~Q(status="offset"),
                name="payments_have_an_amount_and_an_account",
            ),
            models.CheckConstraint(
                condition=Q(status="returned") & ~Q(return_reason="")
                | ~Q(status="returned") & Q(return_reason=""),
                name="returned_payments_say_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.end_to_end_id} to {self.party}"

    @property
    def end_to_end_id(self) -> str:
        """The id that travels with the payment and comes back with its fate."""
        return f"{self.batch.message_id}-{self.pk}"


class PayoutPart(models.Model):
    """What a payout took off a party's account under one contract, line by line.

    `deductions` lists the steps of the waterfall: rule, base, rate, amount, whose advance; the last
    may be the VAT that a payee charges, which is added.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="parts")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="payout_parts")
    gross_atoms = models.BigIntegerField()
    released_atoms = models.BigIntegerField()
    fee_atoms = models.BigIntegerField()
    reserve_atoms = models.BigIntegerField()
    reserve_until = models.DateField()
    recoupment_atoms = models.BigIntegerField()
    withholding_atoms = models.BigIntegerField()
    vat_atoms = models.BigIntegerField(default=0)
    payable_atoms = models.BigIntegerField()
    deductions = models.JSONField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["payout", "contract"], name="one_part_a_payout_and_contract"
            ),
            models.CheckConstraint(
                condition=Q(
                    payable_atoms=F("gross_atoms")
                    + F("released_atoms")
                    - F("fee_atoms")
                    - F("reserve_atoms")
                    - F("recoupment_atoms")
                    - F("withholding_atoms")
                    + F("vat_atoms")
                ),
                name="payouts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(gross_atoms__gte=0, released_atoms__gte=0, fee_atoms__gte=0)
                & Q(reserve_atoms__gte=0, recoupment_atoms__gte=0)
                & Q(withholding_atoms__gte=0, vat_atoms__gte=0, payable_atoms__gte=0),
                name="payouts_take_nothing_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout} under {self.contract}"
