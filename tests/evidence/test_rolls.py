"""A roll holds the notes of a piece, and its segments are those that were attributed."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from attribution.models import AttributionRun
from attribution.reference.tokens import PITCHES, Vocabulary
from attribution.selectors.rolls import RollDamaged, RollMissing, read_roll, roll_bytes, roll_name
from attribution.services import rolls
from attribution.services.attributing import request_attribution
from attribution.services.corpora import load_corpus
from attribution.services.queries import cut_generations
from attribution.services.reading import Reader, reader_of
from catalog.models import Track
from catalog.services.assets import asset_path
from common.jobs.models import Job
from common.jobs.registry import ignore_progress
from common.storage import put
from tests.attribution.conftest import World, do, succeed

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def song(world) -> Track:
    return Track.objects.get(ref=world.copied)


@pytest.fixture
def rolled(world, song):
    """The song's roll, prepared as a worker does."""
    succeed(rolls.request_roll(song.asset, world.store, as_of=timezone.now()))
    yield read_roll(song.asset, world.store)
    default_storage.delete(roll_name(song.asset, world.store))


def reader(world: World) -> Reader:
    return reader_of(world.model_version.checkpoints.first())


def told_by(tokens, vocabulary: Vocabulary) -> list[int]:
    """The pitches that tokens say, read from their names."""
    names = {token: name for name, token in vocabulary.names.items()}
    said = [names[int(token)].partition("_") for token in tokens]
    return [int(value) for kind, _, value in said if kind == "Pitch"]


def test_a_tracks_segments_are_those_of_the_corpus(world, song, rolled):
    corpus = load_corpus(world.model_version.training_set, reader(world))
    place = corpus.track_ids.tolist().index(song.pk)
    segments = np.flatnonzero(corpus.segment_track == place).tolist()
    assert rolled.n_segments == len(segments) > 3
    for number, segment in enumerate(segments):
        assert corpus.number_in_track(segment) == number
        expected = told_by(corpus.corpus.sequence(segment), Vocabulary())
        notes = rolled.notes(rolled.segment_notes(number))
        assert [note.pitch for note in notes] == expected


def test_a_generations_segments_are_those_that_were_queried(world):
    piece = world.generations[0]
    succeed(rolls.request_roll(piece.asset, world.store, as_of=timezone.now()))
    roll = read_roll(piece.asset, world.store)
    cut = cut_generations([piece], reader(world))
    assert cut.queries.number.tolist() == list(range(roll.n_segments))
    for number, tokens in enumerate(cut.sequences):
        notes = roll.notes(roll.segment_notes(number))
        assert [note.pitch for note in notes] == told_by(tokens, Vocabulary())


def test_segments_follow_each_other_and_end_with_the_piece(rolled):
    spans = [rolled.span_ms(number) for number in range(rolled.n_segments)]
    assert spans[0][0] == rolled.onset_ms[0]
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    assert spans[-1][1] == rolled.end_ms
    covered = [note for number in range(rolled.n_segments) for note in rolled.segment_notes(number)]
    assert covered == list(range(len(rolled.onset_ms)))


def test_there_is_no_segment_past_the_last(rolled):
    for number in (-1, rolled.n_segments):
        with pytest.raises(IndexError, match="none numbered"):
            rolled.span_ms(number)


def test_a_piece_lasts_as_long_as_its_file_says(song, rolled):
    assert rolled.end_ms / 1000 == pytest.approx(song.asset.seconds, rel=0.02, abs=1)
    assert min(rolled.pitch) >= PITCHES[0]
    assert max(rolled.pitch) <= PITCHES[1]
    assert list(rolled.onset_ms) == sorted(rolled.onset_ms)


def test_preparing_again_leaves_the_same_bytes(world, song, rolled):
    name = roll_name(song.asset, world.store)
    before = default_storage.open(name).read()
    default_storage.delete(name)
    rolls.prepare_roll({"asset": song.asset.pk, "store": world.store.pk}, ignore_progress)
    assert default_storage.open(name).read() == before


def test_of_two_workers_at_once_readers_see_one_whole_roll(rolled):
    content = roll_bytes(rolled)
    seen: set[bytes] = set()

    def write(_: int) -> None:
        for _ in range(40):
            put("rolls/raced.json", content)
            with default_storage.open("rolls/raced.json") as stored:
                seen.add(stored.read())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert seen == {content}
    assert default_storage.listdir("rolls")[1] == ["raced.json"]


def test_a_roll_that_was_never_prepared_is_missing(world, song):
    with pytest.raises(RollMissing, match="prepare it"):
        read_roll(song.asset, world.store)


def altered(content: bytes) -> bytes:
    body = json.loads(content)
    body["pitch"][0] += 1
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[: len(content) // 2], lambda _: b"", lambda _: b"[]", altered],
    ids=["torn", "empty", "another thing", "a note changed"],
)
def test_a_damaged_roll_is_refused_and_prepared_again(world, song, rolled, damage):
    name = roll_name(song.asset, world.store)
    whole = default_storage.open(name).read()
    put(name, damage(whole))
    with pytest.raises(RollDamaged, match="prepare it again"):
        read_roll(song.asset, world.store)
    later = timezone.now() + rolls.RETRY_AFTER
    succeed(rolls.request_roll(song.asset, world.store, as_of=later))
    assert default_storage.open(name).read() == whole


def test_asking_twice_is_one_job(world, song):
    first = rolls.request_roll(song.asset, world.store, as_of=timezone.now())
    assert rolls.request_roll(song.asset, world.store, as_of=timezone.now()) == first


def test_a_piece_whose_file_is_lost_fails_with_a_sentence(world, song):
    path = asset_path(song.asset)
    content = path.read_bytes()
    path.unlink()
    try:
        job = rolls.request_roll(song.asset, world.store, as_of=timezone.now())
        assert "restore it from a backup" in do(job).error
    finally:
        path.write_bytes(content)


def test_a_run_has_its_evidence_ready_to_be_heard(world):
    run, job = request_attribution(world.store, world.generations)
    succeed(job)
    succeed(Job.objects.get(kind=rolls.KIND_OF_RUN, key=str(run.pk)))
    paid = AttributionRun.objects.get(pk=run.pk).attributions.exclude(track_ids=[])
    assert paid
    for attribution in paid:
        piece = read_roll(attribution.generation.asset, world.store)
        for track_id, pairs in zip(attribution.track_ids, attribution.evidence, strict=True):
            track = read_roll(Track.objects.get(pk=track_id).asset, world.store)
            for piece_segment, track_segment, _ in pairs:
                assert len(piece.segment_notes(piece_segment))
                assert len(track.segment_notes(track_segment))


def test_a_run_that_pays_nobody_prepares_nothing(world):
    run, _ = request_attribution(world.store, [])
    assert rolls.request_rolls_of(run) is None


def test_reading_a_roll_needs_no_torch_and_no_midi_reader():
    program = (
        "import django; from django.conf import settings; import os, sys;"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; django.setup();"
        "import attribution.selectors.rolls, attribution.selectors.evidence;"
        "import attribution.services.rolls;"
        "print(*{'torch', 'miditok', 'symusic'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""
