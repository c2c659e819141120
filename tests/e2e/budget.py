"""What a page may cost whoever opens it, the first time and on a slow line.

Compressed bytes are those of the contents, whatever the browser had cached.
"""

import gzip
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

HTML = "HTML"
MOST_BYTES: Mapping[str, int] = {HTML: 20_000, ".js": 60_000, ".css": 16_000}
MOST_FILES = 30
MOST_BLOCKING = 10  # style sheets that come before the first word is drawn
MOST_SHIFT = 0.05  # of the screen times the way it moves; 0.1 is called good
MOST_ELEMENTS = 3_000
MEASURED = """() => new Promise((answer) => {
  const files = performance.getEntriesByType("resource");
  const blocking = files.filter((each) => each.renderBlockingStatus === "blocking");
  let shift = 0;
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) shift += each.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => answer({
    files: files.map((each) => each.name),
    blocking: blocking.map((each) => each.name),
    elements: document.querySelectorAll("*").length,
    shift,
  }), 100);
})"""


def faults(page: Page, bytes_of: Callable[[str], int]) -> list[str]:
    """What the loaded page takes too much of; `bytes_of` an address is its compressed size."""
    measured: dict[str, Any] = page.evaluate(MEASURED)
    files, blocking = set(measured["files"]), measured["blocking"]
    return [
        *_heavy(page, files, bytes_of),
        *_above("files", len(files), MOST_FILES),
        *_above("files before the first word", len(blocking), MOST_BLOCKING),
        *_above("elements", measured["elements"], MOST_ELEMENTS),
        *_above("moved while it loaded", measured["shift"], MOST_SHIFT),
        *[f"{each} comes before the first word" for each in blocking if not _is_style(each)],
    ]


def moved(page: Page) -> float:
    """How far what was drawn has moved since, of the screen times the way."""
    return float(page.evaluate(MEASURED)["shift"])


def _heavy(page: Page, files: set[str], bytes_of: Callable[[str], int]) -> Iterator[str]:
    total = Counter({HTML: len(gzip.compress(page.content().encode()))})
    for url in files:
        if _suffix(url) in MOST_BYTES:
            total[_suffix(url)] += bytes_of(url)
    for kind, size in total.items():
        yield from _above(f"bytes of {kind}", size, MOST_BYTES[kind])


def _above(words: str, found: float, most: float) -> Iterator[str]:
    if found > most:
        yield f"{words}: {found}, of which {most} are allowed"


def _is_style(url: str) -> bool:
    return _suffix(url) == ".css"


def _suffix(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).suffix
