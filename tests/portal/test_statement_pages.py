"""The list of statements and one statement: the figures are those of the books, to the atom."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from catalog.models import Party, Share, Track, Work
from royalty.documents.waterfall import waterfall
from royalty.models import Statement
from royalty.selectors.statement_document import movement_of
from royalty.selectors.statement_lines import LineOrder, lines_of, tracks_earning
from royalty.services import periods, statements
from royalty.services.restatements import restate_period
from tests.portal.people import statement_of, text
from tests.royalty.cast import (
    AFTER,
    EURO,
    SOLD,
    own,
    payables,
    revenue_line,
    settle,
    show,
    usage_line,
)

pytestmark = pytest.mark.django_db


def settle_november(month, take, before_closing=lambda november: None):
    november = periods.open_period(
        contract=month.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    use = usage_line(60, "U1", "G1", 1) | {"used_at": "2026-11-05T00:00:00Z"}
    take(month, "usage", [use], "november-usage")
    fee = revenue_line("U1", "10.00") | {"event_id": "fee-2", "earned_on": "2026-11-01"}
    take(month, "revenue", [fee], "november-revenue")
    before_closing(november)
    show(settle(month, november, AFTER.replace(month=12)), month.ann)


def test_the_list_shows_each_statement_with_its_amounts(people):
    page = text(people.ada.get("/statements/"))
    assert "October 2026" in page
    assert "Studio 2026" in page
    assert "Studio 2026 EUR 12.5533 EUR 0.4900 EUR 13.04" in page


def test_the_list_names_the_party_where_one_acts_for_several(people):
    page = text(people.cleo.get("/statements/"))
    assert "Party A" in page
    assert "Party C" in page
    assert "Party B" not in page


def test_the_list_can_be_filtered_by_contract_and_by_period(people, month, take):
    settle_november(month, take)
    rows = re.compile(r"October 2026, Studio 2026|November 2026, Studio 2026")
    everything = people.ada.get("/statements/?contract=studio-2026&from=")
    assert rows.findall(text(everything)) == [
        "November 2026, Studio 2026",
        "October 2026, Studio 2026",
    ]
    october = people.ada.get("/statements/?from=2026-10-01")
    assert rows.findall(text(october)) == ["October 2026, Studio 2026"]


@pytest.mark.parametrize(
    "query",
    ["contract=none", "from=2001-01-01", "from=yesterday", "contract=%00", "from=2026-13-99"],
)
def test_what_is_not_offered_narrows_nothing(people, query):
    page = people.ada.get(f"/statements/?{query}")
    assert len(page.context["rows"]) == 1


def test_a_filter_that_nothing_fits_says_so_and_leads_back(people, monkeypatch):
    offered = {"other": "Another contract"}, {}
    monkeypatch.setattr("portal.rights_holder.statements._choices", lambda _own: offered)
    page = text(people.ada.get("/statements/?contract=other"))
    assert "No statement fits" in page
    assert "Show all statements" in page


def test_the_list_is_sorted_and_makes_a_file_of_what_was_found(people, month, take):
    settle_november(month, take)
    Party.objects.filter(ref="C").update(name="=cmd()")

    def found(client, **asked: str) -> list[Statement]:
        return [each for each, _movement in client.get("/statements/", asked).context["rows"]]

    newest = found(people.cleo)
    assert [each.period.label for each in newest] == sorted(
        (each.period.label for each in newest), reverse=True
    )
    for column, key in (
        ("attributed", lambda each: each.attributed_atoms),
        ("payable", lambda each: movement_of(each).payable_atoms),
        ("party", lambda each: each.party.name),
    ):
        keys = [key(each) for each in found(people.cleo, sort=f"-{column}")]
        assert keys == sorted(keys, reverse=True), column
    asked = {"from": "2026-10-01", "export": "csv"}
    rows = list(
        csv.DictReader(io.StringIO(people.cleo.get("/statements/", asked).content.decode()))
    )
    assert {row["party"] for row in rows} == {"Party A", "'=cmd()"}
    assert {row["period"] for row in rows} == {"2026-10"}
    of_a = Statement.objects.get(party__ref="A", period__starts_on=date(2026, 10, 1))
    row = next(row for row in rows if row["party"] == "Party A")
    assert Decimal(row["attributed"]) == Decimal(of_a.attributed_atoms) / 100_000_000
    own = people.ada.get("/statements/", {"sort": "party", "export": "csv"}).content.decode()
    assert "party" not in own.splitlines()[0], "there is only one"


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "", "1e9", "%00"])
def test_any_page_number_gives_a_page(people, number):
    assert people.ada.get(f"/statements/?page={number}").status_code == 200
    statement = statement_of("A")
    assert people.ada.get(f"/statements/{statement.pk}/?page={number}").status_code == 200


def test_a_statement_shows_what_the_books_owe(people, month):
    page = text(people.ada.get(f"/statements/{statement_of('A').pk}/"))
    atoms = payables(month)["A"]
    euros, cents = divmod(atoms // 1_000_000, 100)
    assert f"EUR {euros}.{cents:02d}" in page


@pytest.mark.parametrize("ref", "ABC")
def test_the_waterfall_adds_up_to_the_atom(month, ref):
    statement = statement_of(ref)
    movement = movement_of(statement)
    bars = waterfall(movement.opening_atoms, movement.changes, movement.payable_atoms)
    opening, *changes, balance, payment, carried = bars
    assert opening.atoms + sum(bar.atoms for bar in changes) == balance.atoms
    assert balance.atoms + payment.atoms == carried.atoms == movement.carried_atoms
    assert movement.payable_atoms % 1_000_000 == 0
    assert 0 <= movement.carried_atoms < 1_000_000
    assert balance.atoms == payables(month)[ref]


def test_the_waterfall_carries_an_unpaid_amount_into_the_next_statement(people, month, take):
    settle_november(month, take)
    later = Statement.objects.get(party__ref="A", period__starts_on=date(2026, 11, 1))
    page = text(people.ada.get(f"/statements/{later.pk}/"))
    assert "Payable from earlier statements, not yet paid" in page
    assert movement_of(later).carried_atoms + movement_of(later).payable_atoms == (
        later.closing_atoms
    )


def test_an_adjustment_names_its_period_and_its_reason(people, month, take):
    def sell(november):
        work = month.tracks["T3"].work
        Share.objects.filter(work=work).delete()
        own(month, work, "C", 1_000_000)
        restate_period(period=month.period, into=november, user=month.ann, as_of=AFTER, **SOLD)

    settle_november(month, take, before_closing=sell)
    later = Statement.objects.get(party__ref="A", period__starts_on=date(2026, 11, 1))
    page = text(people.ada.get(f"/statements/{later.pk}/"))
    assert SOLD["reason"] in page
    assert "Adjustment of 2026-10: changed ownership" in page


def test_the_page_says_which_version_counts(people, month):
    first = statement_of("A")
    second = statements.reissue(statement=first, reason="a name was misspelt", user=month.ann)
    page = people.ada.get(f"/statements/{second.pk}/")
    assert page.status_code == 404, "a draft is nobody's to read"
    show(month.period, month.ann)
    old, new = (text(people.ada.get(f"/statements/{s.pk}/")) for s in (first, second))
    assert "Version 2 of this statement counts" in old
    assert "with the same amounts: a name was misspelt" in new
    listed = people.ada.get("/statements/").content.decode()
    assert f"/statements/{second.pk}/" in listed
    assert f"/statements/{first.pk}/" not in listed


@pytest.mark.parametrize("ref", "ABC")
def test_the_lines_and_the_works_sum_to_what_was_earned(month, ref):
    statement = statement_of(ref)
    lines, earned = lines_of(statement), tracks_earning(statement)
    assert lines.atoms == statement.earned_atoms
    assert sum(numbered.line.atoms for numbered in lines) == statement.earned_atoms
    assert sum(track.attributed_atoms for track in earned) == statement.attributed_atoms
    assert sum(track.fallback_atoms for track in earned) == statement.fallback_atoms
    amounts = [numbered.line.atoms for numbered in lines]
    assert amounts == sorted(amounts, reverse=True)


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 9), ("kind=attributed", 7), ("kind=fallback", 2), ("work=T1", 4), ("work=T2", 0),
     ("kind=attributed&work=T3", 4), ("kind=nonsense", 9), ("work=%00", 0)],
)  # fmt: skip
def test_lines_can_be_filtered_by_why_and_by_work(people, query, count):
    statement = statement_of("A")
    page = text(people.ada.get(f"/statements/{statement.pk}/?{query}"))
    assert f"{count} of 9, together" in page
    assert ("No line fits" in page) == (count == 0)


@pytest.mark.parametrize("order", LineOrder)
def test_lines_come_in_the_order_that_was_asked_for_and_are_all_there(people, order):
    statement = statement_of("A")
    page = people.ada.get(f"/statements/{statement.pk}/?order={order}")
    lines = [numbered.line for numbered in page.context["page"]]
    keys = {
        LineOrder.LARGEST: lambda line: -line.atoms,
        LineOrder.SMALLEST: lambda line: line.atoms,
        LineOrder.WORK: lambda line: (line.title.casefold(), line.track_id),
        LineOrder.PIECE: lambda line: (not line.generation_id, line.generation_id),
    }
    assert [keys[order](line) for line in lines] == sorted(keys[order](line) for line in lines)
    assert sum(line.atoms for line in lines) == statement.earned_atoms


@pytest.mark.parametrize("query", ["", "kind=attributed&order=smallest", "work=T1&order=piece"])
def test_the_file_holds_exactly_the_lines_that_were_found(people, query):
    statement = statement_of("A")
    path = f"/statements/{statement.pk}/"
    page = people.ada.get(f"{path}?{query}")
    (address,) = re.findall(r'class="file" href="([^"]+)"', page.content.decode())
    file = people.ada.get(path + unescape(address))
    assert file["Content-Disposition"] == f'attachment; filename="lines-{statement.pk}.csv"'
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))
    assert [int(row["line"]) for row in rows] == [each.row for each in page.context["lines"]]
    of_all = sum(Decimal(row["amount"]) for row in rows)
    assert of_all == Decimal(page.context["lines"].atoms) / EURO
    assert people.bea.get(path + unescape(address)).status_code == 404


def test_no_cell_of_the_file_runs_in_a_spreadsheet(people):
    Work.objects.update(title="=1+1")
    Track.objects.update(title="=1+1")
    file = people.ada.get(f"/statements/{statement_of('A').pk}/?export=csv").content.decode()
    assert {row["title"][:1] for row in csv.DictReader(io.StringIO(file)) if row["title"]} == {"'"}


def test_an_order_that_there_is_not_is_the_usual_one(people):
    path = f"/statements/{statement_of('A').pk}/"
    usual, asked = (people.ada.get(path + query).context["page"] for query in ("", "?order=x"))
    assert [each.row for each in usual] == [each.row for each in asked]


HOSTILE = [
    '<script>alert("x")</script>',
    '"><img src=x onerror=alert(1)>',
    "{{ 7|add:7 }}{% url 'home' %}",
    "\u202egnos ym\u202c",
    "\U0001f3b5\U0001f3b6 \u200d\ufe0f",
    "a" * 500,
    "line\r\nbreak \x1b[31m",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_stays_text(people, title):
    Track.objects.filter(ref="T1").update(title=title)
    Party.objects.filter(ref="A").update(name=title[:300])
    statement = statement_of("A")
    row = next(n.row for n in lines_of(statement, track_ref="T1"))
    for path in (
        *("/", "/statements/", f"/statements/{statement.pk}/"),
        *(f"/statements/{statement.pk}/lines/{row}/", "/works/"),
    ):
        response = people.ada.get(path)
        body = response.content.decode()
        assert response.status_code == 200, path
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert "\u202e" not in body
        assert "a" * 200 not in body
        assert "1414" not in body.replace(title, "")


def test_a_statement_says_by_which_rule_from_what_and_how_good(people):
    statement = statement_of("A")
    page = text(people.ada.get(f"/statements/{statement.pk}/"))
    assert "Every use of a piece in the period counts the same." in page
    assert statement.run.snapshot_sha256 in page
    assert statement.run.lines_sha256 in page
    assert "How often this run pays wrongly was not measured." in page


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_statements_are_only_read(people, method):
    statement = statement_of("A")
    for path in ("/statements/", f"/statements/{statement.pk}/", "/works/"):
        assert getattr(people.ada, method)(path).status_code == 405


def test_no_browser_or_proxy_keeps_a_page(people):
    response = people.ada.get(f"/statements/{statement_of('A').pk}/")
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
