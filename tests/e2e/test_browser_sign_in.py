"""Coming and going: who signs in, who does not, and what is left afterwards."""

import re

import pytest
from playwright.sync_api import expect

from demo.browser import sign_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_somebody_signs_in_sees_their_overview_and_signs_out(visit, installation):
    page = visit("/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    sign_in(page, "estate@tantieme.example", installation.people["estate"])
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_url(f"{installation.origin}/")

    page.locator("summary").filter(has_text="Estate of").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.go_back()
    page.reload()
    expect(page).to_have_url(re.compile("/sign-in/"))


def test_a_wrong_password_lets_nobody_in_and_says_so(visit):
    page = visit("/sign-in/")
    sign_in(page, "newcomer@tantieme.example", "alto-brass-chant-0000")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("E-mail address")).to_have_value("newcomer@tantieme.example")
    expect(page.get_by_label("Password")).to_have_value("")
    page.goto("/")
    expect(page).to_have_url(re.compile("/sign-in/"))


def test_a_session_that_ends_in_mid_way_leads_back_to_the_page(visit, installation):
    page = visit("/works/", as_="estate")
    heading = page.get_by_role("heading", level=1).inner_text()
    page.context.clear_cookies()
    page.reload()
    expect(page).to_have_url(re.compile("/sign-in/"))
    sign_in(page, "estate@tantieme.example", installation.people["estate"])
    expect(page).to_have_url(f"{installation.origin}/works/")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_one_who_acts_for_two_organisations_chooses_between_them(visit):
    page = visit("/", as_="manager")
    switch = page.locator("summary").filter(has_text="Estate of")
    first = switch.locator("span").first.inner_text()
    switch.click()
    page.get_by_role("link", name="Act for somebody else").click()
    names = page.get_by_role("button", name=re.compile("^Estate of"))
    expect(names).to_have_count(2)
    names.filter(has_not_text=first).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(switch).not_to_contain_text(first)
    page.goto("/statements/")
    expect(switch).not_to_contain_text(first)  # the choice lasts
