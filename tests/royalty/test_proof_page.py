"""The page that specifies proofs says what the program does, byte by byte."""

import re
from pathlib import Path

import pytest

from common.merkle import Tree
from royalty.proof import (
    SECRET_BYTES,
    VERIFIER,
    PeriodTree,
    ProvenLines,
    Root,
    StatementHead,
    chained,
)
from royalty.proof.encoding import record
from royalty.proof.lines import DisclosedLine
from royalty.proof.verify_statement import LINE, ROOT, STATEMENT, commitment, line_record

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "proof.md"
SAID = {"payee": "party-c", "currency": "EUR"}
THE_LINE = {
    "kind": "attributed", "generation": "G1", "uses": 2, "piece_revenue_atoms": 140_000_000,
    "track": "T3", "share_parts": 166_666_667, "share_whole": 10**9, "right": "composition",
    "ownership_ppm": 600_000, "atoms": 14_000_000,
}  # fmt: skip
FIGURES = {"opening": 0, "attributed": 14_000_000, "fallback": 0, "adjustment": 0, "settled": 0,
           "closing": 14_000_000}  # fmt: skip


class OneLine(ProvenLines):
    """The line of the example, without a period around it."""

    def __init__(self) -> None:
        pass

    def spans(self):
        return {"party-c": (0, 1)}

    def encoded(self):
        return iter([line_record(THE_LINE, SAID)])

    def disclosed(self, start, end):
        return iter([THE_LINE][start:end])


@pytest.fixture(scope="module")
def example() -> dict[str, list[str]]:
    """The rows of the worked example by what they are called."""
    rows: dict[str, list[str]] = {}
    told = PAGE.read_text().partition("### Worked example")[2].partition("## Why")[0]
    for name, value in re.findall(r"^\| ([^|]+?) \| `(.+)` \|$", told, re.MULTILINE):
        rows.setdefault(name, []).append(value)
    return rows


def test_the_worked_example_comes_out(example):
    days = ("2026-10-01", "2026-10-31")
    head = StatementHead("party-c", "studio-2026", *days, 1, "EUR", FIGURES)
    tree = PeriodTree(OneLine(), [head], secret=bytes(range(SECRET_BYTES)))
    shown = tree.disclosure("party-c")
    assert example["record of leaf 0"] == [head.encoded(1).decode()]
    assert example["record of leaf 1"] == [line_record(THE_LINE, SAID).decode()]
    assert example["salt"] == [each.hex() for each in shown.salts]
    assert example["commitment"] == [each.hex() for each in shown.commitments]
    assert example["root"] == [tree.root_sha256]
    root = Root("studio-2026", *days, 2, tree.root_sha256)
    told = record("root", "studio-2026", *days, 2, tree.root_sha256, None)
    assert example["record of the chain"] == [told.decode()]
    assert example["chain"] == [chained(root, None).chain_sha256]


def test_the_example_is_what_the_verifier_computes(example):
    for number, salt in enumerate(example["salt"]):
        content = example[f"record of leaf {number}"][0].encode()
        assert commitment(salt, content) == example["commitment"][number]
    leaves = [bytes.fromhex(each) for each in example["commitment"]]
    assert Tree(leaves).root.hex() == example["root"][0]


@pytest.mark.parametrize(("name", "names"), [("statement", STATEMENT), ("line", LINE),
                                             ("root", ROOT)])  # fmt: skip
def test_the_page_names_what_a_file_has(name, names):
    assert f"| {name} | {', '.join(names.split())} |" in PAGE.read_text()


def test_lines_are_written_with_the_names_that_are_read():
    assert [*DisclosedLine.__annotations__, "salt", "commitment"] == LINE.split()


def test_the_verifier_can_be_read_in_five_minutes_and_imports_nothing_else():
    """Some 60 lines a minute; the standard library and nothing of ours."""
    source = VERIFIER.read_text()
    assert len(source.splitlines()) <= 300
    imported = set(re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE))
    assert imported == {"collections", "datetime", "hashlib", "json", "pathlib", "re", "sys",
                        "typing"}  # fmt: skip
