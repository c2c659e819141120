"""From signing in to hearing why one is paid: once by mouse, once by the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from demo.browser import sign_in
from tests.e2e.keyboard import Keyboard
from tests.e2e.listening import listen_to, loudest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SILENCE = 0.001
WHILE_MS = 1500


def playing(page: Page) -> None:
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    heard = loudest(page, WHILE_MS)
    assert SILENCE < heard <= 1.0


def test_by_mouse(visit, installation):
    page = visit("/sign-in/")
    listen_to(page)
    sign_in(page, "estate@tantieme.example", installation.people["estate"])
    main = page.get_by_role("main")
    main.get_by_role("link", name="October 2026").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("October 2026")
    page.get_by_label("Why").select_option("attributed")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("kind=attributed"))
    page.get_by_role("link", name=re.compile("explain this line")).first.click()
    expect(
        page.get_by_role("heading", name="From the platform's revenue to your account")
    ).to_be_visible()
    title = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="See and hear the evidence").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)

    player = page.get_by_role("region", name="Player")
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    assert loudest(page, 300) == 0, "nothing plays by itself"
    player.get_by_role("button", name="Play").click()
    player.get_by_role("button", name="Loop").click()  # a short segment would end by itself
    playing(page)
    player.get_by_role("button", name="B training").click()
    expect(player.get_by_role("button", name="B training")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(player.get_by_role("status")).to_have_text("Now the training segment")
    assert loudest(page, WHILE_MS) > SILENCE
    player.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(300)
    assert loudest(page, 300) < SILENCE


def test_by_keyboard_alone(visit, installation):
    page = visit("/sign-in/")
    listen_to(page)
    walk_to = Keyboard(page).walk_to
    type_in_sign_in(page, installation.people["estate"])
    expect(page).to_have_url(f"{installation.origin}/")

    passed = walk_to(r"^Skip to the content$")
    assert len(passed) == 1, "the first stop skips what is the same on every page"
    page.keyboard.press("Enter")
    walk_to("^(October 2026|Cadenza Studio)")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("October 2026")
    order = walk_to("explain this line$")
    assert order.index("PDF of this statement") < order.index("CSV of this statement"), order
    while not page.evaluate("document.activeElement.closest('tr').querySelector('.share')"):
        walk_to("explain this line$")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/lines/\d+/$"))
    walk_to("^See and hear the evidence$")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/evidence/$"))

    walk_to("^Play$")
    page.keyboard.press("Enter")
    playing(page)
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="B training")).to_have_attribute("aria-pressed", "true")
    assert loudest(page, WHILE_MS) > SILENCE
    page.keyboard.press("a")
    walk_to("^A generated$")
    walk_to("^B training$")
    walk_to("^Loop$")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Loop")).to_have_attribute("aria-pressed", "true")


def type_in_sign_in(page: Page, password: str) -> None:
    if not page.evaluate("document.activeElement.matches('#id_username')"):
        page.get_by_label("E-mail address").focus()
    page.keyboard.type("estate@tantieme.example")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_arrow_keys_seek_and_brackets_change_the_speed(visit, follow):
    page = visit(as_="estate")
    follow(page, "Its evidence")
    page.get_by_role("button", name="Play").focus()
    time = page.locator("[data-clock]")
    expect(time).to_have_text(re.compile("^0.0 of"))
    page.keyboard.press("ArrowRight")
    expect(time).to_have_text(re.compile("^1.0 of"))
    page.keyboard.press("ArrowLeft")
    expect(time).to_have_text(re.compile("^0.0 of"))
    page.keyboard.press("[")
    expect(page.get_by_label("Speed")).to_have_value("0.75")
    page.keyboard.press("]")
    expect(page.get_by_label("Speed")).to_have_value("1")


def test_shortcuts_can_be_turned_off_and_stay_off(visit, follow):
    page = visit(as_="estate")
    follow(page, "Its evidence")
    page.locator("summary").filter(has_text="Keyboard").click()
    page.get_by_label("Shortcuts are on").uncheck()
    for _ in range(2):
        page.get_by_role("button", name="Play").focus()
        page.keyboard.press("b")
        expect(page.get_by_role("button", name="B training")).to_have_attribute(
            "aria-pressed", "false"
        )
        page.reload()
