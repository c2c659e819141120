"""A month of the year in one line, read from the books: what came, whose it is, what was paid."""

from collections import Counter
from dataclasses import dataclass, fields

from django.db.models import Q, Sum

from common.hashing import sha256_bytes
from demo.economy import Month
from demo.payees import EURO
from demo.year.plan import name_of
from royalty.documents import format_amount
from royalty.models import AccountKind, AllocationRun, Entry, Invoice, JournalKind, Side
from royalty.selectors.held import HELD_KINDS
from royalty.selectors.ledger import trial_balance

WIDTH = 11


@dataclass(frozen=True)
class Figures:
    """Atoms that were booked in a month's periods.

    `adjusted` is what corrections gave to some parties, mostly by taking it from others; `owed` is
    what stands on the parties' accounts at the month's end.
    """

    revenue: int
    commission: int
    pool: int
    earned: int
    held: int
    adjusted: int
    invoiced: int
    collected: int
    paid: int
    owed: int


def figures_of(month: Month) -> Figures:
    """The month over all contracts of the books."""
    booked, payable = _Booked(month), AccountKind.PARTY_PAYABLE
    revenue = booked.net(JournalKind.REVENUE, AccountKind.PERIOD_REVENUE)
    commission = booked.net(JournalKind.ALLOCATION, AccountKind.COMMISSION)
    last_day = trial_balance(as_of=month.last_day).rows
    return Figures(
        revenue=revenue,
        commission=commission,
        pool=revenue - commission,
        earned=booked.net(JournalKind.ALLOCATION, AccountKind.PARTY_PAYABLE),
        held=booked.net(JournalKind.ALLOCATION, *HELD_KINDS),
        adjusted=booked.credits[JournalKind.RESTATEMENT, AccountKind.PARTY_PAYABLE],
        invoiced=_invoiced_atoms(month),
        collected=-booked.net(JournalKind.RECEIPT, AccountKind.BANK),
        paid=booked.net(JournalKind.PAYMENT, AccountKind.BANK),
        owed=sum(row.balance_atoms for row in last_day if row.account.kind == payable),
    )


def _invoiced_atoms(month: Month) -> int:
    """Gross, VAT included, less what was credited."""
    days = Q(issued_on__gte=month.starts_on, issued_on__lt=month.ends_on)
    sums = Invoice.objects.filter(days).values_list("series").annotate(Sum("gross_atoms"))
    by_series = dict(sums)
    invoiced = by_series.get(Invoice.Series.INVOICE, 0)
    return int(invoiced - by_series.get(Invoice.Series.CREDIT_NOTE, 0))


class _Booked:
    """Sums of a month's entries by the kinds of journal and account; a reversal counts as what it
    reverses, with its own sign."""

    def __init__(self, month: Month) -> None:
        rows = (
            Entry.objects.filter(journal__period__starts_on=month.starts_on)
            .values_list("journal__kind", "journal__reverses__kind", "account__kind", "side")
            .annotate(Sum("amount_atoms"))
        )
        self.credits: Counter[tuple[str, str]] = Counter()
        self.debits: Counter[tuple[str, str]] = Counter()
        for kind, reversed_kind, account, side, atoms in rows:
            sums = self.credits if side == Side.CREDIT else self.debits
            sums[reversed_kind or kind, account] += int(atoms)

    def net(self, journal: str, *accounts: str) -> int:
        """Credits less debits, in atoms."""
        keys = [(journal, account) for account in accounts]
        return sum(self.credits[key] - self.debits[key] for key in keys)


def heading() -> str:
    """The names of the columns."""
    names = (each.name for each in fields(Figures))
    return f"{'':5}" + "".join(f"{name:>{WIDTH}}" for name in names)


def line(month: Month, figures: Figures) -> str:
    """A month's figures in cents, rounded for print alone."""
    values = (getattr(figures, each.name) for each in fields(Figures))
    cells = "".join(f"{format_amount(value, EURO):>{WIDTH}}" for value in values)
    return f"{name_of(month):5}{cells}"


def fingerprint() -> str:
    """The hash of every line that was ever apportioned; it follows from the seed and the music."""
    order = ("period__contract__code", "period__starts_on", "pk")
    runs = AllocationRun.objects.order_by(*order).values_list("lines_sha256", flat=True)
    return sha256_bytes("\n".join(runs).encode())
