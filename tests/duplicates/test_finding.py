"""What is there twice is found, with evidence; what is not is left alone; nothing comes back."""

import numpy as np
import pytest

from accounts.models import Organisation
from catalog.duplicates import (
    evidence,
    sound,
    tasks,  # noqa: F401 registers the handler
)
from catalog.duplicates.models import Candidate, Fingerprint
from catalog.duplicates.services import deciding
from catalog.duplicates.services.finding import KIND, find_duplicates
from catalog.duplicates.services.merging import merge
from catalog.models import Credit, Party, Track, Work
from common.database import tenancy
from common.jobs.registry import handler_for, ignore_progress

pytestmark = pytest.mark.django_db


def find() -> dict[tuple[str, str], Candidate]:
    find_duplicates(ignore_progress)
    return {
        (each.first.ref, each.second.ref): each
        for each in Candidate.objects.filter(subject="track")
    }


def test_the_same_notes_in_other_bytes_are_one_song(shelf, song):
    shelf.add("a", song(1))
    shelf.add("b", song(1).encoded(96, 40, "another title").in_one_part())
    shelf.add("c", song(2))
    found = find()
    assert list(found) == [("a", "b")]
    assert "notes" in found["a", "b"].kinds
    assert found["a", "b"].score_ppm == 1_000_000


@pytest.mark.parametrize(
    "bend",
    [
        lambda song: song.transposed(-3),
        lambda song: song.slower(1.25),
        lambda song: song.stretched(2.0),
        lambda song: song.cut(0, 1 / 3),
        lambda song: song.cut(2 / 3, 1),
        lambda song: song.without_accompaniment(),
        lambda song: song.with_wrong_notes(0.05, np.random.default_rng(0)),
        lambda song: song.transposed(4).slower(1.1).cut(0.3, 0.9).in_one_part(),
    ],
    ids=["key", "tempo", "values", "beginning", "end", "alone", "wrong", "all"],
)
def test_the_same_tune_is_found_however_it_is_bent(shelf, song, bend):
    for seed in range(2, 8):
        shelf.add(f"other-{seed}", song(seed))
    shelf.add("a", song(1))
    shelf.add("b", bend(song(1)))
    found = find()
    assert list(found) == [("a", "b")]
    assert "tune" in found["a", "b"].kinds


def test_the_evidence_says_what_a_person_can_hear(shelf, song):
    shelf.add("a", song(1))
    shelf.add("b", song(1).transposed(-3).slower(1.25))
    [candidate] = find().values()
    said = evidence.sentence("tune", candidate.evidence["tune"])
    assert "3 semitones lower, 20 % slower: 100 % of the notes" in said
    turned = evidence.sentence("tune", evidence.turned(candidate.evidence["tune"]))
    assert "3 semitones higher, 25 % faster" in turned


def test_titles_that_are_spelled_otherwise_are_found_where_a_party_is_shared(shelf):
    shelf.add("a", title="Der Tod und das Mädchen, Op. 7 No. 3")
    shelf.add("b", title="DER TOD UND DAS MADCHEN op.7 Nr.3 (live)")
    shelf.add("c", title="Der Tod und das Mädchen, Op. 7 No. 4")
    somebody = Work.objects.create(ref="work:d", title="Der Tod und das Mädchen, op. 7 no. 3")
    Credit.objects.create(
        work=somebody, party=Party.objects.create(ref="z", name="Zoe"), role="composer"
    )
    find_duplicates(ignore_progress)
    [candidate] = Candidate.objects.filter(subject="work")
    assert {candidate.first.ref, candidate.second.ref} == {"work:a", "work:b"}
    said = evidence.sentence("spelling", candidate.evidence["spelling"])
    assert "Ada Adams in common" in said


def test_names_in_another_order_are_found_unless_their_numbers_differ(shelf):
    Party.objects.create(ref="p", name="Schubert, Franz")
    Party.objects.create(ref="q", name="FRANZ SCHUBERT", ipi_name="00014107338")
    Party.objects.create(ref="r", name="Franz Schubert", ipi_name="00014107339")
    find_duplicates(ignore_progress)
    pairs = {
        (each.first.ref, each.second.ref) for each in Candidate.objects.filter(subject="party")
    }
    assert pairs == {("p", "q"), ("p", "r")}


def test_what_was_decided_comes_back_only_by_evidence_of_a_new_kind(shelf, song, olga):
    shelf.add("a", song(1), artist="Ada", title="Evening")
    shelf.add("b", song(1).transposed(2), artist="Ada", title="Morning glory")
    [candidate] = find().values()
    deciding.distinct(candidate, by=olga, reason="an exercise in two keys")
    Fingerprint.objects.update(compared_at=None)
    [candidate] = find().values()
    assert candidate.status == "distinct"
    Track.objects.filter(ref="b").update(title="evening")
    [candidate] = find().values()
    assert candidate.status == "open"
    assert set(candidate.kinds) == {"tune", "spelling"}
    assert candidate.decided_by is None


def test_a_second_run_finds_nothing_new_and_merged_tracks_are_left_alone(shelf, song, olga):
    a, b = shelf.add("a", song(1)), shelf.add("b", song(1).transposed(1))
    assert find_duplicates(ignore_progress).candidates == 2  # the tracks, and their works
    assert find_duplicates(ignore_progress).candidates == 0
    merge(a, b, by=olga, reason="one song")
    shelf.add("c", song(1).transposed(5))
    find_duplicates(ignore_progress)
    again = Candidate.objects.filter(subject="track", status="open")
    assert [(each.first.ref, each.second.ref) for each in again] == [("a", "c")]


def test_a_file_that_cannot_be_compared_says_why_and_stops_nobody(shelf, song):
    broken = shelf.add("a", song(1))
    shelf.add("b", song(1).transposed(1))
    shelf.add("c", song(1).transposed(2))
    broken.file.storage_name = "assets/gone.mid"
    broken.file.save()
    assert list(find()) == [("b", "c")]
    assert "not where it was stored" in Fingerprint.objects.get(asset=broken.asset).fault


def test_whoever_asked_for_the_job_it_compares_everything(shelf, song):
    shelf.add("a", song(1))
    shelf.add("b", song(1).transposed(1))
    label = Organisation.objects.create(name="A label", kind="rights_holder")
    with tenancy.acting_as(label.tenant):
        result = handler_for(KIND)({"delivery": "x"}, ignore_progress)
    assert result["files"] == 2
    assert Candidate.objects.filter(subject="track").exists()


def test_recordings_that_are_one_are_laid_over_each_other():
    random = np.random.default_rng(3)
    a = random.integers(0, 2**32, 400, dtype=np.uint32)
    noise = np.uint32(1) << random.integers(0, 12, 300, dtype=np.uint32)
    found = sound.match(a, a[80:380] ^ noise)
    assert found is not None
    assert found.offset_seconds == -10
    assert found.alike == pytest.approx(31 / 32)
    assert sound.match(a, random.integers(0, 2**32, 400, dtype=np.uint32)) is None
