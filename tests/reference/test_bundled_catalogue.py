"""The bundled songs are what their manifest says, and fit to train and to judge a model."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from attribution.reference.tokens import Vocabulary

FOLDER = Path(__file__).parents[2] / "demo" / "catalogue"
NAMES = {"composer": True, "lyricist": False, "publisher": False}  # always there?


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (FOLDER / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names_and_shares(row: dict[str, str], kind: str) -> tuple[list[str], list[str]]:
    cells = (row[kind], row[f"{kind}_share_pct"])
    names, shares = ([part for part in cell.split(" ; ") if part] for cell in cells)
    return names, shares


def test_every_file_is_the_one_that_the_manifest_names(rows: list[dict[str, str]]) -> None:
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.mid")} == {
        row["file"] for row in rows
    }
    for row in rows:
        assert hashlib.sha256((FOLDER / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    assert len({row["sha256"] for row in rows}) == len(rows)


def test_shares_are_whole_percents_that_sum_to_a_hundred(rows: list[dict[str, str]]) -> None:
    for row in rows:
        total = 0
        for kind, required in NAMES.items():
            names, shares = names_and_shares(row, kind)
            assert len(names) == len(shares), row["track_id"]
            assert names or not required
            total += sum(int(share) for share in shares)
        assert total == 100, row["track_id"]


def test_every_song_has_a_title_a_licence_and_a_consent(rows: list[dict[str, str]]) -> None:
    assert len({row["track_id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["title"]
        assert row["source_url"].startswith("https://")
        assert (row["licence"], row["consent_basis"]) == ("CC0-1.0", "CC0-1.0 dedication")
        assert row["consent_from"] == "2026-01-01"


def test_roles_have_the_promised_sizes(rows: list[dict[str, str]]) -> None:
    assert Counter(row["demo_role"] for row in rows) == {"train": 82, "control": 60, "extra": 160}


def test_parties_have_one_and_many_trained_songs(rows: list[dict[str, str]]) -> None:
    works = Counter(row["composer"] for row in rows if row["demo_role"] == "train")
    assert max(works.values()) >= 8
    assert sum(count == 1 for count in works.values()) >= 5


def test_the_near_duplicates_are_both_trained_on(rows: list[dict[str, str]]) -> None:
    roles = {row["track_id"]: row["demo_role"] for row in rows}
    assert roles["lc6646781"] == roles["lc6649053"] == "train"


def test_controls_look_like_what_was_trained_on(
    rows: list[dict[str, str]], vocabulary: Vocabulary
) -> None:
    """Not a proof of exchangeability, but it would catch a draw by length or by composer."""
    lengths: dict[str, list[int]] = {"train": [], "control": []}
    composers: dict[str, set[str]] = {"train": set(), "control": set()}
    for row in rows:
        if row["demo_role"] in lengths:
            lengths[row["demo_role"]].append(len(vocabulary.encode_file(FOLDER / row["file"])))
            composers[row["demo_role"]].add(row["composer"])
    means = {role: sum(n) / len(n) for role, n in lengths.items()}
    assert means["control"] == pytest.approx(means["train"], rel=0.2)
    assert len(composers["train"] & composers["control"]) > len(composers["control"]) / 3
