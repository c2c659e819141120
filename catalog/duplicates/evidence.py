"""What was found of a pair, as it is kept and as a sentence that a person can check."""

from collections.abc import Callable
from typing import Any

from catalog.duplicates.melody import Alignment
from catalog.duplicates.models import Kind
from catalog.duplicates.sound import SoundMatch

SAME_TEMPO = 0.01


def of_tune(found: Alignment, contained: float) -> dict[str, Any]:
    """An alignment as JSON; parts of one are in ppm, since nothing is more exact than it is."""
    return {
        "transposition": found.transposition,
        "slowdown_ppm": _ppm(found.slowdown),
        "notes": found.matched,
        "agreement_ppm": _ppm(found.agreement),
        "melody_ppm": _ppm(found.melody),
        "stretch_ppm": _ppm(found.stretch),
        "rare_words_ppm": _ppm(contained),
        "bars": [list(found.bars_a), list(found.bars_b)],
        "seconds": [
            [round(moment, 3) for moment in span] for span in (found.seconds_a, found.seconds_b)
        ],
    }


def of_sound(found: SoundMatch) -> dict[str, Any]:
    return {
        "alike_ppm": _ppm(found.alike),
        "offset_seconds": round(found.offset_seconds, 1),
        "seconds": round(found.seconds, 1),
    }


def turned(found: dict[str, Any]) -> dict[str, Any]:
    """The evidence with A and B exchanged."""
    reversed_: dict[str, Any] = {
        key: value[::-1] for key, value in found.items() if isinstance(value, list)
    }
    if "transposition" in found:
        reversed_["transposition"] = -found["transposition"]
        reversed_["slowdown_ppm"] = _ppm(1_000_000 / max(found["slowdown_ppm"], 1))
    if "offset_seconds" in found:
        reversed_["offset_seconds"] = -found["offset_seconds"]
    return found | reversed_


def sentence(kind: str, found: dict[str, Any]) -> str:
    """What speaks for a pair, of which A is the first and B the second."""
    return _SENTENCES[Kind(kind)](found)


def _tune_sentence(found: dict[str, Any]) -> str:
    (first_a, last_a), (first_b, last_b) = found["bars"]
    return (
        f"Bars {first_a}–{last_a} of A are bars {first_b}–{last_b} of B"
        f"{_transposed(found['transposition'])}{_slower(found['slowdown_ppm'] / 1_000_000)}: "
        f"{found['agreement_ppm'] / 10_000:.0f} % of the notes and "
        f"{found['melody_ppm'] / 10_000:.0f} % of the melody agree."
    )


def _transposed(semitones: int) -> str:
    if not semitones:
        return ""
    plural = "s" if abs(semitones) > 1 else ""
    return f", {abs(semitones)} semitone{plural} {'higher' if semitones > 0 else 'lower'}"


def _slower(slowdown: float) -> str:
    """How much longer it lasts in B is by how much B is slower."""
    if abs(slowdown - 1) < SAME_TEMPO:
        return ""
    if slowdown > 1:
        return f", {100 * (1 - 1 / slowdown):.0f} % slower"
    return f", {100 * (1 / slowdown - 1):.0f} % faster"


def _sound_sentence(found: dict[str, Any]) -> str:
    offset = found["offset_seconds"]
    where = f"A begins {abs(offset):g} s {'into B' if offset >= 0 else 'before B'}; " * bool(offset)
    return (
        f"{where}where they overlap, for {found['seconds']:g} s, "
        f"{found['alike_ppm'] / 10_000:.0f} % of the sound's bits agree (unrelated: 50 %)."
    )


def _spelling_sentence(found: dict[str, Any]) -> str:
    shared = found.get("shared", [])
    beside = f" and have {', '.join(shared)} in common" if shared else ""
    return (
        f"Without case, accents and punctuation A and B are “{found['keys'][0]}” and "
        f"“{found['keys'][1]}” ({found['similarity_ppm'] / 10_000:.0f} % alike){beside}."
    )


def _ppm(part: float) -> int:
    return round(part * 1_000_000)


_SENTENCES: dict[Kind, Callable[[dict[str, Any]], str]] = {
    Kind.FILE: lambda _: "A and B are the same file, byte for byte.",
    Kind.NOTES: lambda _: (
        "A and B are different files with the same notes; only names, texts, tempi, parts or how "
        "hard keys are struck differ."
    ),
    Kind.TUNE: _tune_sentence,
    Kind.SOUND: _sound_sentence,
    Kind.SPELLING: _spelling_sentence,
    Kind.IDENTIFIER: lambda found: (
        f"A and B have the same {found['identifier']}, {found['value']}."
    ),
    Kind.TRACKS: lambda _: "Tracks of A and of B were found to be one.",
}
