"""Chooses and copies the demonstration catalogue out of a larger collection.

Owns which pieces are bundled, their part in the demonstration, how lyricist credits are cleaned
and the illustrative shares. Nobody needs it to run the demonstration: its output (`manifest.csv`
and `midi/`) is part of the repository. It must not read anything but `--source` and
`credits.csv`, and the same source gives the same bytes.

Train, control and extra pieces are one random draw split by permuted blocks: the chosen pieces
stand in order of composer, every block of fifteen consecutive ones gets 4 train, 3 control and
8 extra labels in random order. So control pieces are exchangeable with training pieces, composer
by composer where a composer has several, which is what makes their scores a fair null.
"""

import argparse
import csv
import hashlib
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
SEED = 20260213
BLOCK = ("train",) * 4 + ("control",) * 3 + ("extra",) * 8
N_BLOCKS = 20
SECONDS = (40.0, 240.0)
NOTES = (250, 2500)
LEADING_COMPOSER = "Johannes Brahms"
N_BY_LEADING_COMPOSER = 30  # two whole blocks: a party with many works in every role
NEAR_DUPLICATES = ("lc6646781", "lc6649053")  # two scores of one song: both are trained on
DUBIOUS_TITLES = ("lc6212196", "lc7346468")  # folder and score header disagree
SEPARATOR = " ; "
COLUMNS = (
    *("track_id", "file", "sha256", "title", "collection", "genre", "licence", "source_url"),
    *("composer", "composer_wikidata", "composer_share_pct", "lyricist", "lyricist_share_pct"),
    *("publisher", "publisher_share_pct", "consent_from", "consent_basis", "demo_role"),
)

Row = dict[str, str]


def read_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def eligible(row: Row) -> bool:
    """Songs of ordinary length and density for voice and two staves of piano."""
    return (
        row["tracks"] == "3"
        and SECONDS[0] <= float(row["seconds"]) <= SECONDS[1]
        and NOTES[0] <= int(row["notes"]) <= NOTES[1]
        and row["track_id"] not in DUBIOUS_TITLES + NEAR_DUPLICATES
    )


def names_no_publisher(row: Row) -> bool:
    return not row["rights_in_score"]


def draw(rows: Sequence[Row], rng: random.Random) -> list[Row]:
    """Whole blocks: all the rare pieces without a publisher, a fixed number by the leading
    composer, and a uniform draw from the others."""
    rare = [row for row in rows if names_no_publisher(row)]
    common = [row for row in rows if not names_no_publisher(row)]
    leading = [row for row in common if row["composer_or_artist"] == LEADING_COMPOSER]
    others = [row for row in common if row["composer_or_artist"] != LEADING_COMPOSER]
    n_others = N_BLOCKS * len(BLOCK) - len(rare) - N_BY_LEADING_COMPOSER
    return rare + rng.sample(leading, N_BY_LEADING_COMPOSER) + rng.sample(others, n_others)


def with_roles(chosen: Sequence[Row], rng: random.Random) -> Iterator[tuple[Row, str]]:
    """Permuted blocks over the pieces in order of composer, most frequent composer first."""
    works = Counter(row["composer_or_artist"] for row in chosen)
    shuffled = rng.sample(list(chosen), len(chosen))
    ordered = sorted(
        shuffled, key=lambda row: (-works[row["composer_or_artist"]], row["composer_or_artist"])
    )
    for start in range(0, len(ordered), len(BLOCK)):
        roles = rng.sample(BLOCK, len(BLOCK))
        yield from zip(ordered[start : start + len(BLOCK)], roles, strict=True)


def lyricists(row: Row, credits_by_text: dict[str, str]) -> list[str]:
    """The names behind a credit; none when it names nobody (folk song, unknown, a sentence)."""
    credit = row["lyricist"].strip()
    names = credits_by_text.get(credit, credit).replace("=composer", row["composer_or_artist"])
    return [name for name in names.split(SEPARATOR) if name]


def publisher(row: Row) -> str:
    text = row["rights_in_score"].lower().replace(" ", "")
    return "OpenScore" if "score(" in text or "openscore" in text else ""


def shares_pct(has_lyricist: bool, has_publisher: bool) -> tuple[int, int, int]:
    """Composer, lyricist, publisher: illustrative, and always 100 together."""
    table = {
        (True, True): (50, 30, 20),
        (True, False): (60, 40, 0),
        (False, True): (80, 0, 20),
        (False, False): (100, 0, 0),
    }
    return table[has_lyricist, has_publisher]


def split_evenly(total_pct: int, count: int) -> str:
    """`30, 2` gives `15 ; 15`; whole percents, the first names take what is left over."""
    if not count:
        return ""
    base, left_over = divmod(total_pct, count)
    return SEPARATOR.join(str(base + (i < left_over)) for i in range(count))


def manifest_row(row: Row, role: str, credits_by_text: dict[str, str]) -> Row:
    texts, house = lyricists(row, credits_by_text), publisher(row)
    composer_pct, lyricist_pct, publisher_pct = shares_pct(bool(texts), bool(house))
    folder = Path(row["path"]).parent.name
    return {
        "track_id": row["track_id"],
        "file": f"midi/{folder}/{row['track_id']}.mid",
        "sha256": row["sha256"],
        "title": row["title"],
        "collection": row["collection"],
        "genre": row["genre"],
        "licence": row["licence"],
        "source_url": row["source"],
        "composer": row["composer_or_artist"],
        "composer_wikidata": row["composer_wikidata"],
        "composer_share_pct": str(composer_pct),
        "lyricist": SEPARATOR.join(texts),
        "lyricist_share_pct": split_evenly(lyricist_pct, len(texts)),
        "publisher": house,
        "publisher_share_pct": str(publisher_pct) if house else "",
        "consent_from": "2026-01-01",
        "consent_basis": "CC0-1.0 dedication",
        "demo_role": role,
    }


def copy_checked(source: Path, target: Path, sha256: str) -> None:
    """Raises ValueError if the source is not the file that its manifest describes."""
    if hashlib.sha256(source.read_bytes()).hexdigest() != sha256:
        raise ValueError(f"{source} does not have the sha256 that tracks.csv states.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def build(source: Path, target: Path) -> list[Row]:
    rows = read_rows(source / "tracks.csv")
    songs = [row for row in rows if row["path"].startswith("symbolic/")]
    by_id = {row["track_id"]: row for row in songs}
    credits_by_text = {row["credit"]: row["names"] for row in read_rows(HERE / "credits.csv")}
    rng = random.Random(SEED)  # noqa: S311, a draw to repeat, not a secret
    chosen = draw([row for row in songs if eligible(row)], rng)
    pairs = [*with_roles(chosen, rng), *((by_id[i], "train") for i in NEAR_DUPLICATES)]
    bundle = sorted(
        (manifest_row(row, role, credits_by_text) for row, role in pairs),
        key=lambda row: row["file"],
    )
    for row in bundle:
        original = source / by_id[row["track_id"]]["path"]
        copy_checked(original, target / row["file"], row["sha256"])
    return bundle


def main() -> None:
    parser = argparse.ArgumentParser(description="Rebuild the demonstration catalogue.")
    parser.add_argument("--source", type=Path, required=True, help="folder with tracks.csv")
    arguments = parser.parse_args()
    shutil.rmtree(HERE / "midi", ignore_errors=True)
    bundle = build(arguments.source, HERE)
    with (HERE / "manifest.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(bundle)


if __name__ == "__main__":
    main()
