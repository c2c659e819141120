"""The whole job in one command, with its own servers and a real worker: killed, resumed, repeated.

The same code as `make demo`, on a handful of songs.
"""

import csv

import pytest
from pypdf import PdfReader

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_run_that_was_killed_is_taken_up_and_finished(installation):
    for promise in (
        "5-gram, modified Kneser-Ney",
        "part of a control song",
        "What each party is owed",
        "platform's commission",
        "books balance",
        "came in (camt.053)",
        "the bank is asked for",
        "Time and memory of each stage",
        "make serve opens the portal",
    ):
        assert promise in installation.first_output, installation.first_output


def test_statements_lie_on_disk_as_pdf_and_csv(installation):
    files, _ = installation.documents
    pdfs = [name for name in files if name.endswith(".pdf")]
    assert pdfs
    assert {name.removesuffix(".pdf") for name in pdfs} == {
        name.removesuffix(".csv") for name in files if name.endswith(".csv")
    }
    folder = installation.storage / "statements"
    assert "Cadenza" in PdfReader(folder / pdfs[0]).pages[0].extract_text()
    with (folder / pdfs[0].replace(".pdf", ".csv")).open(encoding="utf-8", newline="") as handle:
        assert list(csv.DictReader(handle)), "a statement has lines"


def test_a_second_run_counts_nothing_twice(installation):
    assert "nothing counted twice" in installation.second_output
    first, second = installation.documents
    assert first == second

    def money(text: str) -> str:
        return text[text.index("What each party is owed") : text.index("Time and memory")]

    assert money(installation.second_output) == money(installation.first_output)


def test_people_keep_their_passwords_and_nobody_else_can_read_them(installation):
    assert len(installation.people) == 7
    for output in (installation.first_output, installation.second_output):
        for person, password in installation.people.items():
            assert f"{person}@tantieme.example" in output
            assert password in output
    assert (installation.home / "demo/users.txt").stat().st_mode & 0o777 == 0o600
