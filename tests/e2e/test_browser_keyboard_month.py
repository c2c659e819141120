"""A month from its numbers to the bank's file, by two people who have no mouse."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.e2e.additions import STARTS_ON
from tests.e2e.installation import Installation
from tests.e2e.keyboard import Keyboard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
COMPUTED_WITHIN_MS = 120_000
PRINTED_WITHIN_SECONDS = 180


@pytest.fixture
def month(installation: Installation) -> str:
    """The address of a month that waits to be computed."""
    return f"/close/{installation.add('month')}/"


def test_two_people_close_a_month_and_pay_it(visit, month):
    accountant, reviewer = (Keyboard(visit(month, as_=who)) for who in ("accountant", "reviewer"))
    accountant.heading(f"{STARTS_ON:%B %Y}")
    take_step(accountant, "Compute")
    now = accountant.page.locator("[aria-current=step]")
    expect(now).to_have_text(re.compile("Computed"), timeout=COMPUTED_WITHIN_MS)
    take_step(accountant, "Review")
    says(accountant, "a second person reviews it")

    reviewer.page.reload()
    reviewer.follow("^Difference from the last period$")
    reviewer.page.go_back()
    take_step(reviewer, "Review")
    says(reviewer, ": reviewed")

    accountant.page.reload()
    take_step(accountant, "Close")
    says(accountant, ": closed")
    publish(accountant)

    accountant.follow("^Payouts$")
    accountant.follow("^Draft a batch$")
    batch = accountant.page.get_by_role("heading", level=1).inner_text()
    take_step(accountant, "Approve")
    says(accountant, "second person")

    reviewer.follow("^Payouts$")
    reviewer.follow(f"^{batch}$")
    take_step(reviewer, "Approve")
    assert name_of_the_file(reviewer) == f"{batch}.xml"


def take_step(keyboard: Keyboard, name: str) -> None:
    """Press the step on the page of a month or a batch, then again where it says what follows."""
    keyboard.follow(f"^{name}…$")
    expect(keyboard.page.get_by_role("heading", name="What follows")).to_be_visible()
    keyboard.follow(f"^{name}$")


def publish(keyboard: Keyboard) -> None:
    """Again, while it is refused because workers still print the statements."""
    deadline = time.monotonic() + PRINTED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        take_step(keyboard, "Publish")
        if "are published" in keyboard.page.get_by_role("main").inner_text():
            return
        says(keyboard, "have no documents yet")
        time.sleep(2)
    raise AssertionError("The statements were not printed in time.")


def says(keyboard: Keyboard, words: str) -> None:
    expect(keyboard.page.get_by_role("main")).to_contain_text(words)


def name_of_the_file(keyboard: Keyboard) -> str:
    """Only an approved batch has one."""
    keyboard.walk_to("^File for the bank$")
    with keyboard.page.expect_download() as download:
        keyboard.page.keyboard.press("Enter")
    return download.value.suggested_filename
