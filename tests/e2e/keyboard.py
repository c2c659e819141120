"""Somebody who has a keyboard and no mouse: Tab, Enter, Space, arrows and letters, nothing else.

Wherever the focus comes on its way, it must be in view, be shown, and not be trapped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Page, expect

MOST_TABS = 90
FIELDS = ("INPUT", "SELECT", "TEXTAREA")
PRESSED = ("A", "BUTTON", "SUMMARY")
FOCUS = """() => {
  const here = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(here);
  const { top, bottom, width, height } = here.getBoundingClientRect();
  const said = here.getAttribute("aria-label") ?? here.labels?.[0]?.innerText ?? here.innerText;
  return {
    name: (said ?? "").replace(/\\s+/g, " ").trim(),
    tag: here.tagName,
    outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    inView: bottom > 0 && top < innerHeight && width > 0 && height > 0,
  };
}"""


@dataclass
class Keyboard:
    """The keys of one page."""

    page: Page

    def walk_to(self, name: str, tags: Sequence[str] = (), most: int = MOST_TABS) -> list[str]:
        """Press Tab until the focus is on what `name` matches, an element of these tags if any are
        given; returns all stops on the way."""
        passed: list[str] = []
        for _ in range(most):
            self.page.keyboard.press("Tab")
            focus = self.page.evaluate(FOCUS)
            passed.append(focus["name"])
            assert focus["tag"] != "BODY", f"{name!r} is not reached by Tab; passed {passed}"
            assert focus["inView"], f"{focus} has the focus where nobody sees it"
            assert focus["outlined"], f"{focus} has the focus and does not show it"
            if re.search(name, focus["name"]) and (not tags or focus["tag"] in tags):
                return passed
        raise AssertionError(f"{name!r} is not reached by {most} Tabs; passed {passed}")

    def follow(self, name: str, key: str = "Enter") -> None:
        """Walk to a link or a button, press it, and wait for the next page."""
        self.walk_to(name, PRESSED)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def type(self, label: str, text: str) -> None:
        """Walk to a field and type, over what stands in it."""
        self.walk_to(label, FIELDS)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def heading(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def focus_is_on_the_errors(self) -> None:
        """After a refusal one begins where it is said what is wrong."""
        alert = self.page.get_by_role("alert").first
        expect(alert).to_be_focused()
        expect(alert).to_be_in_viewport()
