"""What was agreed with a payee, where its money goes, and the account from which it is paid.

Terms and withholding hold from a day until another; a change ends one row and begins the next.
Bank details are never changed: the newest row counts, and a payment keeps pointing at the row by
which it was paid. The database refuses every other change (see migrations/sql/payouts.sql).
"""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from catalog.models import Party
from common.database.constraints import no_overlap
from common.money import Currency, currency
from royalty.apportionment.payout_waterfall import RULES
from royalty.documents.language import BRITISH, LANGUAGES
from royalty.documents.pain import Address, BankAccount, masked

PPM_HELP = "Millionths of the whole: 150,000 is 15 %."


def order_of_the_waterfall() -> list[str]:
    """The usual order: fee, reserve, reserves that come back, recoupment, withholding."""
    return list(RULES)


class PayeeTerms(models.Model):
    """The agreement between the catalogue and a party on payouts in one currency, on some days.

    `threshold_minor`: less than this is carried forward. A reserve is kept for `reserve_months`.
    `crosses_contracts`: an advance under one contract is recouped from what others earned too.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="payee_terms")
    currency = models.CharField(max_length=3)
    admin_fee_ppm = models.PositiveIntegerField(default=0, help_text=PPM_HELP)
    reserve_ppm = models.PositiveIntegerField(default=0, help_text=PPM_HELP)
    reserve_months = models.PositiveSmallIntegerField(default=12)
    threshold_minor = models.PositiveBigIntegerField(default=0, help_text="In cents, or the like.")
    crosses_contracts = models.BooleanField(default=False)
    most_favoured = models.BooleanField(
        default=False,
        help_text="No other payee in the currency may have a better term on the same days.",
    )
    language = models.CharField(
        max_length=5, choices=LANGUAGES, default=BRITISH, help_text="Of the PDF of statements."
    )
    order = ArrayField(models.CharField(max_length=16), default=order_of_the_waterfall)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "payee terms"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(admin_fee_ppm__lte=1_000_000, reserve_ppm__lte=1_000_000),
                name="fees_and_reserves_are_parts_of_one",
                violation_error_message="A fee or a reserve is above 100 %%.",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="payee_terms_last_a_day",
                violation_error_message="They end before they begin.",
            ),
            no_overlap(
                name="one_agreement_a_payee_and_day",
                same=["party", "currency"],
                days=("valid_from", "valid_until"),
                message="The party has terms in this currency on some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} in {self.currency} from {self.valid_from}"

    @property
    def money(self) -> Currency:
        return currency(self.currency)


class Withholding(models.Model):
    """How much tax is withheld from a party on some days.

    `statutory_ppm` by law; `reduced_ppm` by treaty, as long as `document` proves it. After
    `document_expires_on` the statutory rate is withheld until somebody enters a new document.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="withholdings")
    statutory_ppm = models.PositiveIntegerField(help_text=PPM_HELP)
    reduced_ppm = models.PositiveIntegerField(null=True, blank=True, help_text=PPM_HELP)
    document = models.CharField(max_length=200, blank=True, help_text="Its kind and number.")
    document_expires_on = models.DateField(null=True, blank=True, help_text="The last good day.")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(statutory_ppm__lte=1_000_000)
                & (Q(reduced_ppm__isnull=True) | Q(reduced_ppm__lte=F("statutory_ppm"))),
                name="withholding_is_part_of_one_and_reduced_by_treaty",
                violation_error_message="A rate is above 100 %%, or reduced above the legal one.",
            ),
            models.CheckConstraint(
                condition=Q(reduced_ppm__isnull=True, document="", document_expires_on__isnull=True)
                | Q(reduced_ppm__isnull=False, document_expires_on__isnull=False) & ~Q(document=""),
                name="reduced_withholding_has_its_document",
                violation_error_message="A reduced rate needs a document and its last good day.",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="withholdings_last_a_day",
                violation_error_message="It ends before it begins.",
            ),
            no_overlap(
                name="one_withholding_a_payee_and_day",
                same=["party"],
                days=("valid_from", "valid_until"),
                message="The party has a rate of withholding on some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} from {self.valid_from}"

    def has_lapsed(self, day: date) -> bool:
        """There was a document, and it is good no more."""
        return self.document_expires_on is not None and day > self.document_expires_on

    def rate_ppm(self, day: date) -> int:
        """What is withheld on a day: the reduced rate only while its document is good."""
        if self.reduced_ppm is None or self.has_lapsed(day):
            return self.statutory_ppm
        return self.reduced_ppm


class OwnedAccount(models.Model):
    """A bank account and its owner, as a payment file names them."""

    name = models.CharField(max_length=70, help_text="As the bank knows the owner.")
    street = models.CharField(max_length=70, blank=True)
    building = models.CharField(max_length=16, blank=True)
    postcode = models.CharField(max_length=16, blank=True)
    town = models.CharField(max_length=35)
    country = models.CharField(max_length=2, help_text="Two letters, as in DE.")
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True, help_text="Not needed within SEPA.")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    @property
    def account(self) -> BankAccount:
        """The same in the words of payment files; raises BankDetailsError for what banks refuse."""
        address = Address(self.town, self.country, self.street, self.building, self.postcode)
        return BankAccount(self.name, self.iban, address, self.bic)

    @property
    def masked_iban(self) -> str:
        return masked(self.iban)


class BankDetails(OwnedAccount):
    """Where a party wants its money. The newest row counts, of those that count already and were
    not taken back: what a payee's people enter themselves waits until `counts_from`.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bank_details")
    counts_from = models.DateTimeField(null=True, editable=False)  # none: at once

    class Meta:
        verbose_name_plural = "bank details"

    def __str__(self) -> str:
        return f"{self.party} {self.masked_iban}"


class TakenBack(models.Model):
    """Bank details that somebody took back before they counted. Append-only."""

    details = models.OneToOneField(
        BankDetails, on_delete=models.PROTECT, primary_key=True, related_name="taken_back"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.details} taken back by {self.by}"


class PayeeTax(models.Model):
    """What a payee says of itself for taxes. The newest row counts; what is withheld follows from
    what the operator then agrees (`Withholding`, `SelfBilling`).
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="tax_details")
    country = models.CharField(max_length=2, help_text="Where it pays tax, as in DE.")
    vat_number = models.CharField(max_length=20, blank=True)
    tax_number = models.CharField(max_length=40, blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "payee tax details"

    def __str__(self) -> str:
        return f"{self.party} in {self.country}"


class PayingAccount(OwnedAccount):
    """The catalogue's own account from which payments in a currency go out. The newest counts."""

    currency = models.CharField(max_length=3)

    def __str__(self) -> str:
        return f"{self.currency} from {self.masked_iban}"

    @property
    def money(self) -> Currency:
        return currency(self.currency)
