"""Finding every page as a person finds it: from the overview, by links, one of each kind."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, resolve
from playwright.sync_api import BrowserContext

from portal import urls

LINK = re.compile(r'<a\s[^>]*?href="([^"#]+)')
ELSEWHERE = ("/admin/", "/api/", "/static/")


@dataclass(frozen=True)
class Found:
    """A page that was reached, the name of its address, and its address."""

    name: str
    path: str


def names(
    patterns: Iterable[URLPattern | URLResolver] = urls.urlpatterns, before: str = ""
) -> Iterator[str]:
    """The names of all the portal's addresses, with their namespaces."""
    for each in patterns:
        if isinstance(each, URLResolver):
            inner = f"{before}{each.namespace}:" if each.namespace else before
            yield from names(each.url_patterns, inner)
        elif each.name:
            yield before + each.name


def walk(window: BrowserContext, origin: str) -> list[Found]:
    """One page of each name that links lead to, in the order in which they were found."""
    tried, found, ahead = {""}, [], ["/"]
    while ahead:
        path = ahead.pop(0)
        name = _name(path)
        if name in tried:
            continue
        tried.add(name)
        answer = window.request.get(origin + path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        assert answer.status == 200, f"{path} leads to {answer.status}"
        ahead += [_path(answer.url, link) for link in LINK.findall(answer.text())]
        if _name(urlsplit(answer.url).path) == name:
            found.append(Found(name, path))
    return found


def _path(at: str, link: str) -> str:
    parts = urlsplit(urljoin(at, unescape(link)))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _name(path: str) -> str:
    """What an address is called; nothing for what is none of the portal's."""
    if path.startswith(ELSEWHERE):
        return ""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return ""
