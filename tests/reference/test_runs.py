"""A folder of music and a checkpoint, from the engine's command line to what shaped a piece."""

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from attribution.engine.__main__ import main
from attribution.reference.checkpoints import CheckpointRecord, weights, write
from attribution.reference.model import ModelConfig, MusicTransformer
from attribution.reference.tokens import Vocabulary

CATALOGUE = Path(__file__).parents[2] / "demo" / "catalogue" / "midi"
RUN = ("--run", "attribution.reference.runs:midi_folder")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The three shortest songs, one of them a query, and an untrained model."""
    folder = tmp_path_factory.mktemp("music")
    songs = sorted(CATALOGUE.rglob("*.mid"), key=lambda path: path.stat().st_size)[:3]
    for song in songs:
        (folder / "songs").mkdir(exist_ok=True)
        shutil.copy(song, folder / "songs" / song.name)
    (folder / "asked").mkdir()
    shutil.copy(songs[0], folder / "asked" / songs[0].name)
    model = MusicTransformer(ModelConfig(len(Vocabulary()), 64, 16, 1, 2, 32), seed=0)
    content = weights(model)
    sha256 = hashlib.sha256(content).hexdigest()
    (folder / "checkpoints").mkdir()
    record = CheckpointRecord("a run", asdict(model.config), {}, "a corpus", 7, 7, 0, sha256)
    write(folder / "checkpoints", content, record)
    (folder / "small.json").write_text('{"dimension": 512, "shard_rows": 8}')
    return folder


def given(folder, midi):
    return ("--with", f"midi={folder / midi}", "--with", f"checkpoints={folder / 'checkpoints'}")


def test_a_song_that_is_asked_for_is_found_among_all(folder, capsys):
    store = str(folder / "store")
    config = ("--config", str(folder / "small.json"))
    assert main(["capture", store, *RUN, *given(folder, "songs"), *config]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("sealed ")
    assert "tokens/s" in told.err
    assert main(["query", store, *RUN, *given(folder, "asked"), "--json", "--top", "3"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    best = [answer["top"][0]["segment"] for answer in answers]
    names = sorted(path.name for path in (folder / "songs").glob("*.mid"))
    asked = next((folder / "asked").glob("*.mid")).name
    assert best == list(range(best[0], best[0] + len(best))), "segment by segment, in order"
    assert (best[0] == 0) == (names[0] == asked)


@pytest.mark.parametrize(
    ("midi", "sentence"), [("nowhere", "No MIDI file"), ("checkpoints", "No MIDI file")]
)
def test_a_folder_without_music_is_named(folder, tmp_path, capsys, midi, sentence):
    assert main(["capture", str(tmp_path / "s"), *RUN, *given(folder, midi)]) == 1
    assert sentence in capsys.readouterr().err
