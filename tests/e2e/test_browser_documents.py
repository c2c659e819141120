"""Documents as they were issued, and nobody else's."""

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.parametrize(("button", "suffix"), [("PDF of this", ".pdf"), ("CSV of this", ".csv")])
def test_a_download_is_the_stored_document(visit, follow, installation, button, suffix):
    page = visit(as_="estate")
    follow(page, "A statement")
    with page.expect_download() as started:
        page.get_by_role("link", name=button).click()
    content = Path(started.value.path()).read_bytes()
    stored = {name: digest for name, digest in installation.documents[-1].items() if suffix in name}
    assert hashlib.sha256(content).hexdigest() in stored.values()
    assert re.fullmatch(rf"[\w.-]*2026-10[\w.-]*{suffix}", started.value.suggested_filename)


def test_each_statement_gives_its_own_document(visit, follow, installation):
    page = visit("/statements/", as_="estate")
    links = page.get_by_role("main").get_by_role("link", name="October 2026")
    addresses = [link.get_attribute("href") for link in links.all()]
    assert len(set(addresses)) == 2
    contents = set()
    for address in addresses:
        answer = page.request.get(f"{address}csv/")
        assert answer.headers["content-disposition"].startswith("attachment")
        contents.add(answer.body())
    assert len(contents) == 2


def test_anothers_statement_line_evidence_and_documents_are_not_found(visit, follow):
    owner = visit(as_="estate")
    follow(owner, "Its evidence")
    evidence = owner.url
    line = evidence.removesuffix("evidence/")
    statement = line.partition("lines/")[0]
    stranger = visit("/", as_="newcomer")
    for address in (statement, line, evidence, f"{statement}pdf/", f"{statement}csv/"):
        answer = stranger.goto(address)
        assert answer.status == 404, address
        expect(stranger.get_by_role("heading", level=1)).to_have_text("There is nothing here")


def test_somebody_unknown_is_asked_to_sign_in(visit, follow):
    owner = visit(as_="estate")
    follow(owner, "Its evidence")
    stranger = visit(owner.url)
    expect(stranger).to_have_url(re.compile(r"/sign-in/\?next=/statements/"))
