"""The books, to read: journals that are searched, one with its entries, and an account.

Nothing is posted or changed here.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.expressions import Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.money import MoneyError, currency
from portal.access import OperatorRequest, for_operators
from portal.accountant.payouts import parse_day
from portal.tables import Amount, Column, Table
from royalty.models import Account, AccountKind, Contract, Entry, Journal, JournalKind, Side
from royalty.selectors.ledger import balance

ROWS_A_PAGE = 50
LONGEST = 200  # characters of a search
MOST_ATOMS = 2**63 - 1  # of an amount's column


# In the one order in which a balance after each entry says something.
ENTRIES = Table(
    name="entries",
    caption=gettext_lazy("Entries, the newest first, with what the account held after each"),
    columns=(
        Column(
            "journal",
            gettext_lazy("Journal"),
            value=lambda entry: entry.journal.idempotency_key,
        ),
        Column("memo", value=lambda entry: entry.journal.memo),
        Column(
            "booked_on",
            gettext_lazy("Booked on"),
            value=lambda entry: entry.journal.posted_on,
        ),
        Column(
            "change",
            gettext_lazy("Change"),
            "number strong",
            value=lambda entry: Amount(entry.change, entry.account.currency),
        ),
        Column(
            "after",
            gettext_lazy("Balance after it"),
            "number",
            value=lambda entry: Amount(entry.after, entry.account.currency),
        ),
        Column("currency", value=lambda entry: entry.account.currency),
    ),
)


@dataclass(frozen=True)
class Asked:
    """What is looked for among the journals; what cannot be read as such has a fault."""

    text: str
    party: str
    kind: str
    account: str
    contract: str
    amount: str
    since: date | None
    until: date | None
    fault: str = ""
    amount_atoms: range | None = None  # of one minor unit, rounded either way

    @property
    def is_narrowed(self) -> bool:
        said = (self.text, self.party, self.kind, self.account, self.contract, self.amount)
        return any(said) or self.since is not None or self.until is not None


def asked_for(request: HttpRequest) -> Asked:
    """The search that a request names."""
    said = {name: _written(request.GET.get(name, "")) for name in FIELDS}
    atoms, fault = _amount(said["amount"], said["contract"]) if said["amount"] else (None, "")
    return Asked(
        text=said["text"],
        party=said["party"],
        kind=said["kind"],
        account=said["account"],
        contract=said["contract"],
        amount=said["amount"],
        since=parse_day(request.GET.get("since", "")),
        until=parse_day(request.GET.get("until", "")),
        fault=fault,
        amount_atoms=atoms,
    )


def _written(text: str) -> str:
    """What somebody typed; the database takes no NUL."""
    return text.replace("\0", "").strip()[:LONGEST]


FIELDS = ("text", "party", "kind", "account", "contract", "amount")


def _amount(text: str, contract: str) -> tuple[range | None, str]:
    """The atoms of an amount in the contract's currency, or in euros where none is chosen."""
    found = Contract.objects.filter(code=contract).first()
    money = found.money if found is not None else currency("EUR")
    try:
        atoms = abs(money.parse_atoms(text.replace(",", ".")))
    except MoneyError:
        return None, _("%(text)s is no amount; write it as in 1250.00.") % {"text": text}
    if atoms > MOST_ATOMS - money.atoms_per_minor:
        return None, _("No amount in the books is as large as that.")
    return range(atoms, atoms + money.atoms_per_minor), ""


JOURNALS = Table(
    name="journals",
    caption=gettext_lazy("Journals"),
    columns=(
        Column(
            "journal",
            gettext_lazy("Journal"),
            sort="idempotency_key",
            value=lambda each: each.idempotency_key,
        ),
        Column("id", value=lambda each: str(each.pk)),
        Column("memo", value=lambda each: each.memo),
        Column("kind", gettext_lazy("Kind"), sort="kind", value=lambda each: each.kind),
        Column(
            "posted_on",
            gettext_lazy("Booked on"),
            sort="posted_on",
            value=lambda each: each.posted_on,
        ),
        Column(
            "period",
            gettext_lazy("Period"),
            sort=("period__contract__code", "period__starts_on"),
            value=lambda each: str(each.period),
        ),
    ),
    start="-posted_on",
    rows_a_page=ROWS_A_PAGE,
)


@for_operators
def journals(request: OperatorRequest) -> HttpResponse:
    """Journals by what they say, whom they concern, where, how much and when."""
    asked = asked_for(request)
    found = Journal.objects.none() if asked.fault else search(asked)
    table = JOURNALS.shown(request, found.select_related("period__contract"))
    if table.wants_file:
        return table.file()
    context = {
        "asked": asked,
        "table": table,
        "page": table.page,
        "kinds": JournalKind,
        "accounts": AccountKind,
        "contracts": Contract.objects.order_by("code"),
    }
    return render(request, "portal/accountant/ledger.html", context)


def search(asked: Asked) -> QuerySet[Journal]:
    """The journals that a search finds."""
    found = Journal.objects.all()
    if asked.text:
        found = found.filter(_said(asked.text))
    if asked.kind in JournalKind.values:
        found = found.filter(kind=asked.kind)
    if asked.contract:
        found = found.filter(period__contract__code=asked.contract)
    if asked.since is not None:
        found = found.filter(posted_on__gte=asked.since)
    if asked.until is not None:
        found = found.filter(posted_on__lte=asked.until)
    entries = _entries(asked)
    if entries:
        found = found.filter(Exists(Entry.objects.filter(entries, journal=OuterRef("pk"))))
    return found


def _said(text: str) -> Q:
    wanted = Q(idempotency_key__icontains=text) | Q(memo__icontains=text)
    try:
        return wanted | Q(pk=UUID(text))
    except ValueError:
        return wanted


def _entries(asked: Asked) -> Q:
    """What one entry of a journal has to be: all of it together."""
    wanted = Q()
    if asked.party:
        wanted &= Q(account__party__ref=asked.party) | Q(
            account__party__name__icontains=asked.party
        )
    if asked.account in AccountKind.values:
        wanted &= Q(account__kind=asked.account)
    if asked.amount_atoms is not None:
        least, beyond = asked.amount_atoms.start, asked.amount_atoms.stop
        wanted &= Q(amount_atoms__gte=least, amount_atoms__lt=beyond)
    return wanted


@for_operators
def journal(request: OperatorRequest, pk: UUID) -> HttpResponse:
    """A journal: why it was posted, what it hangs together with, and both sides of it."""
    related = ("period__contract", "posted_by", "reverses", "corrects", "seal", "reversed_by")
    found = get_object_or_404(Journal.objects.select_related(*related), pk=pk)
    entries = found.entries.select_related("account__contract", "account__party")
    context = {
        "journal": found,
        "reversed_by": getattr(found, "reversed_by", None),
        "corrections": found.corrections.order_by("posted_on", "pk")[:ROWS_A_PAGE],
        "page": _page(request, entries.order_by("side", "pk")),
        "sums": _sums(found),
    }
    return render(request, "portal/accountant/journal.html", context)


def _sums(journal: Journal) -> list[tuple[str, int, int]]:
    """(currency, debits, credits) of a journal; the database keeps them equal."""
    sums = journal.entries.values_list("account__currency").annotate(
        debit=Sum("amount_atoms", filter=Q(side=Side.DEBIT), default=0),
        credit=Sum("amount_atoms", filter=Q(side=Side.CREDIT), default=0),
    )
    return sorted((code, int(debit), int(credit)) for code, debit, credit in sums)


@for_operators
def account(request: OperatorRequest, pk: int) -> HttpResponse:
    """An account with what it held after each entry, the newest first."""
    found = get_object_or_404(Account.objects.select_related("contract", "party"), pk=pk)
    table = ENTRIES.shown(request, with_balances(found))
    if table.wants_file:
        return table.file()
    context = {
        "account": found,
        "balance_atoms": balance(found),
        "table": table,
        "rows": table.rows,
    }
    return render(request, "portal/accountant/account.html", context)


def with_balances(account: Account) -> QuerySet[Entry, Any]:
    """An account's entries, the newest first, each with `change` and `after` in atoms.

    Both are on the account's normal side: positive where the account grows.
    """
    order = ("journal__posted_on", "journal__created_at", "journal_id", "pk")
    grows = Q(side=account.normal_side)
    change = Case(
        When(grows, then=F("amount_atoms")),
        default=-F("amount_atoms"),
        output_field=BigIntegerField(),
    )
    return (
        Entry.objects.filter(account=account)
        .select_related("journal", "account")
        .annotate(change=change)
        .annotate(after=Window(Sum("change"), order_by=[F(name).asc() for name in order]))
        .order_by(*(f"-{name}" for name in order))
    )


def _page(request: OperatorRequest, rows: Any) -> Any:
    return Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
