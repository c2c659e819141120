"""A Chromium for pictures and browser tests: found, started without a window, signed in.

Needs the extra `dev` (Playwright), and a Chromium from the system or from Playwright.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",  # as root, as in a container, there is none
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--autoplay-policy=user-gesture-required",  # as people's browsers have it
)
HOW_TO_GET_ONE = (
    "No Chromium was found. Install one with your package manager (Debian: apt-get install "
    "chromium) or with .venv/bin/playwright install chromium."
)


class NoBrowserError(Exception):
    """There is no Chromium on this machine; the message says how to get one."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser.

    Raises:
        NoBrowserError: there is none to run.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_executable(playwright), args=list(ARGUMENTS)
        )
        try:
            yield browser
        finally:
            browser.close()


def sign_in(page: Page, email: str, password: str) -> None:
    """Fill in the form that the page shows, as a person does, and wait for what comes next."""
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def _executable(playwright: Playwright) -> Path:
    found = next(filter(None, map(shutil.which, NAMES)), playwright.chromium.executable_path)
    if not Path(found).exists():
        raise NoBrowserError(HOW_TO_GET_ONE)
    return Path(found)
