"""Browser tests see one installation, as people see it: through a real browser and its network.

`visit` opens a browser window of its own, signed in as one of the demo's people. When the test
ends, no window may have complained (errors and CSP violations in the console), and none may have
asked another server for anything.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect

from demo import screenshots
from demo.browser import NoBrowserError, chromium, sign_in
from tests.e2e.installation import Installation, shared_installation

PATIENCE_MS = 20_000  # on a busy machine
NOT_LOADED = "Failed to load resource"  # watched by its status instead
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Window:
    """A page with what went wrong in it."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(NOT_LOADED):
            self.complaints.append(f"{message.text} ({self.page.url})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.complaints.append(f"{self.page.url} asked for {request.url}")

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400 and not answer.request.is_navigation_request():
            self.complaints.append(f"{self.page.url} was refused {answer.url}: {answer.status}")


Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def follow() -> Callable[[Page, str], None]:
    """Go to one of the demo's pages by its title, through the links that lead to it."""
    views = {view.title: view for view in screenshots.VIEWS}
    return lambda page, title: screenshots.follow(page, views[title])


@pytest.fixture(scope="session")
def installation(testrun_uid: str) -> Iterator[Installation]:
    with shared_installation(testrun_uid) as made:
        yield made


# Not for the whole session: while Playwright runs, Django refuses other tests in this process.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as running:
            yield running
    except NoBrowserError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def sign_ins(browser: Browser, installation: Installation) -> Callable[[str], Any]:
    """The cookies of somebody who signed in by the form, once for all tests of a file."""
    kept: dict[str, Any] = {}

    def cookies_of(person: str) -> Any:
        if person not in kept:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{installation.origin}/sign-in/")
            sign_in(page, f"{person}@tantieme.example", installation.people[person])
            kept[person] = context.storage_state()
            context.close()
        return kept[person]

    return cookies_of


@pytest.fixture
def visit(
    browser: Browser, installation: Installation, sign_ins: Callable[[str], Any]
) -> Iterator[Visit]:
    """Open a window: `visit("/works/", as_="estate")`; the rest are options of its context."""
    windows: list[Window] = []

    def open_window(path: str = "", as_: str = "", **options: Any) -> Page:
        context = browser.new_context(
            base_url=installation.origin,
            storage_state=sign_ins(as_) if as_ else None,
            **options,
        )
        window = Window(context.new_page(), installation.origin)
        windows.append(window)
        if path:
            window.page.goto(path)
        return window.page

    yield open_window
    complaints = [complaint for window in windows for complaint in window.complaints]
    for window in windows:
        window.page.context.close()
    assert complaints == []
