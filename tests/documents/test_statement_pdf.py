"""The printed statement: right amounts, the same bytes every time, unbreakable by its data."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from royalty.documents import (
    Change,
    LineSource,
    Scale,
    StatementDocument,
    StatementError,
    TopWork,
    statement_pdf,
)
from tests.documents.statements import CENT, WORKS, statement


def text_of(document: StatementDocument) -> str:
    reader = PdfReader(io.BytesIO(statement_pdf(document)))
    joined = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(joined.replace("\N{NO-BREAK SPACE}", " ").replace("\u200b", "").split())


def test_the_amounts_are_those_of_the_document() -> None:
    text = text_of(statement())
    for amount in ("821.58", "4.1235", "805.0599", "12.4000", "821.5834", "0.0034"):
        assert amount in text
    for amount in ("612.0477", "615.1477", "75.3 %", "8.3 %", "6.1 – 11.0 %", "48,310"):
        assert amount in text


def test_it_says_who_for_what_and_from_which_data() -> None:
    text = text_of(statement())
    for fact in (
        *("Rosa Lindqvist", "Payee P-00317", "Northlight Audio GmbH", "NL-2025-UC"),
        *("1 July – 30 September 2025", "Payable for Q3 2025", "user-centric"),
        *("9f" * 32, "4c" * 32, "run 7f3a", "Page 1 of 1"),
        *("Estimated share", "came first in 94 of 100 cases", "never as attributed"),
    ):
        assert fact in text


def test_a_share_without_members_to_compare_says_so() -> None:
    assert "no model interval" in text_of(statement())


def test_fees_are_subtracted_in_sight() -> None:
    text = text_of(statement(fee_atoms=12_000 * CENT))
    assert "Administration fee −120.0000" in text
    assert "701.58" in text


def test_the_same_document_gives_the_same_bytes() -> None:
    assert statement_pdf(statement()) == statement_pdf(statement())


def test_another_document_gives_other_bytes() -> None:
    assert statement_pdf(statement()) != statement_pdf(statement(version=2))


def test_the_file_is_tagged_and_claims_accessibility() -> None:
    pdf = statement_pdf(statement())
    catalog = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en-GB"
    assert "pdfuaid" in catalog["/Metadata"].get_data().decode()


HOSTILE = [
    '#panic("x")',
    "$ \\frac{1}{2",
    "\\u{1F600} \\ // comment",
    "Grüße „aus“ Köln – ‚Straße‘ «là»",
    "[*bold* _it_ @ref <lab> `raw",
    '#sys.inputs.statement "quoted"',
    "]) #import",
    "= Heading",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_is_text_and_never_markup(title: str) -> None:
    work = replace(WORKS[0], title=title)
    document = statement((work,), payee_name=title, contract_code=title)
    text = text_of(document)
    assert text.count(title) >= 3


def test_control_and_direction_characters_cannot_hide_anything() -> None:
    text = text_of(statement((replace(WORKS[0], title="pay\x00\x1b\u202e\ud800me\nnow"),)))
    assert "pay me now" in text


def test_an_endless_word_is_broken_and_an_endless_title_is_cut() -> None:
    works = (replace(WORKS[0], title="A" * 400), replace(WORKS[1], title="long words " * 50))
    text = text_of(statement(works))
    assert "…" in text
    assert "A" * 200 not in text.replace(" ", "")
    assert "615.1477" in text


def test_a_script_without_a_bundled_font_still_prints_and_says_so() -> None:
    document = statement((replace(WORKS[0], title="你好 😀"),))
    assert "cannot be printed here" in text_of(document)
    assert "cannot be printed here" not in text_of(statement())
    assert statement_pdf(document) == statement_pdf(document)


def test_many_works_stay_within_two_pages() -> None:
    document = statement(WORKS[:2] * 20, n_works=400)
    assert len(PdfReader(io.BytesIO(statement_pdf(document))).pages) == 2
    assert "The 15 works that earned most, of 400." in text_of(document)


def test_a_period_without_earnings_reads_as_one() -> None:
    text = text_of(statement((), opening_atoms=0))
    assert "No work of yours earned anything" in text
    assert "nothing is carried forward" in text


def test_a_debt_is_carried_and_not_paid() -> None:
    text = text_of(statement((), opening_atoms=-5 * CENT))
    assert "The account stands at EUR −0.05" in text


def test_an_amount_too_small_to_show_is_not_shown_as_nothing() -> None:
    crumbs = TopWork("Crumbs", "R", 1, 1, 3, 0, 1, 0, 2)
    assert "< 0.0001" in text_of(statement((crumbs,)))


def test_a_currency_without_decimals_prints_whole_units() -> None:
    yen = Scale("JPY", 0, 10_000)
    document = statement((TopWork("Rain", "R", 1, 1, 12_345_0000, 0),), scale=yen, opening_atoms=0)
    assert "12,345" in text_of(document)
    assert "JPY" in text_of(document)


def test_a_statement_that_does_not_add_up_is_refused() -> None:
    good = statement()
    with pytest.raises(StatementError, match="closing balance"):
        replace(good, closing_atoms=good.closing_atoms + 1)
    with pytest.raises(StatementError, match="closing balance"):
        replace(good, changes=(*good.changes, Change("Surprise", 1, LineSource.ATTRIBUTED)))


def test_only_whole_minor_units_can_be_paid() -> None:
    good = statement()
    with pytest.raises(StatementError, match="cannot be paid"):
        replace(good, payable_atoms=good.payable_atoms - 1, closing_atoms=good.closing_atoms + 1)


def test_more_works_than_counted_are_refused() -> None:
    with pytest.raises(StatementError, match="shows 4 works but counts 1"):
        statement(n_works=1)
