"""Tokens that somebody sends as a MIDI file, without the tokenizer and all that it loads.

Owns the meaning of tokens where they come from outside: a web process turns them into the piece's
file with the standard library alone. `vocabulary.json` lists the tokens by their numbers; a test
holds it, and what is written here, against `Vocabulary`.
"""

import json
import struct
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import NamedTuple

TICKS_A_QUARTER = 12
MOST_QUARTERS = 20_000
VELOCITY = 80
_MICROSECONDS_A_MINUTE = 60_000_000
_NOTE_ON, _NOTE_OFF = 0x90, 0x80
_TEMPO, _END = b"\xff\x51\x03", b"\x00\xff\x2f\x00"


class TokensRefused(ValueError):
    """Tokens that are no piece; the message says why."""


class _Note(NamedTuple):
    onset: int  # in twelfths of a quarter
    end: int
    pitch: int


class _Event(NamedTuple):
    tick: int
    order: int  # at one moment tempi come first, then releases, then strokes
    content: bytes


@cache
def token_names() -> tuple[str, ...]:
    """What each token means, by its number: `Pitch_60`, `Duration_1.0.12`, `TimeShift_0.6.12`."""
    path = Path(__file__).with_name("vocabulary.json")
    return tuple(json.loads(path.read_text(encoding="ascii")))


def midi_of(tokens: Sequence[int]) -> bytes:
    """A MIDI file of these tokens; those that make no sense where they stand are passed over.

    Raises TokensRefused for a number that is no token, and where no note is left or the piece is
    too long.
    """
    names = token_names()
    if foreign := [token for token in tokens if not 0 <= token < len(names)]:
        raise TokensRefused(f"{foreign[0]} is no token; tokens are 0 to {len(names) - 1}.")
    notes, tempi = _read([names[token] for token in tokens])
    if not notes:
        raise TokensRefused("They hold no note: a pitch, and a duration right after it.")
    if max(note.end for note in notes) > MOST_QUARTERS * TICKS_A_QUARTER:
        raise TokensRefused(f"The piece is longer than {MOST_QUARTERS:,} quarter notes.")
    return _file([*tempi, *(event for note in notes for event in _events_of(note))])


def _read(names: Sequence[str]) -> tuple[list[_Note], list[_Event]]:
    notes, now = [], 0
    tempi: dict[int, _Event] = {}  # of several at one moment the last one reigns
    for name, following in pairwise([*names, ""]):
        kind, _, value = name.partition("_")
        if kind == "TimeShift":
            now += _ticks(value)
        elif kind == "Tempo":
            microseconds = round(_MICROSECONDS_A_MINUTE / float(value))
            tempi[now] = _Event(now, 0, _TEMPO + microseconds.to_bytes(3, "big"))
        elif kind == "Pitch" and following.startswith("Duration_"):
            length = _ticks(following.removeprefix("Duration_"))
            notes.append(_Note(now, now + length, int(value)))
    return list(_released(notes)), list(tempi.values())


def _ticks(value: str) -> int:
    whole, part, resolution = map(int, value.split("."))
    return whole * TICKS_A_QUARTER + part * TICKS_A_QUARTER // resolution


def _released(notes: Sequence[_Note]) -> Iterator[_Note]:
    """A key that is struck again is released before, and equal strokes are one: the longest."""
    by_key = sorted(notes, key=lambda note: (note.pitch, note.onset, -note.end))
    strokes = {(note.pitch, note.onset): note for note in reversed(by_key)}
    kept = sorted(strokes.values(), key=lambda note: (note.pitch, note.onset))
    for note, after in zip_longest(kept, kept[1:]):
        if after is not None and after.pitch == note.pitch:
            note = note._replace(end=min(note.end, after.onset))  # noqa: PLW2901
        yield note


def _events_of(note: _Note) -> Iterator[_Event]:
    yield _Event(note.onset, 2, bytes([_NOTE_ON, note.pitch, VELOCITY]))
    yield _Event(note.end, 1, bytes([_NOTE_OFF, note.pitch, 0]))


def _file(events: Sequence[_Event]) -> bytes:
    """A standard MIDI file of one track (format 0)."""
    track, now = bytearray(), 0
    for event in sorted(events):
        track += _variable_length(event.tick - now) + event.content
        now = event.tick
    track += _END
    head = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, TICKS_A_QUARTER)
    return head + struct.pack(">4sI", b"MTrk", len(track)) + bytes(track)


def _variable_length(value: int) -> bytes:
    """Seven bits a byte, the highest bit set on all but the last."""
    content = [value & 0x7F]
    while value := value >> 7:
        content.append(0x80 | value & 0x7F)
    return bytes(reversed(content))
