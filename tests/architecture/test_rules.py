"""The rules of the tree that a linter of imports cannot see."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "common", "accounts", "catalog", "attribution", "royalty", "portal", "demo")
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)


def loaded_after(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after a statement."""
    program = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(output.stdout.split())


def test_a_web_process_starts_without_torch():
    loaded = loaded_after("import config.wsgi")
    assert "django" in loaded
    assert not loaded & {"torch", "faiss", "symusic", "miditok"}


def test_a_worker_that_waits_has_not_loaded_torch():
    statement = "from config.worker import app; app.loader.import_default_modules()"
    loaded = loaded_after(statement)
    assert "celery" in loaded
    assert "torch" not in loaded


@pytest.mark.parametrize(
    "package", ["attribution.engine", "royalty.apportionment", "royalty.documents"]
)
def test_pure_packages_work_without_the_framework(package):
    assert not loaded_after(f"import {package}") & {"django", "celery", "psycopg", "rest_framework"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 400, "a file past 400 lines does more than one thing"
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > 70
    ]
    assert not long, "functions past 70 lines"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is(path):
    if path.name in {"apps.py", "__init__.py"} and len(path.read_text().splitlines()) < 12:
        return
    assert ast.get_docstring(ast.parse(path.read_text())), "a module needs a docstring"
