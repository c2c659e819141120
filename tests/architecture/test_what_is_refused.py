"""The page of what is refused says what is so: its tests are there, and so are its sentences."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/concepts/what-is-refused.md").read_text()
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", PAGE)))
SENTENCES = sorted(set(re.findall(r"\"([^\"|]+)\"", PAGE.partition("|---")[2])))
BLANKS = re.compile(r"\{[^}]*\}|%")  # what a sentence fills in, in Python's words or PostgreSQL's


@cache
def words_of_the_program() -> str:
    """All texts of the sources, without what they fill in."""
    texts = [path.read_text() for path in (ROOT / "royalty/migrations").rglob("*.sql")]
    for path in (ROOT / "royalty").rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text()))
        texts += [
            n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)
        ]
    return "\n".join(texts)


def test_the_page_names_tests_and_sentences():
    assert len(TESTS) > 30
    assert len(SENTENCES) > 15


@pytest.mark.parametrize("name", TESTS)
def test_every_test_that_is_named_is_there(name):
    path, _, function = name.partition("::")
    assert (ROOT / path).is_file()
    names = [n.name for n in ast.walk(ast.parse((ROOT / path).read_text()))
             if isinstance(n, ast.FunctionDef)]  # fmt: skip
    assert not function or function in names


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_that_is_shown_is_the_programs(sentence):
    known = " ".join(BLANKS.sub("\n", words_of_the_program()).split(" "))
    parts = [part.strip(" .") for part in sentence.split("…")]
    missing = [part for part in parts if len(part) > 3 and part not in known]
    assert not missing, f"the program does not say {missing}"
