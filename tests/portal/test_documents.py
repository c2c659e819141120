"""A statement's PDF and CSV: the bytes that were issued, or an honest page."""

import hashlib

import pytest
from django.core.files.storage import default_storage

from royalty.models import Statement
from tests.portal.people import statement_of, text

pytestmark = pytest.mark.django_db


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize(
    ("kind", "media_type"), [("pdf", "application/pdf"), ("csv", "text/csv; charset=utf-8")]
)
def test_a_document_is_the_one_that_was_issued(people, rendered, kind, media_type):
    statement = statement_of("A")
    response = people.ada.get(f"/statements/{statement.pk}/{kind}/")
    assert response.status_code == 200
    assert response["Content-Type"] == media_type
    assert hashlib.sha256(body(response)).hexdigest() == getattr(statement, f"{kind}_sha256")
    disposition = response["Content-Disposition"]
    assert disposition.startswith('attachment; filename="studio-2026-2026-10-a-')
    assert disposition.endswith(f'-v1.{kind}"')


def test_the_statement_offers_its_documents_once_they_are_there(people):
    url = f"/statements/{statement_of('A').pk}/"
    assert "PDF and CSV are being prepared" in text(people.ada.get(url))


def test_a_rendered_statement_links_its_documents(people, rendered):
    statement = statement_of("A")
    page = people.ada.get(f"/statements/{statement.pk}/").content.decode()
    assert f'href="/statements/{statement.pk}/pdf/"' in page
    assert "being prepared" not in page


def test_a_document_that_is_not_rendered_yet_says_so(people):
    response = people.ada.get(f"/statements/{statement_of('A').pk}/pdf/")
    assert response.status_code == 404
    assert "being prepared" in text(response)


@pytest.mark.parametrize("damage", ["altered", "torn", "gone", "another party's"])
def test_a_document_that_is_not_the_issued_one_is_not_handed_out(people, rendered, damage):
    statement, other = statement_of("A"), statement_of("B")
    with default_storage.open(statement.pdf_name) as file:
        before = file.read()
    default_storage.delete(statement.pdf_name)
    if damage != "gone":
        with default_storage.open(other.pdf_name) as file:
            theirs = file.read()
        content = {"altered": before + b" ", "torn": before[:100], "another party's": theirs}
        with default_storage.open(statement.pdf_name, "wb") as file:
            file.write(content[damage])
    response = people.ada.get(f"/statements/{statement.pk}/pdf/")
    assert response.status_code == 503
    assert "cannot be handed out now" in text(response)


@pytest.mark.parametrize("kind", ["html", "lines", "PDF", "..", "%2e%2e", "pdf%00"])
def test_other_kinds_do_not_exist(people, rendered, kind):
    assert people.ada.get(f"/statements/{statement_of('A').pk}/{kind}/").status_code == 404


def test_lines_that_cannot_be_derived_are_not_guessed(people):
    from royalty.selectors import runs, statement_lines

    statement = statement_of("A")
    runs.kept_lines.cache_clear()
    statement_lines._tracks_earning.cache_clear()
    default_storage.delete(statement.run.snapshot_name)
    for path in (f"/statements/{statement.pk}/", f"/statements/{statement.pk}/lines/0/", "/works/"):
        response = people.ada.get(path)
        assert response.status_code == 503, path
        assert "cannot be derived now" in text(response)
    assert people.ada.get("/statements/").status_code == 200, "what is stored stays readable"
    assert Statement.objects.filter(pk=statement.pk).exists()
