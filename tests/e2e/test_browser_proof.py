"""A browser verifies proofs as the stand-alone program does, sentence by sentence."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from royalty.proof.verify_statement import UnreadableError
from royalty.proof.verify_statement import read as read_by_program
from tests.apportionment.worlds import four_pieces
from tests.royalty.proving import Proof, altered, faults, period_tree, proof_of
from tests.royalty.test_proof_files import ALTERATIONS

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
ORIGIN = "http://localhost:1"  # never asked: what the page wants is answered here
VERIFY = """async ([proof, others]) => {
    const { read, verify } = await import("/verify-proof.js");
    const bytes = (text) => new TextEncoder().encode(text);
    const files = Object.entries(others).map(([path, text]) => [path, read(path, bytes(text))]);
    const checks = await verify(read("proof", bytes(proof)), Object.fromEntries(files));
    return checks.flatMap((check) => check.faults);
}"""
READ = """async (text) => {
    const { read } = await import("/verify-proof.js");
    try { read("it", new TextEncoder().encode(text)); return "read"; }
    catch (error) { return error.message; }
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    """An empty page beside which the scripts lie."""
    page = browser.new_page()
    page.route("**/*", _answer)
    page.goto(ORIGIN)
    return page


def _answer(route) -> None:
    script = SCRIPTS / route.request.url.rpartition("/")[2]
    if script.suffix == ".js":
        route.fulfill(body=script.read_text(), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>.</title>", content_type="text/html")


@pytest.fixture(scope="module")
def proof() -> Proof:
    return proof_of(period_tree(four_pieces(), extra={"Z": -40}), "A")


def found_by(page: Page, proof: Proof, others: dict[str, Proof] | None = None) -> list[str]:
    texts = {path: json.dumps(other) for path, other in (others or {}).items()}
    return page.evaluate(VERIFY, [json.dumps(proof), texts])


def test_a_proof_is_right_and_says_what_the_program_says_of_each_alteration(page, proof):
    assert found_by(page, proof) == faults(proof) == []
    for name, (changes, words) in ALTERATIONS.items():
        changed = altered(proof, *changes)
        found = found_by(page, changed)
        assert found == faults(changed), name
        assert any(words in fault for fault in found), name


def test_published_roots_must_be_the_same(page, proof):
    published = {"format": "tantieme roots 1", "roots": proof["roots"]}
    assert found_by(page, proof, {"roots.json": published}) == []
    forged = altered(published, lambda p: p["roots"][1].update(root_sha256="0" * 64))
    others = {"roots.json": forged}
    assert found_by(page, proof, others) == faults(proof, others) != []
    nothing = {"roots.json": published | {"roots": []}}
    assert found_by(page, proof, nothing) == faults(proof, nothing) != []


def test_amounts_beyond_what_scripts_count_are_exact(page, proof):
    large = altered(proof, lambda p: p["statement"]["amounts_atoms"].update(closing=2**53 + 1))
    assert f"closes with {2**53 + 1}." in " ".join(found_by(page, large))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"format"', '"format": "x", "format"'),
        ('"atoms": ', '"atoms": 1.5, "x": '),
        ('"version": 1', '"version": 1e0'),
        ('"version": 1', f'"version": {2**63}'),
        ('"version": 1', '"version": true'),
        ('"2026-10-01"', '"2026-02-30"'),
        ('"payee": "A"', '"payee": "\\ud800"'),
        ('"payee": "A"', '"payee": 7'),
        ('"lines": [', '"lines": [7, '),
        ("tantieme statement proof 1", "tantieme statement proof 2"),
        ("{", "[" * 10_000),
        ("}", ""),
    ],
)
def test_what_is_no_proof_is_not_read(page, proof, tmp_path, old, new):
    text = json.dumps(proof).replace(old, new, 1)
    assert page.evaluate(READ, json.dumps(proof)) == "read"
    assert page.evaluate(READ, text).startswith("it")
    if "ud800" not in new:  # the program reads it, and then cannot encode it
        path = tmp_path / "proof.json"
        path.write_text(text)
        with pytest.raises(UnreadableError):
            read_by_program(str(path))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_page_verifies_a_statement_and_refuses_an_altered_file(visit, follow, tmp_path):
    page = visit(as_="estate")
    follow(page, "A statement")
    page.get_by_role("link", name="Verify it in your browser").click()
    page.get_by_role("button", name="Verify this statement").click()
    expect(page.get_by_role("status")).to_have_text("It is proved.")
    link = page.get_by_role("link", name="statement-proof.json")
    kept = page.request.get(link.get_attribute("href")).json()
    kept["lines"][0]["atoms"] += 1
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(kept))
    page.get_by_label("A proof from your disk").set_input_files(path)
    page.get_by_role("button", name="Verify these files").click()
    expect(page.get_by_role("status")).to_have_text("It is not proved.")
    expect(page.get_by_role("main")).to_contain_text("Line 1")
