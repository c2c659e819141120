"""What is out of place is found first, with the reason, and the same again."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from catalog.quality.content import NothingToCount, midi_statistics, writer_values
from catalog.quality.forest import LEAST_PIECES, Piece, judge
from catalog.quality.services.outliers import OUTLIERS_LOCK, find_outliers


def pieces(n: int = 40) -> list[Piece]:
    chance = random.Random(3)
    return [
        Piece(
            key=at,
            values={
                "seconds": chance.uniform(90, 240),
                "notes_a_second": chance.uniform(4, 9),
                "tempo_qpm": chance.uniform(60, 130),
                "drum_part": 0.0,
            },
            collection="Winterreise",
        )
        for at in range(n)
    ]


def test_a_stub_is_first_with_its_reason():
    songs = [*pieces(), Piece(99, {"seconds": 3.0, "notes_a_second": 5.0}, "Winterreise")]
    first = judge(songs)[0]
    assert first.key == 99
    assert first.reasons[0].startswith("3 seconds long; most of collection Winterreise have")


def test_judging_again_says_the_same():
    assert judge(pieces()) == judge(pieces())


def test_of_few_pieces_nothing_is_said():
    assert judge(pieces(LEAST_PIECES - 1)) == []


def test_what_is_not_known_is_not_odd():
    verdicts = judge([*pieces(), Piece(99, {}, "Winterreise")])
    assert not next(each for each in verdicts if each.key == 99).reasons


@pytest.mark.parametrize("content", [b"", b"MThd", b"RIFF" + bytes(40), b"MThd" + b"\xff" * 200])
def test_what_is_no_midi_is_refused_in_words(content):
    with pytest.raises(NothingToCount):
        midi_statistics(content)


def test_a_lone_composer_in_a_collection_is_elsewhere():
    writers = Counter({"Schubert": 23, "Wolf": 1})
    assert writer_values(writers, "Wolf", "Winterreise") == {"writer_elsewhere": 1.0}
    assert writer_values(writers, "Schubert", "Winterreise")["writer_elsewhere"] < 0.05
    assert writer_values(writers, "Wolf", "") == {}


def test_a_run_beside_another_leaves_it_to_that_one(db):
    def beside() -> int | None:
        try:
            return find_outliers(now=timezone.now())
        finally:
            connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [OUTLIERS_LOCK])
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(beside).result() is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [OUTLIERS_LOCK])
    assert find_outliers(now=timezone.now()) == 0
