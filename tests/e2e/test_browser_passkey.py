"""A passkey, made and used in a real browser whose authenticator is a virtual one (CDP)."""

import re

import pytest
from playwright.sync_api import Page, expect

from demo.browser import sign_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
# As a telephone: it keeps passkeys itself and has just seen its owner's finger.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def virtual_authenticator(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def test_somebody_adds_a_passkey_and_signs_in_by_it_and_not_after_it_is_removed(
    browser, installation
):
    # Browsers make passkeys for names, and for no bare addresses.
    origin = installation.origin.replace("127.0.0.1", "localhost")
    page, complaints = browser.new_context().new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    virtual_authenticator(page)
    page.goto(f"{origin}/sign-in/")
    sign_in(page, "newcomer@tantieme.example", installation.people["newcomer"])
    page.goto(f"{origin}/security/passkeys/add/")
    page.get_by_label("Name").fill("My telephone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.get_by_role("link", name="I have written them down").click()
    expect(page.get_by_role("row", name=re.compile("My telephone"))).to_be_visible()

    page.locator("header summary").last.click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{origin}/")

    page.goto(f"{origin}/security/")
    page.get_by_role("link", name="Remove My telephone").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_role("row", name=re.compile("My telephone"))).to_have_count(0)
    page.locator("header summary").last.click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    assert complaints == [], "the page's policy lets its scripts do what they must"
    page.context.close()
