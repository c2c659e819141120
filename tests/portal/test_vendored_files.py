"""Files of others are those that the list names, and pages carry nothing inline."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def listed() -> dict[str, str]:
    rows = re.findall(r"\| `([^`]+)` \|.*`([0-9a-f]{64})` \|", (VENDOR / "README.md").read_text())
    return dict(rows)


def test_every_vendored_file_is_listed_with_its_hash():
    there = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.suffix not in {".md", ".txt"}
    }
    assert there == listed()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_no_inline_style_or_script(template):
    source = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", source)
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", source)
