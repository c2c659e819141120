"""Each kind of user's main work by the keyboard alone; tests/e2e/keyboard.py watches the focus."""

import re
import time
from email import message_from_bytes
from email.policy import default

import pytest
from playwright.sync_api import expect

from tests.e2e.installation import Installation
from tests.e2e.keyboard import Keyboard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
IBAN = "GB33BUKB20201555555555"
INVITED = "invited@tantieme.example"


@pytest.fixture
def keyboard_of(visit):
    def sits_down(path: str, person: str) -> Keyboard:
        return Keyboard(visit(path, as_=person))

    return sits_down


def test_a_songwriter_objects_to_a_line(keyboard_of, follow):
    keyboard = keyboard_of("/", "estate")
    follow(keyboard.page, "A line, explained")
    keyboard.follow("^Object to")
    keyboard.heading("Object to a line")
    keyboard.type("^Why$", " ")
    keyboard.page.evaluate("document.forms[document.forms.length - 1].noValidate = true")
    keyboard.follow("^Send the objection$")
    keyboard.focus_is_on_the_errors()
    keyboard.type("^Why$", "The share is smaller than that of the month before.")
    keyboard.follow("^Send the objection$")
    expect(keyboard.page.get_by_role("main")).to_contain_text("The share is smaller")


def test_a_rights_holder_changes_bank_details(keyboard_of, installation):
    keyboard = keyboard_of("/payment-details/", "estate")
    keyboard.follow("^Change the bank details$")
    sign_in_afresh(keyboard, installation.people["estate"])
    keyboard.heading(re.compile("^Bank details of"))
    fill_bank_details(keyboard, "GB33BUKB20201555555556")
    keyboard.focus_is_on_the_errors()
    fill_bank_details(keyboard, IBAN)
    expect(keyboard.page.get_by_role("main")).to_contain_text("New bank details wait")
    keyboard.follow("^Take them back$")
    expect(keyboard.page.get_by_role("main")).not_to_contain_text("New bank details wait")


def sign_in_afresh(keyboard: Keyboard, password: str) -> None:
    """Who signed in a while ago says again who they are."""
    if keyboard.page.get_by_label("Password").count():
        keyboard.type("^Password", password)
        with keyboard.page.expect_navigation():
            keyboard.page.keyboard.press("Enter")


def fill_bank_details(keyboard: Keyboard, iban: str) -> None:
    for label, text in (
        ("^Name of", "Estate"),
        ("^IBAN", iban),
        ("^Town", "Paris"),
        ("^Country", "FR"),
    ):
        keyboard.type(label, text)
    keyboard.follow("^Have the money go there$")


def test_a_platform_makes_a_key_and_sees_it_once(keyboard_of):
    keyboard = keyboard_of("/keys/", "engineer")
    keyboard.type("^What it is for", "keyboard")
    keyboard.follow("^Make the key$")
    keyboard.focus_is_on_the_errors()  # it may do nothing yet
    keyboard.walk_to("^read what is there")
    keyboard.page.keyboard.press("Space")
    keyboard.follow("^Make the key$")
    keyboard.heading("Keep this key now")
    secret = keyboard.page.locator("code").inner_text()
    assert secret.startswith("tantieme_live_")
    keyboard.follow("^I have kept it$")
    expect(keyboard.page.get_by_role("main")).to_contain_text("keyboard")
    assert secret not in keyboard.page.content()
    keyboard.follow("^Log of requests$")
    keyboard.type("^Status", "none")
    keyboard.follow("^Search$")
    keyboard.focus_is_on_the_errors()


def test_a_platform_sets_up_a_webhook_and_tests_it(keyboard_of):
    keyboard = keyboard_of("/webhooks/", "engineer")
    keyboard.type("^Address", "https://hooks.example/tantieme")
    keyboard.follow("^Set it up$")
    keyboard.heading("https://hooks.example/tantieme")
    keyboard.follow("^Send a test$")
    keyboard.heading("https://hooks.example/tantieme")
    keyboard.walk_to("^Also what it took")  # past the calendar, which does not hold the focus
    keyboard.page.keyboard.press("Space")
    keyboard.walk_to("^Replay$")


def test_a_platform_sends_a_delivery_again(keyboard_of):
    keyboard = keyboard_of("/webhooks/", "engineer")
    keyboard.type("^Address", "https://hooks.example/again")
    keyboard.follow("^Set it up$")
    keyboard.follow("^Send a test$")
    keyboard.follow(r"^\S+ of \d")  # the event and when it happened
    keyboard.heading("ping")
    keyboard.follow("^Send again$")
    expect(keyboard.page.get_by_role("main")).to_contain_text("It is on its way again.")
    keyboard.follow("^https://hooks.example/again$")
    keyboard.heading("https://hooks.example/again")


def test_an_engineer_compares_runs(keyboard_of, installation):
    installation.add("run")
    keyboard = keyboard_of("/engineer/runs/", "engineer")
    keyboard.follow("^Compare$")
    keyboard.heading("Compare runs")
    keyboard.walk_to("^The other$")
    keyboard.page.keyboard.press("ArrowDown")  # another than the newest
    keyboard.follow("^Compare$")
    expect(keyboard.page.get_by_role("heading", name="Do they agree?")).to_be_visible()
    first, second = (keyboard.page.get_by_label(name) for name in ("One run", "The other"))
    assert first.input_value() != second.input_value()
    keyboard.follow(r"^\d+ \w+ \d{4}, ")  # from the figures to the run that has them
    keyboard.heading(re.compile("^Run of"))


def test_an_engineer_opens_a_table_of_a_run(keyboard_of):
    keyboard = keyboard_of("/engineer/runs/", "engineer")
    keyboard.follow(r"^\d+ \w+ \d{4}, ")
    keyboard.heading(re.compile("^Run of"))
    tables = keyboard.page.locator("details[open] table")
    n_open = tables.count()
    keyboard.walk_to("^As a table$")
    keyboard.page.keyboard.press("Enter")
    expect(tables).not_to_have_count(n_open)


def test_the_player_by_its_keys_alone(visit, follow):
    page = visit(as_="estate")
    follow(page, "Its evidence")
    keyboard = Keyboard(page)
    keyboard.walk_to("^Play$")
    for key, spoken in PLAYED:
        page.keyboard.press(key)
        expect(page.locator("[data-say]")).to_have_text(re.compile(spoken))
    keyboard.walk_to("^Position in the training segment$")
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-side="b"]')).to_have_attribute("data-heard", "")
    keyboard.walk_to("^Where influence is high$")  # nothing on the way holds the focus
    page.keyboard.press("Enter")
    keyboard.follow("^Pair 2$")
    expect(page).to_have_url(re.compile("pair=2"))


# What is pressed, and what a screen reader is told.
PLAYED = (
    ("Enter", "^Playing the generated segment$"),
    ("b", "^Now the training segment$"),
    ("a", "^Now the generated segment$"),
    ("l", "^Looping$"),
    ("ArrowRight", "^Looping$"),
    ("i", "^Looping from"),
    ("w", "^The whole again$"),
    ("+", "^Speed: a quarter faster$"),
    ("-", "^Speed: as written$"),
    ("Enter", "^Paused$"),
)


def test_an_accountant_pays(keyboard_of):
    keyboard = keyboard_of("/close/", "accountant")
    keyboard.follow("^October 2026$")
    keyboard.heading("October 2026")
    keyboard.follow("^Difference from the last period$")
    keyboard.follow("^Payouts$")
    keyboard.follow("^TANTIEME-1$")
    keyboard.walk_to("^File for the bank$")
    with keyboard.page.expect_download() as download:
        keyboard.page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".xml")
    keyboard.follow("^Sent to bank")
    keyboard.follow("^Back$")
    keyboard.heading(re.compile("TANTIEME-1"))


def test_somebody_who_is_invited_comes_to_the_statements(keyboard_of, visit, installation):
    keyboard = keyboard_of("/team/", "estate")
    keyboard.type("^E-mail address$", INVITED)
    keyboard.follow("^Send the invitation$")
    sign_in_afresh(keyboard, installation.people["estate"])
    expect(keyboard.page.get_by_role("main")).to_contain_text(INVITED)

    newcomer = Keyboard(visit(link_in_the_mail(installation)))
    newcomer.heading("You are invited")
    newcomer.type("name", "Ida")
    newcomer.type("^A password", "fiddle")
    newcomer.follow("^Accept$")
    newcomer.focus_is_on_the_errors()
    newcomer.type("name", "Ida")
    newcomer.type("^A password", "nine fiddles in a mossy attic")
    newcomer.follow("^Accept$")
    newcomer.follow("^Statements$")
    newcomer.follow("^October 2026")
    newcomer.heading("October 2026")


def link_in_the_mail(installation: Installation) -> str:
    """The path that the newest e-mail to the invited leads to, once it has left."""
    for _ in range(200):
        for mail in sorted((installation.home / "mail").iterdir(), reverse=True):
            message = message_from_bytes(mail.read_bytes(), policy=default)
            found = re.search(r"/invitation[^\s>\"]*", message.as_string())
            if message["To"] == INVITED and found:
                return found[0]
        time.sleep(0.1)
    raise AssertionError(f"No e-mail has reached {INVITED}.")
