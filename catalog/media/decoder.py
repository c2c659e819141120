"""The child process in which files from outside are decoded; see `catalog.media.probing`.

It first takes away its own means: memory, processor time, files, core dumps. Then it answers
requests until its input ends. A request is a line of JSON, `{"media_type", "size_bytes", "wants"}`,
and that many bytes; the answer is a line of JSON, `{"seconds"}`, `{"measures"}`, `{"tags"}`,
`{"picture"}` or `{"error"}`. A file that brings the process down is thus one file's fault, and what
it may have overwritten is gone with the process.
"""

import base64
import io
import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from catalog.media.samples import SoundFile

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 45  # for one file: three hours of an ordinary recording, decoded and measured
FILES_PER_CHILD = 256
MOST_TAG_VALUES, LONGEST_TAG = 20, 1000
# What a file may say of itself, by tinytag's names.
TAGS = ("title", "artist", "album", "composer", "lyricist", "genre", "year", "isrc")
# Of a picture of a recording: its columns and bands, and the samples that are looked at at once.
MOST_COLUMNS, COLUMN_SAMPLES, BANDS, WINDOW_SAMPLES = 1000, 1024, 64, 2048
LOWEST_HZ, HIGHEST_HZ, QUIETEST_DB = 30.0, 12_000.0, -80.0
FAINTEST_POWER = 1e-4  # of a window: a recording below it is drawn as silence
_META, _SYSEX = 0xFF, (0xF0, 0xF7)
_META_TEXTS = {0x02: "copyright", 0x03: "title"}  # of the first track: the sequence's name
_DATA_BYTES = {0xC: 1, 0xD: 1}  # of channel messages; the others have two


class _Refused(Exception):
    """The file is no usable music; the message goes into the answer."""


def confine(memory_bytes: int, cpu_seconds: int) -> None:
    """Give up what decoding does not need; a limit that is lower already stays."""
    _lower(resource.RLIMIT_AS, memory_bytes)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, 64)
    _lower(resource.RLIMIT_CPU, cpu_seconds)


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (wanted, wanted))


def allow_cpu_for_one_file() -> None:
    """Move the soft limit to CPU_SECONDS from now; passing it ends the process."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time()) + 1 + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, hard), hard))


def midi_seconds(content: bytes) -> float:
    """How long a MIDI file sounds: from its start to the end of its last note."""
    import symusic

    score: Any = symusic.Score.from_midi(content)
    if score.tpq <= 0:
        raise _Refused("its header has no ticks per quarter note")
    if score.note_num() == 0:
        raise _Refused("it holds no notes")
    return float(score.to("second").end())


def audio_seconds(content: bytes, media_type: str) -> float:
    """How long an audio file sounds, by decoding all of it."""
    from catalog.media.samples import SoundFile

    sound = SoundFile(io.BytesIO(content), media_type)
    return sum(len(block) for block in sound.blocks()) / sound.samples_per_second


def measures(content: bytes, media_type: str) -> dict[str, Any]:
    """What is measured of an audio file, its length among it."""
    from catalog.media.measuring import measure
    from catalog.media.samples import SoundFile

    return measure(SoundFile(io.BytesIO(content), media_type)).as_answer()


def picture(content: bytes, media_type: str) -> dict[str, Any]:
    """A recording as it is drawn: its outline, and how loud each band of pitches is over time.

    Returns:
        low, high: the smallest and the largest sample of each column, in per cent of full scale.
        mel: BANDS bytes a column, the lowest band first, from QUIETEST_DB (0) to the loudest
            band of the piece (255), in base64. Bands are triangles on O'Shaughnessy's mel scale,
            2595 log10(1 + f / 700).
    """
    import numpy as np

    from catalog.media.samples import SoundFile

    low, high, power = _columns(SoundFile(io.BytesIO(content), media_type))
    loudest = max(float(power.max()), FAINTEST_POWER)  # so that silence is not its own loudest
    loud_db = 10 * np.log10(np.maximum(power, 1e-12) / loudest)
    mel = (255 * (1 - loud_db / QUIETEST_DB)).clip(0, 255).astype(np.uint8)
    return {
        "low": np.rint(100 * low).astype(int).tolist(),
        "high": np.rint(100 * high).astype(int).tolist(),
        "mel": base64.b64encode(mel.tobytes()).decode(),
    }


def _columns(sound: "SoundFile") -> tuple[Any, Any, Any]:
    """The least and the largest sample of each column, and the power in its bands, block by block:
    no more of a recording is in the memory at once.
    """
    import numpy as np

    column_samples = max(COLUMN_SAMPLES, math.ceil(sound.stated_samples / MOST_COLUMNS))
    n_columns = max(1, math.ceil(sound.stated_samples / column_samples))
    low, high = np.zeros(n_columns), np.zeros(n_columns)
    power = np.zeros((n_columns, BANDS))
    filters, hann = _mel_filters(sound.samples_per_second), np.hanning(WINDOW_SAMPLES)
    n_read = 0
    for block in sound.blocks(column_samples):
        column = min(n_read // column_samples, n_columns - 1)
        n_read += len(block)
        mono = block.mean(axis=1, dtype=np.float64).clip(-1, 1)
        low[column], high[column] = min(low[column], mono.min()), max(high[column], mono.max())
        window = np.zeros(WINDOW_SAMPLES)
        window[: min(len(mono), WINDOW_SAMPLES)] = mono[:WINDOW_SAMPLES]
        bands = filters @ np.abs(np.fft.rfft(window * hann)) ** 2
        power[column] = np.maximum(power[column], bands)
    return low, high, power


def _mel_filters(samples_a_second: int) -> Any:
    """How much each frequency of a window counts in each band.  (BANDS, WINDOW_SAMPLES / 2 + 1)

    The bands are the same for every rate of samples, so that pictures can be compared.
    """
    import numpy as np

    lowest, highest = (2595 * math.log10(1 + hz / 700) for hz in (LOWEST_HZ, HIGHEST_HZ))
    edges_hz = 700 * (10 ** (np.linspace(lowest, highest, BANDS + 2) / 2595) - 1)
    bins_hz = np.fft.rfftfreq(WINDOW_SAMPLES, 1 / samples_a_second)
    # A band narrower than the bins would hear nothing: it is as wide as one of them.
    widths_hz = np.maximum(np.diff(edges_hz), bins_hz[1])
    rising = (bins_hz - edges_hz[1:-1, None]) / widths_hz[:-1, None] + 1
    falling = (edges_hz[1:-1, None] - bins_hz) / widths_hz[1:, None] + 1
    return np.maximum(0, np.minimum(rising, falling))


def midi_tags(content: bytes) -> dict[str, list[str]]:
    """The texts at the beginning of a MIDI file's first track: its name and its copyright."""
    start = content.find(b"MTrk")
    size_bytes = int.from_bytes(content[start + 4 : start + 8], "big")
    track = io.BytesIO(content[start + 8 : start + 8 + size_bytes] if start >= 0 else b"")
    texts: dict[str, list[str]] = {}
    status = 0
    while track.tell() < size_bytes:
        _variable_length(track)  # the time since the event before
        first = track.read(1)
        if not first:
            break
        if first[0] & 0x80:
            status = first[0]
        else:
            track.seek(-1, io.SEEK_CUR)  # running status
        if status == _META:
            kind = (track.read(1) or b"\x2f")[0]
            text = track.read(_variable_length(track))
            if kind in _META_TEXTS and text.strip():
                texts.setdefault(_META_TEXTS[kind], []).append(_decoded(text))
        elif status in _SYSEX:
            track.read(_variable_length(track))
        else:
            track.read(_DATA_BYTES.get(status >> 4, 2))
    return texts


def _variable_length(track: io.BytesIO) -> int:
    """A number of seven bits a byte, the last without its eighth (RP-001, page 2)."""
    value = 0
    for byte in iter(lambda: track.read(1), b""):
        value = value << 7 | byte[0] & 0x7F
        if not byte[0] & 0x80 or value >> 28:
            break
    return value


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def audio_tags(content: bytes) -> dict[str, list[str]]:
    """The tags of an audio file, whichever of the usual kinds it carries."""
    from tinytag import TinyTag

    found: dict[str, Any] = TinyTag.get(file_obj=io.BytesIO(content), duration=False).as_dict()
    return {name: [str(value) for value in found[name]] for name in TAGS if name in found}


def tags(content: bytes, media_type: str) -> dict[str, list[str]]:
    """What a file says of itself, no more of it than anybody writes."""
    found = midi_tags(content) if media_type == "audio/midi" else audio_tags(content)
    return {
        name: [value.replace("\0", " ").strip()[:LONGEST_TAG] for value in values[:MOST_TAG_VALUES]]
        for name, values in found.items()
    }


def seconds(content: bytes, media_type: str) -> float:
    """How long a file of music sounds."""
    if media_type == "audio/midi":
        return midi_seconds(content)
    return audio_seconds(content, media_type)


ANSWERS: dict[str, Callable[[bytes, str], Any]] = {
    "seconds": seconds,
    "measures": measures,
    "tags": tags,
    "picture": picture,
}


def answer(content: bytes, media_type: str, wants: str = "seconds") -> dict[str, Any]:
    """What to say of one file."""
    try:
        return {wants: ANSWERS[wants](content, media_type)}
    except MemoryError:
        return {"error": f"decoding it takes more than {MEMORY_BYTES >> 20} MiB of memory"}
    except Exception as error:  # noqa: BLE001 whatever a decoder throws is said of this file
        reason = getattr(error, "error_string", str(error))  # libsndfile's own words
        return {"error": " ".join(reason.split()).rstrip(".")[:200] or type(error).__name__}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the input ends."""
    while line := requests.readline():
        request = json.loads(line)
        content = requests.read(request["size_bytes"])
        allow_cpu_for_one_file()
        said = answer(content, request["media_type"], request["wants"])
        answers.write(json.dumps(said).encode() + b"\n")
        answers.flush()


def main() -> None:
    # Decoders print warnings; only answers may reach the parent's pipe.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    confine(MEMORY_BYTES, FILES_PER_CHILD * CPU_SECONDS)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
