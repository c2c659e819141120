"""`python -m demo.screenshots`: every page of the demo in light, dark and on a phone, on one sheet.

Signs in as the demo's people, so `make demo` comes first. Writes docs/images/contact-sheet.png and
the README's single pictures. Needs the extra `dev` and a Chromium.
"""

import base64
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from config.environment import BASE_DIR, environment
from demo import passwords
from demo.browser import NoBrowserError, chromium, sign_in

IMAGES = BASE_DIR / "docs" / "images"
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 375, "height": 900}, "color_scheme": "light"},
}
SHEET_WIDTH = 2160


@dataclass(frozen=True)
class View:
    """A page: who looks at it, where they begin, and which links they follow.

    A link is a pattern of its address; what begins with ? is added to the address instead.
    """

    title: str
    person: str
    start: str
    links: Sequence[str] = ()
    readme: str = ""  # the name of the README's picture of it
    heading: str = ""  # what the picture begins with, if not the page's top


STATEMENT = r"^/statements/\d+/$"
LINE = ("?kind=attributed", r"/lines/\d+/$")
VIEWS = (
    View("Sign in", "", "/sign-in/"),
    View("Overview of a rights holder", "estate", "/"),
    View("Statements", "publisher", "/statements/"),
    View("A statement", "estate", "/", [STATEMENT], "statement-page"),
    View("A line, explained", "estate", "/", [STATEMENT, *LINE], "line-page"),
    View(
        "Its evidence",
        "estate",
        "/",
        [STATEMENT, *LINE, "/evidence/$"],
        "evidence-page",
        "Listen to both",
    ),
    View("Works", "publisher", "/works/"),
    View("A work", "estate", "/", [r"^/works/\d+/$"]),
    View("Balance and payments", "estate", "/balance/"),
    View("Claims", "estate", "/claims/"),
    View("Consent", "publisher", "/consent/"),
    View("Verifying a statement", "estate", "/statements/verify/"),
    View("Security", "estate", "/security/"),
    View("Team", "manager", "/team/"),
    View("Choosing for whom to act", "manager", "/act-for/"),
    View("Before the first statement", "newcomer", "/"),
    View("What somebody else has", "newcomer", "/statements/1/"),
    View("Overview of a platform", "engineer", "/"),
    View("Pieces that it sent", "engineer", "/generations/"),
    View(
        "A piece, and what shaped it", "engineer", "/generations/", [r"^/generations/[\da-f-]+/$"]
    ),
    View("Usage that it sent", "engineer", "/usage/"),
    View("Its account", "engineer", "/account/"),
    View("Quick start", "engineer", "/quick-start/"),
    View("A model", "engineer", "/engineer/", [r"^/engineer/models/\d+/$"]),
    View("Can a run be trusted?", "engineer", "/engineer/runs/", [r"^/engineer/runs/[\da-f-]+/$"]),
    View("Keys of a platform", "engineer", "/keys/"),
    View("Requests of its programs", "engineer", "/requests/"),
    View("Webhooks", "engineer", "/webhooks/"),
    View("Overview of the operator", "accountant", "/"),
    View("Months to close", "accountant", "/close/"),
    View("A month", "accountant", "/close/", [r"^/close/\d+/$"], "month-page"),
    View("What waits or is held", "accountant", "/exceptions/"),
    View("Payouts", "accountant", "/payouts/"),
    View("The ledger", "accountant", "/ledger/"),
    View("A trial balance", "accountant", "/ledger/trial-balance/"),
    View("A contract", "accountant", "/contracts/", [r"^/contracts/\d+/$"]),
    View(
        "Who gains and who loses",
        "accountant",
        "/contracts/",
        [r"^/contracts/\d+/$", "/comparison/$"],
    ),
    View("The catalogue", "accountant", "/catalogue/"),
    View("A track", "accountant", "/catalogue/", [r"^/catalogue/tracks/\d+/$"], "track-page"),
    View("Deliveries", "accountant", "/catalogue/deliveries/"),
    View("Deliver a file", "accountant", "/catalogue/deliveries/new/"),
    View("The design system", "accountant", "/design/"),
    View("Administration", "accountant", "/admin/"),
    View("The ledger, read-only", "accountant", "/admin/royalty/journal/"),
    View("Reference of the API", "", "/api/reference"),
)


def main() -> int:
    """Take all pictures; returns the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.embedded import ensure_servers
    from config.embedded.web import running_web

    home = Path(environment().home)
    known = passwords.read(home / "demo" / passwords.FILE)
    if not known:
        sys.exit("There is no demo to take pictures of; run `make demo` first.")
    ensure_servers()
    import django

    django.setup()
    # A folder of its own, so that a server that is running for people is left alone.
    with running_web(home / "screenshots") as origin, chromium() as browser:
        sheet = _take_all(browser, origin, known)
        _compose(browser, sheet, IMAGES / "contact-sheet.png")
    return 0


def _take_all(
    browser: Browser, origin: str, known: Mapping[str, str]
) -> dict[str, dict[str, bytes]]:
    """PNGs by title and look."""
    sheet: dict[str, dict[str, bytes]] = {view.title: {} for view in VIEWS}
    for look, options in LOOKS.items():
        for person in dict.fromkeys(view.person for view in VIEWS):
            with _window(browser, origin, person, known, options) as page:
                for view in (view for view in VIEWS if view.person == person):
                    follow(page, view)
                    _scroll(page, view.heading)
                    sheet[view.title][look] = page.screenshot()
                    if view.readme and look == "light":
                        (IMAGES / f"{view.readme}.png").write_bytes(sheet[view.title][look])
    return sheet


@contextmanager
def _window(
    browser: Browser,
    origin: str,
    person: str,
    known: Mapping[str, str],
    options: Mapping[str, Any],
) -> Iterator[Page]:
    context = browser.new_context(base_url=origin, reduced_motion="reduce", **options)
    page = context.new_page()
    if person:
        page.goto("/sign-in/")
        email = f"{person}@tantieme.example"
        sign_in(page, email, known[email])
    yield page
    context.close()


def follow(page: Page, view: View) -> None:
    """Begin at the start and follow the first link of each pattern."""
    page.goto(view.start)
    for pattern in view.links:
        if pattern.startswith("?"):
            page.goto(page.url + pattern)
            continue
        links = page.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href') || '')")
        page.goto(next(link for link in links if re.search(pattern, link)))
    page.wait_for_load_state("networkidle")


def _scroll(page: Page, heading: str) -> None:
    if heading:
        page.get_by_role("heading", name=heading).evaluate("found => found.scrollIntoView()")


def _compose(browser: Browser, sheet: Mapping[str, Mapping[str, bytes]], path: Path) -> None:
    """Lay all pictures out on one page, and take a picture of that."""
    figures = "".join(_figure(title, looks) for title, looks in sheet.items())
    page = browser.new_page(viewport={"width": SHEET_WIDTH, "height": 600})
    page.set_content(
        "<style>body{margin:24px;font:16px sans-serif;background:#888;display:grid;"
        "grid-template-columns:1fr 1fr;gap:24px}figure{margin:0;color:#fff}"
        "div{display:flex;gap:8px;margin-top:6px}img{height:312px}</style>" + figures
    )
    page.screenshot(path=path, full_page=True)
    page.close()


def _figure(title: str, looks: Mapping[str, bytes]) -> str:
    images = "".join(
        f'<img alt="{look}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
        for look, png in looks.items()
    )
    return f"<figure><figcaption>{escape(title)}</figcaption><div>{images}</div></figure>"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NoBrowserError as missing:
        sys.exit(str(missing))
