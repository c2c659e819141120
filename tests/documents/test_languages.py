"""Documents speak the reader's language; the digits stay those of the books."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from royalty.documents import statement_pdf
from royalty.documents.language import LANGUAGES, language
from royalty.documents.pdf.view import WORDS
from royalty.documents.words import GERMAN
from tests.documents.statements import EUR, statement
from tests.documents.test_statement_formats import adjusted

TAGS = [tag for tag, _ in LANGUAGES]


def printed(tag: str) -> str:
    pages = PdfReader(io.BytesIO(statement_pdf(replace(adjusted(), language=tag)))).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("\u200b", "").split())


@pytest.mark.parametrize(
    ("tag", "amount"),
    [
        ("en-GB", "1,234.57"),
        ("en-US", "1,234.57"),
        ("de-DE", "1.234,57"),
        ("de-AT", "1.234,57"),
        ("de-CH", "1’234.57"),
    ],
)
def test_amounts_have_the_signs_of_the_country(tag, amount):
    assert language(tag).amount(123_456_500_000, EUR) == amount


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(TAGS))
def test_the_digits_are_the_same_in_every_language(atoms, tag):
    theirs, ours = (language(name).amount(atoms, EUR, 8) for name in (tag, "en-GB"))
    assert re.sub(r"\D", "", theirs) == re.sub(r"\D", "", ours)


@pytest.mark.parametrize(
    ("tag", "days"),
    [
        ("en-GB", "1 July – 30 September 2025"),
        ("en-US", "July 1 – September 30, 2025"),
        ("de-CH", "1. Juli – 30. September 2025"),
    ],
)
def test_days_are_written_as_people_write_them(tag, days):
    written = language(tag).days(date(2025, 7, 1), date(2025, 9, 30))
    assert written.replace("\N{NO-BREAK SPACE}", " ") == days


def test_a_span_over_two_years_names_both():
    written = language("de-DE").days(date(2025, 12, 1), date(2026, 1, 31))
    assert written.replace("\N{NO-BREAK SPACE}", " ") == "1. Dezember 2025 – 31. Januar 2026"


def test_a_german_statement_is_german_but_for_names_and_reasons():
    text = printed("de-DE")
    for words in (
        *("Tantiemenabrechnung", "Auszuzahlen für Q3 2025", "Anfangssaldo", "Seite 1 von"),
        *("Berichtigung von 2025-09: geänderte Rechte", "T0 was sold", "805,0599", "8,3 %"),
    ):
        assert words in text
    for words in ("Opening balance", "Estimated share", "Payable", "Page 1"):
        assert words not in text


def test_an_english_statement_has_no_german():
    assert "Adjustment of 2025-09: changed ownership" in printed("en-US")
    assert "Saldo" not in printed("en-GB")


def test_every_fixed_word_of_the_page_has_a_german_one():
    assert [words for words in WORDS if words not in GERMAN] == []


def test_a_translation_has_the_places_of_its_original():
    places = re.compile(r"{\w+}")
    for english, german in GERMAN.items():
        assert sorted(places.findall(english)) == sorted(places.findall(german)), english


def test_a_language_that_documents_do_not_speak_is_refused():
    with pytest.raises(ValueError, match="do not speak 'fr-FR'"):
        statement_pdf(replace(statement(), language="fr-FR"))


@pytest.mark.parametrize("tag", TAGS)
def test_the_file_says_its_language(tag):
    content = statement_pdf(replace(statement(), language=tag))
    assert PdfReader(io.BytesIO(content)).trailer["/Root"]["/Lang"] == tag
