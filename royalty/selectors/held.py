"""Money that is held because nobody could be found to give it to: how much, why, since when.

A contract's runs put it aside; it is counted by the period in which it was earned, wherever the
journals about it were posted: restatements, releases and their reversals point there.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from royalty.models import Account, AccountKind, Contract, Entry, Period, Side

HELD_KINDS = (
    AccountKind.HELD_UNATTRIBUTED,
    AccountKind.HELD_UNCLAIMED,
    AccountKind.HELD_NO_USE,
    AccountKind.HELD_DISPUTED,
    AccountKind.HELD_UNVERIFIED,
)
# The period in which the money of an entry was earned.
EARNED_IN = Coalesce(
    "journal__restatement__period_id",
    "journal__corrects__restatement__period_id",
    "journal__corrects__period_id",
    "journal__reverses__corrects__restatement__period_id",
    "journal__reverses__corrects__period_id",
    "journal__period_id",
)


@dataclass(frozen=True)
class Held:
    """What one account holds from one period."""

    account: Account  # its kind is the reason
    period: Period
    atoms: int

    @property
    def since(self) -> date:
        """The day at whose end it was earned."""
        return self.period.last_day

    @property
    def releasable_on(self) -> date | None:
        """The first day on which the contract lets it go; never while its owners disagree."""
        if self.account.kind == AccountKind.HELD_DISPUTED:
            return None
        return months_after(self.period.ends_on, self.account.contract.holding_months)

    @property
    def goes(self) -> str:
        """When and how it may go, in words."""
        if self.releasable_on is None:
            return _("goes by restating the period once the shares are mended")
        if self.account.kind == AccountKind.HELD_UNVERIFIED:
            return _(
                "goes by restating the period once they are verified, and from %(day)s to the "
                "parties"
            ) % {"day": self.releasable_on}
        return _("may go from %(day)s") % {"day": self.releasable_on}

    def age_days(self, as_of: date) -> int:
        return (as_of - self.since).days


def held_money(*, contract: Contract | None = None) -> list[Held]:
    """All that is held, by contract, period and reason; what was placed since is gone from it."""
    wanted = Q() if contract is None else Q(account__contract=contract)
    sums = (
        Entry.objects.filter(wanted, account__kind__in=HELD_KINDS)
        .values_list("account_id", EARNED_IN)
        .annotate(
            credit=Sum("amount_atoms", filter=Q(side=Side.CREDIT), default=0),
            debit=Sum("amount_atoms", filter=Q(side=Side.DEBIT), default=0),
        )
    )
    atoms = {(account, period): int(cr) - int(dr) for account, period, cr, dr in sums if cr != dr}
    accounts = Account.objects.select_related("contract").in_bulk({key[0] for key in atoms})
    periods = Period.objects.select_related("contract").in_bulk({key[1] for key in atoms})
    found = [Held(accounts[key[0]], periods[key[1]], held) for key, held in atoms.items()]
    return sorted(
        found, key=lambda held: (held.period.contract.code, held.since, held.account.kind)
    )


def held_atoms(account: Account, period: Period) -> int:
    """What an account holds from a period."""
    sums = Entry.objects.filter(account=account).annotate(earned_in=EARNED_IN)
    columns = sums.filter(earned_in=period.pk).aggregate(
        credit=Sum("amount_atoms", filter=Q(side=Side.CREDIT), default=0),
        debit=Sum("amount_atoms", filter=Q(side=Side.DEBIT), default=0),
    )
    return int(columns["credit"]) - int(columns["debit"])


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
