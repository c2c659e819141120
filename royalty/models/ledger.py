"""Double entry: accounts, journals, their entries, and the seals that end a journal.

A *journal* is one event in the books; its *entries* debit and credit *accounts* with amounts that
are always positive, in atoms. What a contract's accounts hold follows from its journals alone;
nothing stores a balance.

The rules live in the database (migrations/sql/ledger.sql) and hold for whoever writes: a journal
balances in each currency and has at least two entries; when it passes it gets a seal, and a sealed
journal takes no more entries; it belongs to a period that is not closed and is dated inside it;
its accounts are those of the period's contract; a reversal mirrors what it reverses; nothing is
ever changed or deleted. Rows are written by `royalty.services.ledger` and by nobody else.
"""

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import User
from catalog.models import Party
from common.hashing import sha256_json
from common.ids import new_id
from royalty.models.contracts import Contract
from royalty.models.periods import Period

Leg = tuple[int, str, int, str]  # account id, side, amount in atoms, currency


class Side(models.TextChoices):
    """The two sides of an account."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def other(self) -> "Side":
        return Side.CREDIT if self == Side.DEBIT else Side.DEBIT


class AccountKind(models.TextChoices):
    """What an account is for; a contract has one of each, and a party's once for each party."""

    PLATFORM_RECEIVABLE = "platform_receivable", "owed by the platform"
    PERIOD_REVENUE = "period_revenue", "revenue to be apportioned"  # back to 0 at every close
    COMMISSION = "commission", "commission kept by the platform"
    PARTY_PAYABLE = "party_payable", "owed to a party"
    HELD_UNATTRIBUTED = "held_unattributed", "held: no track accounts for it"
    HELD_UNCLAIMED = "held_unclaimed", "held: the track's owner is not known"
    HELD_NO_USE = "held_no_use", "held: nothing was used"
    HELD_DISPUTED = "held_disputed", "held: its owners disagree"
    HELD_UNVERIFIED = "held_unverified", "held: its features are not verified"
    PLATFORM_SHARE = "platform_share", "returned to the platform by contract"
    PARTY_RESERVE = "party_reserve", "kept in reserve for a party"
    PARTY_ADVANCE = "party_advance", "advanced to a party, not yet recouped"
    ADMIN_FEE = "admin_fee", "fee for administration"
    WITHHOLDING_TAX = "withholding_tax", "tax withheld, owed to the authority"
    PAYOUT_CLEARING = "payout_clearing", "payments on their way"
    BANK = "bank", "paid and received through the bank"
    OTHER_CONTRACTS = "other_contracts", "advances recouped across contracts"  # 0 over all of them
    UNMATCHED_RECEIPTS = "unmatched_receipts", "received, and not known what for"
    PLATFORM_CREDIT = "platform_credit", "credited to the platform"
    VAT_PAYABLE = "vat_payable", "VAT charged, owed to the authority"
    VAT_RECLAIMABLE = "vat_reclaimable", "VAT paid, to be reclaimed"


# Each names a party; all others name none.
OF_A_PARTY = (AccountKind.PARTY_PAYABLE, AccountKind.PARTY_RESERVE, AccountKind.PARTY_ADVANCE)
GROWING_BY_DEBITS = (
    *(AccountKind.PLATFORM_RECEIVABLE, AccountKind.PARTY_ADVANCE, AccountKind.BANK),
    AccountKind.VAT_RECLAIMABLE,
)


class JournalKind(models.TextChoices):
    """Why a journal was posted."""

    REVENUE = "revenue"
    ALLOCATION = "allocation"
    RESTATEMENT = "restatement"
    REVERSAL = "reversal"
    RELEASE = "release"
    ADVANCE = "advance"
    PAYOUT = "payout"
    PAYMENT = "payment"
    INVOICE = "invoice"
    RECEIPT = "receipt"


class Account(models.Model):
    """A place where a contract's money is, in one currency."""

    kind = models.CharField(max_length=32, choices=AccountKind)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="accounts")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="accounts")
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["contract", "kind", "party", "currency"],
                nulls_distinct=False,
                name="one_account_a_purpose",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_A_PARTY, party__isnull=False)
                | ~Q(kind__in=OF_A_PARTY) & Q(party__isnull=True),
                name="accounts_of_parties_name_them",
            ),
        ]

    def __str__(self) -> str:
        whose = f" {self.party.name}" if self.party else ""
        return f"{self.contract.code}: {self.get_kind_display()}{whose} ({self.currency})"

    @property
    def normal_side(self) -> Side:
        """The side on which the account grows: debit for what we are owed, credit otherwise."""
        return Side.DEBIT if self.kind in GROWING_BY_DEBITS else Side.CREDIT


class Journal(models.Model):
    """One event in the books.

    `idempotency_key` makes posting it twice harmless; `request_sha256` is the hash of everything
    that was posted under it, entries included. `corrects` points from a restatement to the journal
    whose amounts it mends, and from a release to the one that put the money aside. `posted_by` is
    the person who had it posted by hand; what follows from a run names nobody.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    idempotency_key = models.CharField(max_length=200, unique=True)
    request_sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=JournalKind)
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="journals")
    posted_on = models.DateField()
    memo = models.CharField(max_length=500, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )
    posted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | ~Q(kind="reversal") & Q(reverses__isnull=True),
                name="reversals_name_what_they_reverse",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | ~Q(reverses=F("id")),
                name="journals_do_not_reverse_themselves",
            ),
        ]

    def __str__(self) -> str:
        return self.idempotency_key

    def content_sha256(self, legs: Iterable[Leg]) -> str:
        """The hash of all that the journal says; the order of its legs says nothing."""
        content = {
            "kind": str(self.kind),
            "period": self.period_id,
            "posted_on": self.posted_on.isoformat(),
            "memo": self.memo,
            "reverses": str(self.reverses_id or ""),
            "corrects": str(self.corrects_id or ""),
            "legs": sorted(legs),
        }
        if self.posted_by_id is not None:
            content["posted_by"] = self.posted_by_id
        return sha256_json(content)


class Entry(models.Model):
    """An amount on one side of one account."""

    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    side = models.CharField(max_length=8, choices=Side)
    amount_atoms = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        verbose_name_plural = "entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_atoms__gt=0), name="amounts_are_positive"),
            models.CheckConstraint(
                condition=Q(side__in=["debit", "credit"]), name="entries_have_a_side"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.amount_atoms} {self.currency} on {self.account_id}"


class JournalSeal(models.Model):
    """The database's word that a journal was complete and balanced. Only its trigger writes one."""

    journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, primary_key=True, related_name="seal"
    )
    entry_count = models.PositiveBigIntegerField()
    sealed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"seal of {self.journal_id}"
