"""What every page promises: anybody can use it, anywhere, with nothing from elsewhere.

That no page complains in the console, violates its policy or asks another server is watched in
every browser test (see conftest.py).
"""

import gzip
import re
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, Response, expect

from demo.screenshots import LOOKS, VIEWS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => [id, node.html, node.failureSummary]));
}"""
MOST_SCRIPT_BYTES = 60_000
OURS = [view for view in VIEWS if not view.start.startswith(("/admin/", "/api/"))]
every_page = pytest.mark.parametrize("view", OURS, ids=lambda view: view.title)


def violations(page: Page) -> list[object]:
    # Not as a script of the page: its policy would rightly refuse that.
    page.evaluate(AXE)
    found: list[object] = page.evaluate(SERIOUS)
    return found


@every_page
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(view, look, visit, follow):
    page = visit(as_=view.person, **LOOKS[look])
    follow(page, view.title)
    assert violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{view.title} is {wide} px too wide"


@every_page
def test_everything_can_be_read_without_javascript(view, visit, follow):
    page = visit(as_=view.person, java_script_enabled=False)
    follow(page, view.title)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("main")).not_to_be_empty()
    assert len(page.get_by_role("main").inner_text()) > 60


def test_evidence_shows_its_notes_without_javascript(visit, follow):
    page = visit(as_="estate", java_script_enabled=False)
    follow(page, "Its evidence")
    expect(page.locator("noscript")).to_be_visible()
    assert page.locator("piano-roll svg rect, piano-roll svg path").count() > 10
    page.get_by_text("The notes as tables").click()
    expect(page.get_by_role("table").first).to_be_visible()


@every_page
def test_pages_are_light(view, visit, follow):
    """At most 60 kB of compressed JavaScript, whatever the browser has cached."""
    page = visit(as_=view.person)
    follow(page, view.title)
    scripts: list[Response] = []
    page.on(
        "response",
        lambda answer: scripts.append(answer) if answer.request.resource_type == "script" else None,
    )
    page.reload(wait_until="networkidle")
    assert sum(len(gzip.compress(script.body())) for script in scripts) < MOST_SCRIPT_BYTES


def test_the_operator_finds_the_books_in_the_admin(visit):
    page = visit("/admin/", as_="accountant")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/admin/royalty/journal/")
    page.get_by_role("rowheader").first.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/admin/royalty/journal/[0-9a-f-]{36}/"))
    expect(page.get_by_role("button", name=re.compile("^(Save|Delete)"))).to_have_count(0)


def test_a_reviewer_reads_in_the_admin_and_changes_nothing(visit):
    page = visit("/admin/catalog/party/", as_="reviewer")
    expect(page.get_by_role("table")).to_be_visible()
    assert page.goto("/admin/catalog/party/add/").status == 403


def test_a_rights_holder_finds_no_admin(visit):
    page = visit("/", as_="estate")
    answer = page.goto("/admin/")
    assert answer.status == 404 or "/admin/" not in page.url
