"""Suggestions for a sender's columns come with a reason, and never use a column twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.formats import suggest_mapping
from catalog.manifest.columns import KNOWN_COLUMNS

GERMAN = {
    "title": "Titel",
    "isrc": "ISRC-Code",
    "artist": "Interpret",
    "composer": "Komponist",
    "composer_share_pct": "Anteil % Komponist",
    "lyricist": "Textdichter",
    "publisher": "Musikverlag",
    "release_ean": "Strichcode",
    "released_on": "Veröffentlichungsdatum",
}
ENGLISH = {
    "title": "Track Title",
    "release_title": "Album",
    "composer": "Writer",
    "composer_ipi": "Writer IPI",
    "composer_share_pct": "Writer Split",
    "label": "P Line",
    "label_share_pct": "Label %",
    "release_ean": "UPC",
    "file": "Filename",
}
FRENCH = {"title": "Titre", "composer": "Compositeur", "publisher": "Éditeur", "language": "Langue"}


@pytest.mark.parametrize("header", [GERMAN, ENGLISH, FRENCH], ids=["german", "english", "french"])
def test_headers_of_several_languages_are_understood(header):
    columns = [*header.values(), "Notizen", ""]
    found = suggest_mapping(columns)
    assert {ours: suggestion.column for ours, suggestion in found.items()} == header
    assert all(suggestion.reason.endswith(".") for suggestion in found.values())


def test_our_own_names_win_over_look_alikes_and_misspelt_ones_are_found():
    found = suggest_mapping(["Track Title", "title", "Compossers", "Länge"])
    assert found["title"].column == "title"
    assert found["title"].reason == "It has the same name."
    assert found["composer"].column == "Compossers"
    assert "spelt almost as" in found["composer"].reason
    assert "language" not in found


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=20))
def test_any_header_is_answered_and_no_column_is_used_twice(columns):
    found = suggest_mapping(columns)
    used = [suggestion.column for suggestion in found.values()]
    assert set(found) <= set(KNOWN_COLUMNS)
    assert len(set(used)) == len(used)
    assert set(used) <= {column for column in columns if column}
