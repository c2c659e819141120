"""Invoices that the house writes in a payee's name, by agreement (Article 224, 2006/112/EC)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from catalog.models import Party
from common.database.constraints import no_overlap
from common.money import Currency, currency
from royalty.models.payees import PPM_HELP
from royalty.models.payouts import Payout
from royalty.models.receivables import BillingDetails, Numbered, numbered_rules


class SelfBilling(models.Model):
    """The agreement with a payee, on some days, and the rate of VAT that it charges at home."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="self_billing")
    country = models.CharField(max_length=2, help_text="Where it is established, as in DE.")
    vat_number = models.CharField(max_length=20)
    vat_ppm = models.PositiveIntegerField(help_text=PPM_HELP)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "self-billing agreements"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(vat_ppm__lte=1_000_000) & ~Q(vat_number=""),
                name="self_billing_has_a_rate_and_a_number",
                violation_error_message="It needs a VAT number and a rate of at most 100 %%.",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="self_billing_lasts_a_day",
                violation_error_message="It ends before it begins.",
            ),
            no_overlap(
                name="one_self_billing_a_payee_and_day",
                same=["party"],
                days=("valid_from", "valid_until"),
                message="The party has an agreement on some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} from {self.valid_from}"


class SelfBilledInvoice(Numbered):
    """What a payee is taken to have invoiced for a payout (SB), or its cancellation (SBC)."""

    class Series(models.TextChoices):
        INVOICE = "SB", "self-billing invoice"
        CANCELLATION = "SBC", "cancellation of a self-billing invoice"

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="self_billed")
    agreement = models.ForeignKey(SelfBilling, on_delete=models.PROTECT, related_name="invoices")
    customer = models.ForeignKey(BillingDetails, on_delete=models.PROTECT, related_name="+")
    cancels = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="cancelled_by"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *numbered_rules("self_billed_invoice"),
            models.UniqueConstraint(
                fields=["payout", "series"], name="a_payout_is_self_billed_once"
            ),
            models.CheckConstraint(
                condition=Q(series="SB", cancels__isnull=True)
                | Q(series="SBC", cancels__isnull=False),
                name="cancellations_name_what_they_cancel",
            ),
        ]

    @property
    def money(self) -> Currency:
        return currency(self.payout.batch.currency)
