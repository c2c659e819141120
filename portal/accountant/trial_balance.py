"""The trial balance at a day: as a page, as CSV and as a workbook."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime

import xlsxwriter
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.money import currency
from common.spreadsheets import defused
from portal.access import OperatorRequest, for_operators
from portal.accountant.payouts import parse_day
from portal.tables import Amount, Column, Table
from royalty.models import Contract
from royalty.selectors.ledger import TrialBalance, TrialRow, trial_balance

COLUMNS = (
    *("contract", "account", "party_ref", "party", "currency"),
    *("opening", "debits", "credits", "balance"),
)
EXACT_BELOW = 10**15  # atoms; an IEEE double keeps 15 digits, and the rest is written as text
CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 the same balance gives the same file


def _of_row(name: str) -> Callable[[TrialRow], Amount]:
    return lambda row: Amount(getattr(row, f"{name}_atoms"), row.account.currency)


def _column(name: str, row_name: str, label: Promise, *, total: bool = False) -> Column:
    of_row = _of_row(row_name)
    return Column(name, label, css="number", sort=of_row, value=of_row, total=total)


ACCOUNTS = Table(
    name="trial-balance",
    caption=gettext_lazy("Accounts with debits, credits and balance"),
    columns=(
        Column("account", gettext_lazy("Account"), sort=lambda row: str(row.account).casefold()),
        _column("before", "opening", gettext_lazy("Before")),
        _column("debits", "debit", gettext_lazy("Debits"), total=True),
        _column("credits", "credit", gettext_lazy("Credits"), total=True),
        _column("balance", "balance", gettext_lazy("Balance")),
    ),
    rows_a_page=100,
    has_file=False,  # the page's own have the totals too, and more of each account
)


@for_operators
def balance_page(request: OperatorRequest) -> HttpResponse:
    """Every account at the end of a day, and whether debits and credits agree."""
    since, until, contract = _asked(request)
    found = trial_balance(since=since, as_of=until, contract=contract)
    context = {
        "since": since,
        "until": until,
        "contract": contract,
        "contracts": Contract.objects.order_by("code"),
        "table": ACCOUNTS.shown(request, found.rows, without=() if since else ("before",)),
        "is_balanced": found.is_balanced,
    }
    return render(request, "portal/accountant/trial_balance.html", context)


@for_operators
def balance_file(request: OperatorRequest, kind: str) -> HttpResponse:
    """The same, with all accounts, to the last atom."""
    if kind not in FILES:
        raise Http404
    since, until, contract = _asked(request)
    found = trial_balance(since=since, as_of=until, contract=contract)
    media_type, write = FILES[kind]
    name = f"trial-balance-{until.isoformat() if until else 'all'}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write(found), content_type=media_type, headers=headers)


def _asked(request: OperatorRequest) -> tuple[date | None, date | None, Contract | None]:
    contract = Contract.objects.filter(code=request.GET.get("contract", "")).first()
    days = (parse_day(request.GET.get(name, "")) for name in ("since", "until"))
    since, until = days
    return since, until, contract


def trial_csv(balance: TrialBalance) -> bytes:
    """A row an account and one a currency with its totals; RFC 4180, UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for words, atoms in _records(balance):
        writer.writerow(
            [*words, *("" if each is None else _exact(each, words[-1]) for each in atoms)]
        )
    return text.getvalue().encode()


def trial_xlsx(balance: TrialBalance) -> bytes:
    """The same rows as a sheet; amounts are numbers where a spreadsheet holds them exactly."""
    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"created": CREATED, "title": "Trial balance"})
    sheet, head = book.add_worksheet("Trial balance"), book.add_format({"bold": True, "bottom": 1})
    sheet.set_column(0, len(COLUMNS) - 1, 20)
    for at, name in enumerate(COLUMNS):
        sheet.write_string(0, at, name, head)
    sheet.freeze_panes(1, 0)
    for row, (words, atoms) in enumerate(_records(balance), start=1):
        for at, word in enumerate(words):
            sheet.write_string(row, at, word)
        money = currency(words[-1])
        for at, each in enumerate(atoms, start=len(words)):
            if each is None:
                continue
            if -EXACT_BELOW < each < EXACT_BELOW:
                sheet.write_number(row, at, each / 10**money.atom_decimals)
            else:
                sheet.write_string(row, at, _exact(each, money.code))
    book.close()
    return content.getvalue()


Record = tuple[tuple[str, ...], tuple[int | None, ...]]


def _records(balance: TrialBalance) -> Iterator[Record]:
    """The words of each row, the currency last, and its amounts in atoms."""
    for row in balance.rows:
        yield _words(row), (row.opening_atoms, row.debit_atoms, row.credit_atoms, row.balance_atoms)
    for code, (debit_atoms, credit_atoms) in sorted(balance.totals_atoms().items()):
        yield ("", _("total"), "", "", code), (None, debit_atoms, credit_atoms, None)


def _words(row: TrialRow) -> tuple[str, ...]:
    account, party = row.account, row.account.party
    return (
        defused(account.contract.code),
        str(account.get_kind_display()),
        defused(party.ref) if party else "",
        defused(party.name) if party else "",
        account.currency,
    )


def _exact(atoms: int, code: str) -> str:
    money = currency(code)
    return money.format_atoms(atoms, money.atom_decimals).replace(",", "")


FILES = {
    "csv": ("text/csv; charset=utf-8", trial_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", trial_xlsx),
}
