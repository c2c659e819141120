"""Tables of the portal: a view states its columns once, and gets what a table needs from them.

From the columns follow the order (only what a column offers can be asked for), the filter form,
the sums and the file. The address says all of it, so a link to a table shows the same rows to
whoever may see them: `?kind=late&sort=-amount&page=2`, and with `&export=csv` the file of exactly
the rows that were found, on all pages. `portal.templatetags.design` draws it.

    TABLE = Table(
        name="payees",
        caption=_("Payees"),
        columns=(
            Column("payee", _("Payee"), sort="name", value=lambda each: each.name),
            Column("owed", _("Owed"), css="number", sort=("owed_atoms",), value=owed, total=True),
        ),
        start="-owed",
    )

    def payees(request):
        shown = TABLE.shown(request, Payee.objects.all())
        if shown.wants_file:
            return shown.file()
        return render(request, "payees.html", {"table": shown})

What is asked for is never trusted: a column, an order or a choice that is not declared here is
as if it was not said.
"""

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.money import currency
from common.spreadsheets import defused

Sentence = str | Promise
Rows = QuerySet[Any, Any] | Sequence[Any]
LONGEST = 200  # characters of what one looks for
MOST_IN_A_FILE = 100_000  # rows; more is found by a narrower search
SORT, PAGE, EXPORT = "sort", "page", "export"


class Amount(NamedTuple):
    """Money in a cell: atoms of a currency. It sorts by its size, then by its currency."""

    atoms: int
    code: str


Value = str | int | float | date | Amount | Promise | None


class Unreadable(ValueError):
    """What somebody looks for cannot be read as such; the message says how to write it."""


@dataclass(frozen=True)
class Column:
    """A column: its head on the page, and in the file; how one sorts by it; what a cell holds.

    `name` stands in the address and heads the file. `sort` names fields of a query, or gives the
    key of a row of a list; without it one cannot sort by this column. `total` sums amounts and
    whole numbers. A column without a `label` is in the file alone, one without a `value` on the
    page alone.
    """

    name: str
    label: Sentence = ""
    css: str = ""
    sort: str | tuple[str, ...] | Callable[[Any], Any] | None = None
    value: Callable[[Any], Value] | None = None
    total: bool = False


@dataclass(frozen=True)
class Filter:
    """A field of the form above a table: what is offered, and what it leaves of the rows.

    With `choices` it is a menu, else a field of that `kind` of input. `narrow` may raise
    `Unreadable`; then no row is shown, and the message stands beside the field.
    """

    name: str
    label: Sentence
    narrow: Callable[[Any, str], Rows]
    choices: Sequence[tuple[str, Sentence]] | None = None
    kind: str = "search"
    nothing: Sentence = ""  # how the menu calls it that nothing is chosen

    def asked(self, request: HttpRequest) -> str:
        """What the address says, if that is offered. The database takes no NUL."""
        text = request.GET.get(self.name, "").replace("\0", "").strip()[:LONGEST]
        if self.choices is None or text in {value for value, _label in self.choices}:
            return text
        return ""


@dataclass(frozen=True)
class Field:
    """A filter as it was filled in."""

    filter: Filter
    value: str
    fault: str = ""


@dataclass(frozen=True)
class Head:
    """A column's head on one page; `url` sorts by it, the other way round if it is in order."""

    column: Column
    url: str = ""
    order: str = ""  # aria-sort: "ascending", "descending", or empty


@dataclass(frozen=True)
class Sums:
    """A row under the table: the sums of one currency, or of counts where there is none."""

    code: str
    cells: Sequence[tuple[Column, Value]]


@dataclass(frozen=True)
class Table:
    """What a view declares of a table. `start` is the order that holds when none is asked for.

    A table without `has_file` stands on a page that offers files of its own.
    """

    name: str
    caption: Sentence
    columns: Sequence[Column]
    start: str = ""
    rows_a_page: int = 50
    has_file: bool = True

    def __post_init__(self) -> None:
        if self.start.removeprefix("-") not in {"", *self._sortable(self.columns)}:
            raise ValueError(f"The table {self.name} starts with {self.start}, which nothing sorts")

    def shown(
        self,
        request: HttpRequest,
        rows: Rows,
        *,
        filters: Sequence[Filter] = (),
        details: Callable[[list[Any]], list[Any]] = list,
        without: Collection[str] = (),
    ) -> "Shown":
        """The table as a request asks for it.

        `details` turns the rows of a page into what cells are made of, where that costs something
        for each row. `without` names columns that this request does not show.
        """
        fields = []
        for each in filters:
            text, fault = each.asked(request), ""
            try:
                rows = each.narrow(rows, text) if text else rows
            except Unreadable as error:
                rows, fault = none_of(rows), str(error)
            fields.append(Field(each, text, fault))
        columns = [column for column in self.columns if column.name not in without]
        order = self.asked_order(request, columns)
        return Shown(self, request, in_order(rows, order, columns), columns, order, fields, details)

    def asked_order(self, request: HttpRequest, columns: Sequence[Column] = ()) -> str:
        """The order that a request asks for, if these columns (or all) offer it."""
        asked, columns = request.GET.get(SORT, ""), columns or self.columns
        return asked if asked.removeprefix("-") in self._sortable(columns) else self.start

    @staticmethod
    def _sortable(columns: Sequence[Column]) -> set[str]:
        return {column.name for column in columns if column.sort is not None}


def none_of(rows: Rows) -> Rows:
    """No row, of the same kind."""
    return rows.none() if isinstance(rows, QuerySet) else []


def in_order(rows: Rows, order: str, columns: Sequence[Column]) -> Rows:
    """The rows by a column, descending after a minus; equal ones stay in one order on all pages."""
    name, descending = order.removeprefix("-"), order.startswith("-")
    by = next((column.sort for column in columns if column.name == name), None)
    if by is None:
        return rows
    if isinstance(rows, QuerySet):
        if callable(by):
            raise TypeError(f"The column {name} sorts a list; of a query, it has to name fields.")
        fields = (by,) if isinstance(by, str) else by
        sign = "-" if descending else ""
        return rows.order_by(*(f"{sign}{each}" for each in fields), f"{sign}pk")
    if not callable(by):
        raise TypeError(f"The column {name} sorts a query; of a list, it has to give the key.")
    keyed = [(by(row), row) for row in rows]
    known = [pair for pair in keyed if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return [row for _key, row in known] + [row for key, row in keyed if key is None]


@dataclass(frozen=True)
class Shown:
    """A table as one request sees it; templates read it, `file` writes it."""

    table: Table
    request: HttpRequest
    found: Rows
    columns: Sequence[Column]
    order: str
    fields: Sequence[Field]
    details: Callable[[list[Any]], list[Any]] = field(repr=False)

    @cached_property
    def page(self) -> Page[Any]:
        return Paginator(self.found, self.table.rows_a_page).get_page(self.request.GET.get(PAGE))

    @cached_property
    def rows(self) -> list[Any]:
        """The rows of this page, with their details."""
        return self.details(list(self.page.object_list))

    @property
    def is_narrowed(self) -> bool:
        return any(each.value for each in self.fields)

    @property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.columns if column.label]

    def _head(self, column: Column) -> Head:
        if column.sort is None:
            return Head(column)
        orders = {column.name: "ascending", f"-{column.name}": "descending"}
        turned = f"-{column.name}" if self.order == column.name else column.name
        return Head(column, self.address(**{SORT: turned}), orders.get(self.order, ""))

    @property
    def is_sortable(self) -> bool:
        return any(column.sort is not None for column in self.columns)

    @property
    def asked_order(self) -> str:
        """The order, where it is another than the one that holds anyway."""
        return "" if self.order == self.table.start else self.order

    @property
    def td(self) -> Mapping[str, SafeString]:
        """The attributes of each column's cells, by its name; `<td{{ table.td.owed }}>`.

        The class is the column's, and on a narrow screen the cell says its column's label itself.
        """
        return {column.name: _attributes(column) for column in self.columns}

    def address(self, **changes: str) -> str:
        """This page with other words in its address, from the first page on."""
        asked = self.request.GET.copy()
        for name in (PAGE, EXPORT):
            asked.pop(name, None)
        for name, value in changes.items():
            asked[name] = value
            if not value:
                del asked[name]
        return f"?{asked.urlencode()}"

    @property
    def address_of_all(self) -> str:
        """This page without anything that is looked for; what else it was asked stays."""
        return self.address(**{each.filter.name: "" for each in self.fields})

    @property
    def sums(self) -> list[Sums]:
        """Of everything that was found, not of this page alone; a row for each currency."""
        summed = [(column, column.value) for column in self.columns if column.total]
        if not summed or not self.page.paginator.count:
            return []
        sums: dict[str, dict[str, Amount | int]] = {}
        for row in self.details(list(self.found)):
            for column, value_of in summed:
                value = value_of(row) if value_of else None
                if isinstance(value, Amount | int):
                    of_code = sums.setdefault(value.code if isinstance(value, Amount) else "", {})
                    of_code[column.name] = _plus(of_code.get(column.name), value)
        if len(sums) == 2 and "" in sums:  # counts stand in the row of the one currency
            counts = sums.pop("")
            sums[next(iter(sums))] |= counts
        cells = [column for column in self.columns if column.label][1:]  # the first heads the row
        return [
            Sums(code, [(column, sums[code].get(column.name)) for column in cells])
            for code in sorted(sums)
        ]

    @property
    def wants_file(self) -> bool:
        return self.request.GET.get(EXPORT) == "csv"

    @property
    def file_url(self) -> str:
        """Where the rows that were found are to be had as a file; empty where there is none."""
        has_values = self.table.has_file and any(column.value for column in self.columns)
        return self.address(**{EXPORT: "csv"}) if has_values and self.page.paginator.count else ""

    def file(self) -> HttpResponse:
        """All rows that were found, in their order, as CSV (RFC 4180, UTF-8).

        The same in every language: names of columns, not their labels; amounts to the last atom;
        days as ISO 8601. Text that a spreadsheet could run is defused. A table of too many rows
        is refused in a sentence, never cut.
        """
        if self.page.paginator.count > MOST_IN_A_FILE:
            refusal = _("That is more than %(most)s rows. Narrow the search, then export it.")
            words = refusal % {"most": f"{MOST_IN_A_FILE:,}"}
            return HttpResponse(words, "text/plain; charset=utf-8", status=422)
        columns = [column for column in self.columns if column.value]
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow([column.name for column in columns])
        for row in self.details(list(self.found)):
            writer.writerow([cell(c.value(row)) for c in columns if c.value])
        headers = {"Content-Disposition": f'attachment; filename="{self.table.name}.csv"'}
        return HttpResponse(text.getvalue(), "text/csv; charset=utf-8", headers=headers)


def _attributes(column: Column) -> SafeString:
    css = format_html(' class="{}"', column.css) if column.css else ""
    return format_html('{} data-label="{}"', css, column.label)


def _plus(before: Amount | int | None, value: Amount | int) -> Amount | int:
    """The sum of two values of one column and one currency."""
    if isinstance(value, Amount):
        atoms = before.atoms if isinstance(before, Amount) else 0
        return Amount(atoms + value.atoms, value.code)
    return value + (before if isinstance(before, int) else 0)


def cell(value: Value) -> str:
    """A value as it stands in a file."""
    if value is None:
        return ""
    if isinstance(value, Amount):
        money = currency(value.code)
        return money.format_atoms(value.atoms, money.atom_decimals).replace(",", "")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    return defused(str(value))
