"""Tables: what a column declares is what the address can ask for, and what the file holds."""

import csv
import io
from datetime import date
from typing import Any, NamedTuple

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from portal import tables
from portal.tables import Amount, Column, Filter, Shown, Table, Unreadable


class Payee(NamedTuple):
    name: str
    owed: Amount | None
    uses: int = 1
    since: date | None = None


AIDA = Payee("Aida", Amount(2_000_000, "EUR"), 3, date(2026, 5, 1))
BODO = Payee("Bodo", Amount(10_000_000, "EUR"), 1)
CARO = Payee("=CARO()", None, 2)
OTHER = Payee("Dora", Amount(5_000_000, "USD"), 7)
PAYEES = [AIDA, BODO, CARO]


def narrow_by_name(rows: list[Payee], text: str) -> list[Payee]:
    if text.isdigit():
        raise Unreadable("A name has letters.")
    return [row for row in rows if text in row.name]


TABLE = Table(
    name="payees",
    caption="Payees",
    columns=(
        Column("payee", "Payee", sort=lambda row: row.name, value=lambda row: row.name),
        Column("uses", "Uses", css="number", value=lambda row: row.uses, total=True),
        Column("owed", "Owed", "number", lambda row: row.owed, lambda row: row.owed, total=True),
        Column("since", value=lambda row: row.since),
    ),
    start="-owed",
    rows_a_page=2,
)
FILTERS = (
    Filter("name", "Name", narrow_by_name),
    Filter(
        "uses",
        "Uses",
        lambda rows, text: [row for row in rows if row.uses == int(text)],
        choices=[("1", "one"), ("3", "three")],
    ),
)


def shown(address: str = "", rows: Any = PAYEES, **options: Any) -> Shown:
    return TABLE.shown(RequestFactory().get(f"/payees/{address}"), rows, filters=FILTERS, **options)


def names(table: Shown) -> list[str]:
    return [row.name for row in table.found]


def lines(table: Shown) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.file().content.decode())))


def drawn(table: Shown) -> str:
    rows = "{% table t %}<tr><td{{ t.td.owed }}>1</td></tr>{% endtable %}"
    return Template("{% load design %}{% filters t %}" + rows).render(Context({"t": table}))


@pytest.mark.parametrize(
    ("address", "order"),
    [
        ("", ["Bodo", "Aida", "=CARO()"]),
        ("?sort=owed", ["Aida", "Bodo", "=CARO()"]),
        ("?sort=payee", ["=CARO()", "Aida", "Bodo"]),
        ("?sort=-payee", ["Bodo", "Aida", "=CARO()"]),
    ],
)
def test_rows_stand_in_the_order_asked_for_and_what_is_not_known_last(address, order):
    assert names(shown(address)) == order


@pytest.mark.parametrize("sort", ["uses", "since", "name", "--owed", "pk", "\0", "owed;drop"])
def test_by_what_no_column_offers_nothing_is_sorted(sort):
    assert names(shown(f"?sort={sort}")) == names(shown())


def test_a_table_cannot_start_with_an_order_that_it_does_not_have():
    with pytest.raises(ValueError, match="starts with"):
        Table("payees", "Payees", TABLE.columns, start="uses")


def test_a_filter_leaves_what_fits_and_an_unknown_choice_everything():
    assert names(shown("?name=o")) == ["Bodo"]
    assert names(shown("?uses=3")) == ["Aida"]
    assert names(shown("?uses=2")) == names(shown())
    assert not shown("?uses=2").is_narrowed


def test_what_cannot_be_read_finds_nothing_and_is_said_beside_the_field():
    table = shown("?name=12")
    assert names(table) == []
    page = drawn(table)
    assert 'aria-describedby="name-fault"' in page
    assert '<p class="errors" id="name-fault" role="alert">A name has letters.</p>' in page


def test_heads_say_the_order_and_lead_to_the_other_one_with_the_filter_kept():
    payee, uses, owed = shown("?name=a&sort=owed&page=2").heads
    assert (owed.order, owed.url) == ("ascending", "?name=a&sort=-owed")
    assert (payee.order, payee.url) == ("", "?name=a&sort=payee")
    assert (uses.order, uses.url) == ("", "")


def test_the_page_shows_some_and_the_file_everything_that_was_found_in_its_order():
    table = shown("?sort=owed&page=2")
    assert [row.name for row in table.rows] == ["=CARO()"]
    assert lines(table) == [
        ["payee", "uses", "owed", "since"],
        ["Aida", "3", "0.02000000", "2026-05-01"],
        ["Bodo", "1", "0.10000000", ""],
        ["'=CARO()", "2", "", ""],
    ]
    assert [line[0] for line in lines(shown("?name=o"))] == ["payee", "Bodo"]


def test_a_file_is_only_written_where_it_is_asked_for():
    assert shown("?export=csv").wants_file
    assert not shown("?export=exe").wants_file
    assert shown("?name=o&page=1").file_url == "?name=o&export=csv"
    assert shown(rows=[]).file_url == "", "there is nothing to take along"


def test_a_file_of_too_many_rows_is_refused_and_never_cut(monkeypatch):
    monkeypatch.setattr(tables, "MOST_IN_A_FILE", 2)
    response = shown().file()
    assert response.status_code == 422
    assert "Narrow the search" in response.content.decode()


def test_sums_are_of_all_pages_and_of_each_currency():
    (row,) = shown().sums
    assert row.code == "EUR"
    assert [value for _column, value in row.cells] == [6, Amount(12_000_000, "EUR")]
    sums = {
        row.code: [value for _c, value in row.cells] for row in shown(rows=[*PAYEES, OTHER]).sums
    }
    assert sums == {
        "": [13, None],
        "EUR": [None, Amount(12_000_000, "EUR")],
        "USD": [None, Amount(5_000_000, "USD")],
    }


def test_details_are_asked_for_the_rows_of_the_page_alone():
    asked = []

    def details(rows: list[Payee]) -> list[Payee]:
        asked.append(len(rows))
        return rows

    assert len(shown(details=details).rows) == 2
    assert asked == [2]


def test_a_hidden_column_is_in_no_head_order_or_file():
    table = shown("?sort=payee", without={"payee"})
    assert [head.column.name for head in table.heads] == ["uses", "owed"]
    assert table.order == "-owed"
    assert lines(table)[0] == ["uses", "owed", "since"]


def test_it_is_drawn_with_its_scopes_order_sums_and_file():
    page = drawn(shown("?sort=owed"))
    assert '<th scope="col" class="number" aria-sort="ascending"><a href="?sort=-owed">Owed' in page
    assert '<td class="number" data-label="Owed">1</td>' in page
    assert "Together in EUR" in page
    assert "3 rows as CSV" in page
    assert 'href="?sort=owed&amp;page=2"' in page or 'href="?sort=owed&page=2"' in page
    assert '<input type="hidden" name="sort" value="owed">' in page, "searching keeps the order"


def test_what_a_page_is_asked_is_never_written_into_it_as_markup():
    page = drawn(shown('?name="><script>&sort="><script>'))
    assert "<script>" not in page
