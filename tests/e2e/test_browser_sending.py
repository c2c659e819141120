"""A form that is pressed twice is sent once, and what was done is said until it is put away."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_double_click_sends_once(visit):
    page = visit("/design/", as_="estate")
    sent = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.get_by_role("button", name="Approve").dblclick()
    expect(page.get_by_text("It was a sample: nothing was paid.")).to_have_count(1)
    assert len(sent) == 1


def test_a_double_click_makes_one_key(visit):
    page = visit("/keys/", as_="engineer")
    page.get_by_label("What it is for").fill("Pressed twice")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Make the key").dblclick()
    expect(page).to_have_url(re.compile("/keys/"))
    page.goto("/keys/")
    expect(page.get_by_role("link", name="Pressed twice")).to_have_count(1)


def test_what_the_browser_itself_refuses_can_be_sent_after_mending(visit):
    page = visit("/keys/", as_="engineer")
    button = page.get_by_role("button", name="Make the key")
    button.click()  # the name is missing, which the browser says
    expect(button).to_be_enabled()


def test_who_goes_back_may_send_again(visit):
    page = visit("/design/", as_="estate")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("It was a sample: nothing was paid.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()


def test_a_message_stays_until_it_is_put_away(visit):
    page = visit("/design/", as_="estate")
    page.get_by_role("button", name="Approve").click()
    said = page.get_by_role("status").get_by_text("It was a sample: nothing was paid.")
    expect(said).to_be_visible()
    page.wait_for_timeout(3_000)
    expect(said).to_be_visible()
    page.get_by_role("button", name="Put this message away").click()
    expect(said).to_have_count(0)
    expect(page.get_by_role("main")).to_be_focused()
