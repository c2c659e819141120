"""Whatever things are called, every page shows it as bounded text, and every file can be read."""

import csv
import io
import re
import zipfile
from collections import Counter, deque
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from common.api.rates import Rate
from portal import unclaimed
from tests.hostile.names import BIDI, LONG, PILES, SCRIPT, rename_everything
from tests.tenancy.walk import Visitor, person

pytestmark = pytest.mark.usefixtures("undone", "files")
HOSTILE = {"script": SCRIPT, "bidi": BIDI, "piles": PILES, "long": LONG}
VISITORS = ("ada", "bea", "cai", "acme", "bolt", "ann")
NOT_KEPT = {"claim-file", "dispute-file", "export-file"}  # the town has the rows, not the files
EACH_AT_MOST = 2  # pages of one name that a visitor looks at
NOT_WALKED = re.compile(r"^/(admin|static|api|sign-out)/")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]")
MOST_IN_A_ROW = 2_000  # characters; what a claim says is as long at most
MOST_MARKS = 20  # on one letter
MOST_CHARACTERS = 600_000


@pytest.fixture(params=sorted(HOSTILE))
def name(request, town, undone) -> str:
    rename_everything(town, HOSTILE[request.param])
    return request.param


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch) -> None:
    """All visitors come from one address, which asks the open list oftener than one would."""
    for limit in ("LOOKS", "DOWNLOADS"):
        monkeypatch.setattr(unclaimed, limit, Rate(10_000, 60))


@pytest.mark.parametrize("visitor", VISITORS)
def test_every_page_and_file_bears_any_name(name, visitor):
    faults = []
    for path, answer in walk(person_called(visitor)):
        faults += [(path, fault) for fault in faults_of(answer)]
    assert faults == []


def person_called(visitor: str) -> Visitor:
    found = person(visitor)
    found.client.raise_request_exception = False
    return found


def walk(visitor: Visitor):
    """Everything that links lead to, a few of each name, with its answer."""
    seen, looked_at = {"/"}, Counter()
    ahead = deque(["/"])
    while ahead:
        path = ahead.popleft()
        answer = visitor.ask("GET", path)
        yield path, answer
        if not is_page(answer):
            continue
        for link in links_of(answer.content.decode()):
            target = urldefrag(urljoin(path, link)).url
            called = name_of(target)
            if target in seen or not called or looked_at[called] >= EACH_AT_MOST:
                continue
            seen.add(target)
            looked_at[called] += 1
            ahead.append(target)


def name_of(target: str) -> str:
    parts = urlsplit(target)
    if parts.netloc or NOT_WALKED.match(parts.path):
        return ""
    try:
        called = resolve(parts.path).view_name
    except Resolver404:
        return ""
    return "" if called in NOT_KEPT else called


def is_page(answer) -> bool:
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def links_of(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'(?:href|src)="([^"]+)"', page)]


def faults_of(answer) -> list[str]:
    if answer.status_code not in {200, 302}:
        return [f"answers {answer.status_code}"]
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer["Content-Type"].partition(";")[0] if content else ""
    if kind == "text/html":
        return faults_of_page(content.decode())
    if kind in {"text/csv", "text/tab-separated-values"}:
        return faults_of_table(content.decode("utf-8-sig"), "\t" if "tab" in kind else ",")
    if kind.endswith("sheet"):
        broken = zipfile.ZipFile(io.BytesIO(content)).testzip()
        return [f"{broken} is broken"] if broken else []
    if kind == "application/pdf":
        return [] if content.startswith(b"%PDF-") else ["is no PDF"]
    return []


def faults_of_table(text: str, between: str) -> list[str]:
    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=between) for cell in row]
    return [f"a formula: {cell[:40]}" for cell in cells if cell.startswith("=")]


class Read(HTMLParser):
    """What a page shows, and the elements that a name might have made."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        given = dict(attrs)
        self.faults += [f"<{tag} {name}=…>" for name in given if name.startswith("on")]
        if tag == "script" and not given.get("src") and given.get("type") != "application/json":
            self.faults.append("a script in the page")
        self.texts += [given.get(each) or "" for each in ("aria-label", "title", "alt")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def faults_of_page(page: str) -> list[str]:
    reader = Read()
    reader.feed(page)
    faults = list(reader.faults)
    for text in reader.texts:
        if TURNING.search(text):
            faults.append(f"text turned round: {text.strip()[:60]!r}")
        if re.search(f"W{{{MOST_IN_A_ROW + 1}}}", text):
            faults.append(f"a name of {len(text)} characters")
        if re.search(f"[\u0300-\u036f]{{{MOST_MARKS + 1}}}", text):
            faults.append("a pile of marks")
    if len(page) > MOST_CHARACTERS:
        faults.append(f"{len(page)} characters")
    return faults
