"""Fills the forms of a finished page with what somebody had typed before.

Works on the page's text, so that no view and no form has to know of it: of the form that posts to
an address, inputs, text areas and choices get the values that were sent, and everything else of the
page stays as it is, letter by letter. Files, hidden fields and secrets are left alone.
"""

from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

LEFT_ALONE = {"hidden", "file", "password", "submit", "button", "image", "reset"}
TICKED = {"checkbox", "radio"}
Attributes = Mapping[str, str | None]


def refilled(page: str, *, path: str, action: str, fields: Mapping[str, Sequence[str]]) -> str:
    """The page with its form filled in.

    Args:
        path: the page's own address, to which a form without an action posts.
        action: the address to which the form that is meant posts.
        fields: what was sent, by name.
    """
    filler = _Filler(page, path, action, fields)
    filler.feed(page)
    filler.close()
    return filler.text


class _Filler(HTMLParser):
    def __init__(
        self, page: str, path: str, action: str, fields: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(convert_charrefs=False)
        self._starts = [0]
        for line in page.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._page, self._path, self._action = page, path, action
        self._left = {name: list(values) for name, values in fields.items()}
        self._is_inside, self._select = False, ""
        self._copied, self._parts = 0, [""]

    @property
    def text(self) -> str:
        return "".join(self._parts) + self._page[self._copied :]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Attributes = dict(attrs)
        if tag == "form":
            posts_to = urlsplit(urljoin(self._path, given.get("action") or self._path)).path
            self._is_inside = posts_to == self._action
        elif self._is_inside:
            self._fill(tag, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "select":
            self._select = ""

    def _fill(self, tag: str, given: Attributes) -> None:
        name = given.get("name") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select in self._left:
            chosen = (given.get("value") or "") in self._left[self._select]
            self._write_tag(tag, given, "selected", chosen)
        elif tag == "textarea" and self._left.get(name):
            self._write_text(self._left[name].pop(0))
        elif tag == "input":
            self._fill_input(name, given)

    def _fill_input(self, name: str, given: Attributes) -> None:
        kind = (given.get("type") or "text").lower()
        if not name or kind in LEFT_ALONE:
            return
        if kind in TICKED:  # what is not ticked is not sent
            sent = self._left.get(name, [])
            self._write_tag("input", given, "checked", (given.get("value") or "on") in sent)
        elif self._left.get(name):
            values = {**given, "value": self._left[name].pop(0)}
            self._replace_tag(_tag("input", values))

    def _write_tag(self, tag: str, given: Attributes, flag: str, is_set: bool) -> None:
        rest = {name: value for name, value in given.items() if name != flag}
        self._replace_tag(_tag(tag, {**rest, flag: None} if is_set else rest))

    def _replace_tag(self, written: str) -> None:
        start, raw = self._position(), self.get_starttag_text() or ""
        self._parts += [self._page[self._copied : start], written]
        self._copied = start + len(raw)

    def _write_text(self, text: str) -> None:
        after = self._position() + len(self.get_starttag_text() or "")
        end = self._page.find("</textarea", after)
        # A line break right after the tag is not part of the text (HTML, 13.2.6.4.7).
        self._parts += [self._page[self._copied : after], "\n", escape(text)]
        self._copied = end if end >= 0 else after

    def _position(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column


def _tag(tag: str, given: Attributes) -> str:
    attributes = "".join(
        f" {name}" if value is None else f' {name}="{escape(value)}"'
        for name, value in given.items()
    )
    return f"<{tag}{attributes}>"
