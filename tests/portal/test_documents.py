"""A statement's PDF, CSV and proof: the bytes that were issued, or an honest page."""

import csv
import hashlib
import io
import subprocess
import sys

import pytest
from django.core.files.storage import default_storage

from royalty.models import Statement
from royalty.selectors.documents import file_of
from tests.portal.people import statement_of, text

pytestmark = pytest.mark.django_db


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize(
    ("kind", "media_type", "ending"),
    [
        ("pdf", "application/pdf", ".pdf"),
        ("csv", "text/csv; charset=utf-8", ".csv"),
        ("tsv", "text/tab-separated-values; charset=utf-8", ".tsv"),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ".xlsx",
        ),
        ("json", "application/json", ".json"),
        ("rdr", "text/tab-separated-values; charset=utf-8", "-rdr.tsv"),
        ("proof", "application/json", "-proof.json"),
    ],
    ids=["pdf", "csv", "tsv", "xlsx", "json", "rdr", "proof"],
)
def test_a_document_is_the_one_that_was_issued(people, rendered, kind, media_type, ending):
    statement = statement_of("A")
    response = people.ada.get(f"/statements/{statement.pk}/{kind}/")
    assert response.status_code == 200
    assert response["Content-Type"] == media_type
    assert hashlib.sha256(body(response)).hexdigest() == file_of(statement, kind).sha256
    disposition = response["Content-Disposition"]
    assert disposition.startswith('attachment; filename="studio-2026-2026-10-a-')
    assert disposition.endswith(f'-v1{ending}"')


def test_the_statement_offers_its_documents_once_they_are_there(people):
    url = f"/statements/{statement_of('A').pk}/"
    assert "The documents are being prepared" in text(people.ada.get(url))


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
    with default_storage.open(file_of(statement, "pdf").name) as file:
        before = file.read()
    default_storage.delete(file_of(statement, "pdf").name)
    if damage != "gone":
        with default_storage.open(file_of(other, "pdf").name) as file:
            theirs = file.read()
        content = {"altered": before + b" ", "torn": before[:100], "another party's": theirs}
        with default_storage.open(file_of(statement, "pdf").name, "wb") as file:
            file.write(content[damage])
    response = people.ada.get(f"/statements/{statement.pk}/pdf/")
    assert response.status_code == 503
    assert "cannot be handed out now" in text(response)


def test_what_a_holder_downloads_is_all_that_verifying_takes(people, rendered, tmp_path):
    statement = statement_of("A")
    for name, path in {
        "proof.json": f"/statements/{statement.pk}/proof/",
        "verify_statement.py": "/statements/verify_statement.py",
        "roots.json": "/statements/roots.json",
    }.items():
        response = people.ada.get(path)
        content = body(response) if response.streaming else response.content
        assert f'filename="{name}"' in response["Content-Disposition"] or name == "proof.json"
        (tmp_path / name).write_bytes(content)
    program = [sys.executable, "verify_statement.py", "proof.json", "roots.json"]
    result = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.stdout.startswith("Statement of A under studio-2026")
    assert result.stdout.endswith("It is proved.\n")


def test_roots_are_those_of_ones_own_statements(people, rendered):
    assert people.ada.get("/statements/roots.json").content.count(b"root_sha256") == 1
    stranger = people.nils.get("/statements/roots.json")
    assert stranger.status_code in {302, 403, 404}
    assert people.pia.get("/statements/roots.json").status_code == 403


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


def test_the_csv_comes_with_a_decimal_comma_too(people, rendered):
    path = f"/statements/{statement_of('A').pk}/csv/"
    issued, asked = (
        b"".join(people.ada.get(path + query).streaming_content).decode()
        for query in ("", "?comma=1")
    )
    plain = list(csv.DictReader(io.StringIO(issued)))
    comma = list(csv.DictReader(io.StringIO(asked), delimiter=";"))
    assert len(plain) == len(comma) > 1
    for before, after in zip(plain, comma, strict=True):
        assert "." not in after["closing_balance"]
        assert after["closing_balance"].replace(",", ".") == before["closing_balance"]
        for name in ("statement_id", "payee", "currency", "uses"):
            assert after[name] == before[name]
