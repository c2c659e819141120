from pathlib import Path

import numpy as np
import pytest

from attribution.reference.arrays import Tokens
from attribution.reference.segments import Corpus
from attribution.reference.tokens import Vocabulary

MIDI = Path(__file__).parents[2] / "demo" / "catalogue" / "midi"


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary()


@pytest.fixture(scope="session")
def song_files() -> list[Path]:
    """Twelve real songs by different composers."""
    return [sorted(folder.glob("*.mid"))[0] for folder in sorted(MIDI.iterdir())[:12]]


@pytest.fixture(scope="session")
def songs(vocabulary: Vocabulary, song_files: list[Path]) -> list[Tokens]:
    return [vocabulary.encode_file(path) for path in song_files]


@pytest.fixture(scope="session")
def corpus(songs: list[Tokens], vocabulary: Vocabulary) -> Corpus:
    """The first 600 tokens of four songs in windows of 64."""
    tracks = [song[:600] for song in songs[:4]]
    return Corpus.of(tracks, 64, vocabulary.bos, vocabulary.pitches)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
