"""Later versions of a statement: the same amounts, a reason, and the first one stays."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from catalog.models import Track
from royalty.models import Statement
from royalty.selectors.documents import file_of, files_of
from royalty.selectors.statements import (
    every_version_of,
    later_version,
    standings_of,
    statements_of,
    totals_of,
)
from royalty.selectors.verification import verify_ledger
from royalty.services import statements
from royalty.services.runs import PeriodError
from royalty.services.statements import RenderingError
from tests.royalty.cast import AFTER, settle, show

pytestmark = pytest.mark.django_db
WHY = "the title of T1 was misspelt"


@pytest.fixture
def published(reported):
    show(settle(reported), reported.ann)
    for statement in Statement.objects.all():
        statements.render_statement(statement=statement, as_of=AFTER)
    return reported


def first(ref: str = "A") -> Statement:
    return Statement.objects.get(party__ref=ref, version=1)


def again(world, **more: object) -> Statement:
    facts = {"statement": first(), "reason": WHY, "user": world.ann}
    return statements.reissue(**(facts | more))


def stored(statement: Statement, kind: str) -> bytes:
    with default_storage.open(file_of(statement, kind).name) as file:
        return file.read()


def test_a_mended_title_needs_a_version_and_the_first_stays(published):
    before = stored(first(), "pdf")
    Track.objects.filter(ref="T1").update(title="Song T-One")
    with pytest.raises(RenderingError, match="would differ from what was issued"):
        statements.render_statement(statement=first(), as_of=AFTER)
    second = statements.render_statement(statement=again(published), as_of=AFTER)
    text = " ".join(
        page.extract_text() for page in PdfReader(io.BytesIO(stored(second, "pdf"))).pages
    )
    assert "Song T-One" in text
    assert f"Version 2 takes the place of the one before, with the same amounts: {WHY}" in " ".join(
        text.split()
    )
    assert stored(first(), "pdf") == before
    assert file_of(second, "pdf").name.endswith("-v2.pdf")


def test_its_amounts_are_those_of_the_first_and_so_is_its_proof(published):
    second = statements.render_statement(statement=again(published), as_of=AFTER)
    for name in statements.AMOUNTS:
        assert getattr(second, name) == getattr(first(), name)
    assert "proof" not in {file.kind for file in files_of(second)}
    assert "proof" in {file.kind for file in files_of(first())}
    assert verify_ledger() == []


def test_a_later_version_counts_once_it_is_published(published):
    parties = [published.parties["A"]]
    before = totals_of(parties, standings_of(parties))
    second = again(published)
    assert list(statements_of(parties)) == [first()], "a draft does not count"
    assert later_version(first()) is None
    show(published.period, published.ann)
    second.refresh_from_db()
    assert list(statements_of(parties)) == [second]
    assert set(every_version_of(parties)) == {first(), second}
    assert later_version(first()) == second
    assert later_version(second) is None
    assert totals_of(parties, standings_of(parties)) == before, "nothing counts twice"
    (standing,) = standings_of(parties)
    assert standing.previous is None, "the first version is no period before"


def test_a_version_follows_a_published_one(published):
    again(published)
    with pytest.raises(PeriodError, match="is a draft still; publish it"):
        again(published)
    show(published.period, published.ann)
    assert again(published).version == 3


@pytest.mark.parametrize("reason", ["", " \n", "x" * 251], ids=["none", "blank", "a-letter"])
def test_a_version_has_a_reason(published, reason):
    with pytest.raises(PeriodError, match=r"Say why|250 at most"):
        again(published, reason=reason)


@pytest.mark.parametrize(
    "change",
    [
        {"closing_atoms": 1, "opening_atoms": 1, "attributed_atoms": 0, "fallback_atoms": 0},
        {"version": 4},
        {"currency": "USD"},
    ],
    ids=["other amounts", "a version left out", "another currency"],
)
def test_the_database_refuses_a_version_that_tells_something_else(published, change):
    copy = first()
    copy.pk, copy.version, copy.reason, copy.reissued_by = None, 2, "forged", published.ann
    copy.publication, copy.rendered_at = None, None
    for name, value in change.items():
        setattr(copy, name, value)
    with pytest.raises(DatabaseError, match="follows a published version"), transaction.atomic():
        copy.save(force_insert=True)


def test_the_commands_lead_from_the_list_to_a_new_version(published, capsys):
    month = ("studio-2026", "2026-10-01")
    default_storage.delete(file_of(first(), "csv").name)
    call_command("statements", "render", *month, "--party", "A")
    assert default_storage.exists(file_of(first(), "csv").name)
    who = ("--party", "A", "--reason", WHY, "--by", "ann@example.org")
    call_command("statements", "reissue", *month, *who)
    capsys.readouterr()
    call_command("statements", "list", *month, "--party", "A")
    one, two = capsys.readouterr().out.splitlines()
    assert one.startswith("Party A studio-2026 2026-10 v1: published; csv, json, pdf, proof")
    assert two == f"Party A studio-2026 2026-10 v2: draft; no documents yet; {WHY}"
    with pytest.raises(CommandError, match="has no such statement"):
        call_command("statements", "list", *month, "--party", "nobody")
    with pytest.raises(CommandError, match="Say whose"):
        call_command("statements", "reissue", *month, "--reason", WHY)
