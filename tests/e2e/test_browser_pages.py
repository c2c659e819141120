"""What every page promises: anybody can use it, anywhere, with nothing from elsewhere.

That no page complains in the console, violates its policy or asks another server is watched in
every browser test (see conftest.py).
"""

import gzip
import re
import time
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Page, Route, expect

from demo.screenshots import LOOKS
from tests.e2e import budget
from tests.e2e.exempt import NOT_WALKED
from tests.e2e.walking import Found, names, walk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = """async (rules) => {
  const options = { resultTypes: ["violations"] };
  if (rules) options.runOnly = { type: "rule", values: rules };
  const { violations } = await axe.run(document, options);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => [id, node.html, node.failureSummary]));
}"""
# Between light and dark, of one size, nothing differs that other rules look at.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
# What outsiders name stands in <bdi>; this is the longest that pages write of a name.
NAMED_AT_LENGTH = """() => {
  for (const name of document.querySelectorAll("main bdi:not(:has(*))")) {
    name.textContent = "W".repeat(120);
  }
}"""
WALKERS = ("estate", "engineer", "accountant")  # one of each kind of organisation
# Before there is anything to follow links from, and where nothing is found.
ALONE = {
    "": [Found("sign-in", "/sign-in/"), Found("password-forgotten", "/password/forgotten/")],
    "manager": [Found("act-for", "/act-for/")],
    "newcomer": [Found("home", "/"), Found("", "/statements/1/")],
}
by_everybody = pytest.mark.parametrize("person", [*WALKERS, *ALONE])
Pages = dict[str, list[Found]]


@pytest.fixture(scope="module")
def pages(browser, installation, sign_ins, follow) -> Pages:
    """Who looks at which pages: each only once, but for the overview."""
    seen: set[str] = set()
    found: Pages = dict(ALONE)
    for person in WALKERS:
        context = browser.new_context(storage_state=sign_ins(person))
        reached = walk(context, installation.origin)
        context.close()
        found[person] = [each for each in reached if each.name not in seen]
        seen |= {each.name for each in reached} - {"home"}
    if "evidence" not in seen:  # the first line of a statement need not have any
        found["estate"].append(
            Found("evidence", evidence_path(browser, installation, sign_ins, follow))
        )
    if "accountant:restate" not in seen:  # the newest month, which is walked, is open
        found["accountant"].append(
            Found("accountant:restate", restate_path(browser, installation, sign_ins))
        )
    return found


def restate_path(browser, installation, sign_ins) -> str:
    """Of the first month that is closed."""
    context = browser.new_context(
        base_url=installation.origin, storage_state=sign_ins("accountant")
    )
    page = context.new_page()
    page.goto("/close/")
    months = page.locator("main tbody th a")
    for path in [month.get_attribute("href") for month in months.all()]:
        page.goto(path)
        restate = page.get_by_role("main").get_by_role("link", name="Restate")
        if restate.count():
            break
    found = restate.get_attribute("href")
    context.close()
    return found


def evidence_path(browser, installation, sign_ins, follow) -> str:
    context = browser.new_context(base_url=installation.origin, storage_state=sign_ins("estate"))
    page = context.new_page()
    follow(page, "Its evidence")
    path = urlsplit(page.url).path
    context.close()
    return path


def test_every_page_of_the_portal_is_looked_at(pages):
    """A new page is linked from where people are, or stands in exempt.py with the reason."""
    reached = {found.name for each in pages.values() for found in each}
    assert set(names()) - reached - NOT_WALKED == set()


@by_everybody
def test_every_page_is_accessible_fits_and_is_light(person, pages, visit):
    page = visit(as_=person, reduced_motion="reduce")
    bytes_of = cache(lambda url: len(gzip.compress(page.request.get(url).body())))
    faults: list[object] = []
    for found in pages[person]:
        page.goto(found.path)
        faults += [(found.path, fault) for fault in budget.faults(page, bytes_of)]
        for look in LOOKS:
            faults += [(found.path, look, fault) for fault in seen_faults(page, look)]
        page.evaluate(NAMED_AT_LENGTH)  # on the narrowest look, which is the last
        faults += [(found.path, "long names", fault) for fault in too_wide(page)]
    assert faults == []


def seen_faults(page: Page, look: str) -> list[object]:
    """What axe finds, and whether the page scrolls sideways; the page is not loaded again."""
    options = LOOKS[look]
    page.set_viewport_size(options["viewport"])
    page.emulate_media(color_scheme=options["color_scheme"])
    return violations(page, OF_COLOUR if look == "dark" else None) + too_wide(page)


def too_wide(page: Page) -> list[object]:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{wide} px too wide"] if wide > 0 else []


def violations(page: Page, rules: list[str] | None = None) -> list[object]:
    # Not as a script of the page: its policy would rightly refuse that.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found: list[object] = page.evaluate(SERIOUS, rules)
    return found


def test_nothing_moves_when_scripts_and_fonts_come_late(pages, visit):
    """As on a slow line, where the page is drawn before it has them."""
    with_player = {"evidence": "estate", "catalogue:duplicate": "accountant"}
    for name, person in with_player.items():
        path = next(found.path for found in pages[person] if found.name == name)
        page = visit(as_=person, reduced_motion="reduce")
        page.route(re.compile(r"\.(js|woff2)$"), come_late)
        page.goto(path)
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        assert budget.moved(page) < budget.MOST_SHIFT, path


def come_late(route: Route) -> None:
    time.sleep(0.2)
    route.continue_()


@by_everybody
def test_everything_can_be_read_without_javascript(person, pages, visit):
    page = visit(as_=person, java_script_enabled=False)
    empty: list[str] = []
    for found in pages[person]:
        page.goto(found.path, wait_until="domcontentloaded")
        main = page.get_by_role("main")
        if page.get_by_role("heading", level=1).count() != 1 or len(main.inner_text()) <= 60:
            empty.append(found.path)
    assert empty == []


def test_the_menu_is_opened_and_followed_by_keyboard_alone(visit):
    page = visit("/", as_="estate", java_script_enabled=False)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    group = page.get_by_role("navigation", name="Main").locator("summary")
    while not group.evaluate("each => each === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/claims/$"))


def test_evidence_shows_its_notes_without_javascript(visit, follow):
    page = visit(as_="estate", java_script_enabled=False)
    follow(page, "Its evidence")
    expect(page.locator("noscript")).to_be_visible()
    assert page.locator("piano-roll svg rect, piano-roll svg path").count() > 10
    page.get_by_text("The notes as tables").click()
    expect(page.get_by_role("table").first).to_be_visible()


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
