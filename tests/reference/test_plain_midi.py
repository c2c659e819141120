"""Tokens from outside become the same music as the tokenizer would make of them."""

import numpy as np
import pytest

from attribution.reference.plain_midi import TokensRefused, midi_of, token_names
from attribution.reference.tokens import Vocabulary

WORDS = Vocabulary()


def test_the_list_of_tokens_is_the_vocabulary():
    assert list(WORDS.names) == list(token_names())
    assert list(WORDS.names.values()) == list(range(len(WORDS)))


@pytest.mark.parametrize("seed", range(6))
def test_any_tokens_strike_the_keys_that_the_tokenizer_strikes(seed):
    """How long a key sounds that is struck again before its release is a matter of taste."""
    generator = np.random.default_rng(seed)
    pitches = generator.integers(2, 90, 300)  # notes among anything else
    lengths = [token for name, token in WORDS.names.items() if name.startswith("Duration")]
    durations = generator.choice(lengths, 300)
    others = generator.integers(2, len(WORDS), 300)
    tokens = np.stack([pitches, durations, others], axis=1).ravel()
    ours = WORDS.encode(midi_of(tokens.tolist()), "ours")
    theirs = WORDS.encode(WORDS.decode(tokens), "theirs")
    assert ours[~np.isin(ours, lengths)].tolist() == theirs[~np.isin(theirs, lengths)].tolist()


def test_music_comes_back_as_it_was(songs):
    for tokens in songs:
        assert WORDS.encode(midi_of(tokens.tolist()), "song").tolist() == tokens.tolist()


@pytest.mark.parametrize(
    ("tokens", "reason"),
    [
        ([], "no note"),
        ([306], "no token"),
        ([-1], "no token"),
        ([2], "no note"),
        ([0, 1], "no note"),
    ],
)
def test_what_is_no_piece_is_refused(tokens, reason):
    with pytest.raises(TokensRefused, match=reason):
        midi_of(tokens)


def test_a_piece_without_an_end_is_refused():
    longest = token_names().index("TimeShift_16.0.4")
    note = [token_names().index("Pitch_60"), token_names().index("Duration_1.0.12")]
    with pytest.raises(TokensRefused, match="longer than"):
        midi_of([longest] * 1251 + note)
