"""What pages say, they say in German as well: every sentence, with its values, and as compiled."""

import gettext
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from config import translations
from config.translations import as_mo, as_po, extracted, faults, known, path_of, updated


@pytest.fixture(scope="module")
def german() -> Catalog:
    return updated("de")


def test_every_sentence_of_the_code_is_translated(german):
    assert list(faults(german)) == []


def test_the_catalogue_is_what_the_code_has_and_nothing_besides(german):
    assert path_of("de").read_bytes() == as_po(german), "run python -m config.translations"


def test_what_the_program_reads_is_the_catalogue(german):
    assert path_of("de", "mo").read_bytes() == as_mo(german), "run python -m config.translations"


def test_nothing_is_kept_of_when_and_by_whom_a_catalogue_was_made():
    text = as_po(known("de")).decode()
    assert "POT-Creation-Date" not in text
    assert "@" not in text.split("#:")[0]
    year = str(datetime.now(UTC).year).encode()
    assert year not in as_mo(Catalog(locale="de", fuzzy=False))


@pytest.mark.parametrize(
    ("english", "german", "said"),
    [
        ("%(n)s of it", "davon", "different values"),
        ("%(n)s of it", "%(m)s davon", "different values"),
        ("all <b>of it</b>", "alles davon", "different values"),
        ("after {day}", "danach", "different values"),
        ("%(n)s of it", "%(n)s% davon", "placeholder"),
        ("of it", "", "no translation"),
        (("%(n)s of it", "%(n)s of them"), ("%(n)s davon", ""), "no translation"),
    ],
)
def test_what_is_missing_or_wrong_is_named(english, german, said):
    catalog = Catalog(locale="de", fuzzy=False)
    catalog.add(english, german)
    assert any(said in fault for fault in faults(catalog))


def test_a_guess_is_no_translation():
    catalog = Catalog(locale="de", fuzzy=False)
    catalog.add("of it", "davon", flags=["fuzzy"])
    assert any("guess" in fault for fault in faults(catalog))


def test_what_is_not_translated_is_said_in_english_and_not_left_out():
    catalog = Catalog(locale="de", fuzzy=False)
    catalog.add(("%(n)s row", "%(n)s rows"), ("", ""))
    spoken = gettext.GNUTranslations(io.BytesIO(as_mo(catalog)))
    assert spoken.ngettext("%(n)s row", "%(n)s rows", 2) == "%(n)s rows"


TEMPLATE = """{% load i18n %}
    <p title="{% translate 'A "quoted" word' %}">{% translate "100 % of it" %}
  {{ name|default:_("nobody") }}</p>
{% blocktranslate trimmed count n=rows with who=person.name %}
    {{ n }} row of {{ who }}
{% plural %}
    {{ n }} rows of {{ who }}
{% endblocktranslate %}{% translate "May" context "month" %}
"""


def test_sentences_are_found_in_templates_however_they_are_laid_out(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    Path(tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    (tmp_path / "templates" / "said.py").write_text('gettext_noop("open") + _("don\'t")\n')
    found = {(message.id, message.context) for message in extracted() if message.id}
    assert found == {
        ('A "quoted" word', None),
        ("100 %% of it", None),
        ("nobody", None),
        (("%(n)s row of %(who)s", "%(n)s rows of %(who)s"), None),
        ("May", "month"),
        ("open", None),
        ("don't", None),
    }
