"""What platforms owe and what came in: what can be invoiced, what is open, late, unmatched.

Nothing of this is stored. What an invoice says follows from the journals of closed periods and the
invoices before it; what is open of it follows from its matches.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from royalty.models import (
    AccountKind,
    BillingDetails,
    Contract,
    Invoice,
    JournalKind,
    Match,
    Period,
    Receipt,
)

# What closing posts on these accounts is not owed by the platform after all.
KEPT = (AccountKind.COMMISSION, AccountKind.PLATFORM_SHARE)
OWN_KINDS = (JournalKind.INVOICE, JournalKind.RECEIPT)
MOVED = """
    SELECT journal.period_id, account.kind,
           sum(CASE entry.side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END)::bigint
      FROM royalty_entry entry
      JOIN royalty_account account ON account.id = entry.account_id
      JOIN royalty_journal journal ON journal.id = entry.journal_id
      JOIN royalty_period period ON period.id = journal.period_id
      LEFT JOIN royalty_journal reversed ON reversed.id = journal.reverses_id
     WHERE account.contract_id = %(contract)s AND account.kind = ANY (%(kinds)s)
       AND period.status = 'closed'
       AND coalesce(reversed.kind, journal.kind) <> ALL (%(own)s)
     GROUP BY journal.period_id, account.kind
"""
SET_OFF = """
    SELECT account.kind,
           sum(CASE entry.side WHEN 'credit' THEN amount_atoms ELSE -amount_atoms END)::bigint
      FROM royalty_entry entry
      JOIN royalty_account account ON account.id = entry.account_id
      JOIN royalty_journal journal ON journal.id = entry.journal_id
      JOIN royalty_period period ON period.id = journal.period_id
     WHERE account.contract_id = %(contract)s AND account.kind = ANY (%(kinds)s)
       AND (period.status = 'closed' OR journal.kind = 'invoice')
     GROUP BY account.kind
"""
Values = dict[str, int | list[str]]
AGES = ("not due", "0-30 days", "31-60 days", "61-90 days", "older")


@dataclass(frozen=True)
class Line:
    """A line of an invoice: what was earned or, negative, what the platform keeps, in atoms."""

    text: str
    atoms: int


@dataclass(frozen=True)
class Due:
    """What a contract's closed periods leave to be invoiced; negative: to be credited.

    `lines` sum to `net_atoms`, which is of whole minor units; what is below one is carried.
    """

    contract: Contract
    through: Period
    lines: tuple[Line, ...]
    net_atoms: int
    carried_atoms: int


@dataclass(frozen=True)
class OpenInvoice:
    """An invoice with what is open of it, in atoms, and since when it is late."""

    invoice: Invoice
    open_atoms: int
    days_late: int

    @property
    def age(self) -> str:
        """The column of the aged list in which it stands."""
        if self.days_late <= 0:
            return AGES[0]
        return AGES[min((self.days_late - 1) // 30, 3) + 1]


def due(contract: Contract) -> Due | None:
    """What can be invoiced under a contract; none where no period closed since the last invoice."""
    periods = list(contract.periods.filter(status=Period.Status.CLOSED).order_by("starts_on"))
    last = contract.invoices.select_related("through").order_by("-through__starts_on").first()
    fresh = [each for each in periods if last is None or each.starts_on > last.through.starts_on]
    if not fresh:
        return None
    return due_through(contract, fresh, _invoiced_atoms(contract))


def due_through(contract: Contract, fresh: list[Period], invoiced_atoms: int) -> Due:
    """What `fresh` periods, the last ones that are closed, add to what was invoiced before."""
    moved = _moved(contract)
    through = fresh[-1]
    earlier = Period.objects.filter(contract=contract, starts_on__lte=through.starts_on)
    counted = set(earlier.values_list("pk", flat=True))
    total = sum(atoms for (period, _), atoms in moved.items() if period in counted)
    due_atoms = total - invoiced_atoms
    unit = contract.money.atoms_per_minor
    net_atoms = abs(due_atoms) // unit * unit * (1 if due_atoms >= 0 else -1)
    lines = [line for period in fresh for line in _lines(period, moved)]
    before = due_atoms - sum(line.atoms for line in lines)
    ends = (Line("Carried over from before", before),)
    rest = (Line("Below the smallest coin, carried to the next invoice", net_atoms - due_atoms),)
    found = tuple(line for line in (*ends, *lines, *rest) if line.atoms)
    return Due(contract, through, found, net_atoms, due_atoms - net_atoms)


def set_off_atoms(contract: Contract) -> Mapping[str, int]:
    """What the platform keeps of closed periods and no invoice has set off.  {kind: atoms}"""
    values: Values = {"contract": contract.pk, "kinds": [kind.value for kind in KEPT]}
    with connection.cursor() as cursor:
        cursor.execute(SET_OFF, values)
        return {kind: atoms for kind, atoms in cursor.fetchall() if atoms}


def effective(matches: QuerySet[Match]) -> QuerySet[Match]:
    """Matches that hold: neither undone nor an undoing."""
    undone = Match.objects.filter(undoes=OuterRef("pk"))
    return matches.filter(~Exists(undone), undoes__isnull=True)


def invoices_with_open() -> QuerySet[Any]:
    """Invoices with `open_atoms`: what is to be paid of each; of credit notes nothing is."""
    settled = (
        effective(Match.objects.filter(invoice=OuterRef("pk")))
        .order_by()
        .values("invoice")
        .annotate(total=Cast(Sum("amount_atoms"), BigIntegerField()))
        .values("total")
    )
    return (
        Invoice.objects.select_related("contract__platform", "customer", "supplier", "account")
        .annotate(settled_atoms=Coalesce(Subquery(settled), Value(0)))
        .annotate(open_atoms=F("gross_atoms") - F("settled_atoms"))
    )


def open_invoices(as_of: date, **wanted: object) -> list[OpenInvoice]:
    """Invoices of which something is to be paid, those that are due first at the beginning."""
    found = invoices_with_open().filter(series=Invoice.Series.INVOICE, open_atoms__gt=0, **wanted)
    return [
        OpenInvoice(invoice, invoice.open_atoms, (as_of - invoice.due_on).days)
        for invoice in found.order_by("due_on", "pk")
    ]


def open_atoms(invoice: Invoice) -> int:
    """What is to be paid of an invoice."""
    if invoice.is_credit_note:
        return 0
    return int(invoices_with_open().get(pk=invoice.pk).open_atoms)


def status_of(invoice: Invoice, open_atoms: int, as_of: date) -> str:
    """open, late, paid in part (and late), paid; a credit note is credited."""
    if invoice.is_credit_note:
        return "credited"
    if open_atoms == 0:
        return "paid"
    part = "paid in part" if open_atoms < invoice.gross_atoms else "open"
    late = (as_of - invoice.due_on).days
    return f"{part}, {late} days late" if late > 0 else part


def receipts_with_rest() -> QuerySet[Any]:
    """Receipts with `rest_atoms`: what nobody has said what it is for.

    Of what the bank took back that is all of it, until it is said which receipt that was.
    """
    explained = effective(Match.objects.filter(taken_back_by=OuterRef("pk")))
    used = (
        effective(Match.objects.filter(receipt=OuterRef("pk")))
        .order_by()
        .values("receipt")
        .annotate(total=Cast(Sum("amount_atoms"), BigIntegerField()))
        .values("total")
    )
    return (
        Receipt.objects.select_related("contract", "account")
        .annotate(used_atoms=Coalesce(Subquery(used), Value(0)))
        .annotate(
            rest_atoms=Case(
                When(Exists(explained), then=Value(0)),
                default=F("amount_atoms") - F("used_atoms"),
                output_field=BigIntegerField(),
            )
        )
    )


def unmatched_receipts() -> QuerySet[Any]:
    """Receipts of which something is unmatched, and returns whose receipt is not known."""
    return receipts_with_rest().filter(rest_atoms__gt=0).order_by("booked_on", "pk")


def could_be_taken_back(taken: Receipt) -> QuerySet[Receipt]:
    """The receipts that a return of the bank's can mean: as much, on the account, not gone yet."""
    gone = effective(Match.objects.filter(receipt=OuterRef("pk"), use=Match.Use.RETURNED))
    return Receipt.objects.filter(
        ~Exists(gone),
        account__iban=taken.account.iban,
        currency=taken.currency,
        amount_atoms=taken.amount_atoms,
        booked_on__lte=taken.booked_on,
        is_taken_back=False,
    )


def rest_atoms(receipt: Receipt) -> int:
    """What of a receipt is unmatched."""
    return int(receipts_with_rest().get(pk=receipt.pk).rest_atoms)


def credit_atoms(contract: Contract) -> int:
    """What the platform has under a contract as a credit: overpaid, or credited by a note."""
    notes = contract.invoices.filter(series=Invoice.Series.CREDIT_NOTE)
    sums = effective(contract.matches.filter(use__in=_CREDITS)).values_list("use")
    by_use = {use: int(total) for use, total in sums.annotate(total=Sum("amount_atoms"))}
    noted = int(notes.aggregate(total=Sum("gross_atoms", default=0))["total"])
    return noted + by_use.get(Match.Use.CREDIT, 0) - by_use.get(Match.Use.CREDIT_USED, 0)


_CREDITS = (Match.Use.CREDIT, Match.Use.CREDIT_USED)


def billing_details(platform_id: int | None) -> BillingDetails | None:
    """The newest billing details of a platform or, without one, of the house."""
    return BillingDetails.objects.filter(platform=platform_id).order_by("-pk").first()


def _moved(contract: Contract) -> Mapping[tuple[int, str], int]:
    """What closed periods posted.  {(period, kind): atoms debited}"""
    kinds = [AccountKind.PLATFORM_RECEIVABLE.value, *(kind.value for kind in KEPT)]
    own = [kind.value for kind in OWN_KINDS]
    values: Values = {"contract": contract.pk, "kinds": kinds, "own": own}
    with connection.cursor() as cursor:
        cursor.execute(MOVED, values)
        return {(period, kind): atoms for period, kind, atoms in cursor.fetchall()}


def _lines(period: Period, moved: Mapping[tuple[int, str], int]) -> Iterable[Line]:
    texts = (
        (AccountKind.PLATFORM_RECEIVABLE, "revenue"),
        (AccountKind.COMMISSION, "commission that the platform keeps"),
        (AccountKind.PLATFORM_SHARE, "returned to the platform by contract"),
    )
    for kind, text in texts:
        yield Line(f"{period.label}: {text}", moved.get((period.pk, kind.value), 0))


def _invoiced_atoms(contract: Contract) -> int:
    """Net of all invoices, less the net of all credit notes."""
    sums = contract.invoices.values_list("series").annotate(total=Sum("net_atoms"))
    by_series = {series: int(total) for series, total in sums}
    invoiced = by_series.get(Invoice.Series.INVOICE, 0)
    return invoiced - by_series.get(Invoice.Series.CREDIT_NOTE, 0)
