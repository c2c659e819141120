"""The CSV: every line to the atom, the same sums as the document, inert in a spreadsheet."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from royalty.documents import (
    LineSource,
    StatementDocument,
    StatementError,
    StatementLine,
    TopWork,
    statement_csv,
)
from tests.documents.statements import EUR, WORKS, lines_of, statement


def rows_of(document: StatementDocument, lines: list[StatementLine]) -> list[dict[str, str]]:
    data = b"".join(statement_csv(document, lines)).decode("utf-8")
    return list(csv.DictReader(io.StringIO(data, newline="")))


def atoms(cell: str) -> int:
    return int(Decimal(cell) * 10**EUR.atom_decimals)


def test_every_line_is_there_and_they_sum_to_the_document() -> None:
    document = statement()
    rows = rows_of(document, lines_of(WORKS))
    assert len(rows) == document.n_lines == 7
    for source in LineSource:
        total = sum(atoms(row["amount"]) for row in rows if row["line_source"] == source.value)
        assert total == document.earned_atoms(source)


def test_a_line_carries_its_whole_derivation() -> None:
    row = rows_of(statement(), lines_of(WORKS))[0]
    assert (
        row
        | {
            "title": "Für Elise im Schnee",
            "usage_from": "2025-07-01",
            "usage_to": "2025-09-30",
            "generation_id": "G0",
            "uses": "48310",
            "pool": "27419.08000000",
            "piece_revenue": "1836.14319354",
            "attribution_share": "0.083400000",
            "attribution_share_low": "0.061200000",
            "attribution_share_high": "0.109800000",
            "attribution_run": "run 7f3a, 30 September 2025",
            "ownership_share": "0.500000",
            "amount": "612.04773118",
            "currency": "EUR",
            "opening_balance": "4.12345678",
            "closing_balance": "0.00340588",
        }
        == row
    )


def test_a_fallback_line_claims_no_piece_and_no_attribution() -> None:
    rows = rows_of(statement(), lines_of(WORKS))
    row = next(row for row in rows if row["line_source"] == "fallback")
    empty = ("generation_id", "uses", "piece_revenue", "attribution_share", "attribution_run")
    assert [row[column] for column in (*empty, "attribution_quality")] == [""] * 6


def test_thousands_of_lines_come_in_pieces() -> None:
    works = (TopWork("One", "R", 1, 1, 7, 0, 1, 0, 2),) * 2_500
    document = statement(works)
    chunks = list(statement_csv(document, iter(lines_of(works))))
    assert len(chunks) == 4  # the header, 1000, 1000, 500
    assert b"".join(chunks).count(b"\r\n") == 2_501


FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "\u00a0@x"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_text_that_a_spreadsheet_would_run_is_defused(formula: str) -> None:
    works = (replace(WORKS[0], title=formula, creators=formula),)
    document = statement(works, payee_name=formula, platform=formula, contract_code=formula)
    row = rows_of(document, lines_of(works))[0]
    for column in ("title", "artist", "payee", "platform", "contract"):
        assert row[column] == f"'{formula}"


def test_negative_numbers_stay_numbers() -> None:
    works = (replace(WORKS[0], attributed_atoms=-123, fallback_atoms=0),)
    row = rows_of(statement(works, opening_atoms=-1), lines_of(works))[0]
    assert row["amount"] == "-0.00000123"
    assert row["opening_balance"] == "-0.00000001"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_title_survives_the_round_trip(title: str) -> None:
    works = (replace(WORKS[0], title=title),)
    row = rows_of(statement(works), lines_of(works))[0]
    assert row["title"] in (title, f"'{title}")


def test_lines_that_do_not_sum_to_the_document_are_refused() -> None:
    lines = lines_of(WORKS)
    lines[0] = replace(lines[0], atoms=lines[0].atoms + 1)
    with pytest.raises(StatementError, match="attributed lines sum to"):
        list(statement_csv(statement(), lines))


def test_money_moved_between_sources_is_refused_even_if_the_total_holds() -> None:
    lines = lines_of(WORKS)
    lines[0] = replace(lines[0], atoms=lines[0].atoms + 1)
    lines[1] = replace(lines[1], atoms=lines[1].atoms - 1)
    with pytest.raises(StatementError):
        list(statement_csv(statement(), lines))


def test_missing_lines_are_refused_even_if_they_hold_nothing() -> None:
    lines = [*lines_of(WORKS), replace(lines_of(WORKS)[0], atoms=0)]
    with pytest.raises(StatementError, match="speaks of 7 lines, got 8"):
        list(statement_csv(statement(), lines))
