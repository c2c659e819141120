"""How long a file sounds and what it says of itself, asked of a confined child process.

One child decodes many files, so that hundreds take seconds; one that dies or dallies is ended, its
file is refused, and the next file gets a new child.
"""

import json
import math
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from catalog.media import decoder
from catalog.media.kinds import LONGEST_SECONDS, MIDI, Kind
from catalog.media.measures import Measures
from catalog.media.outline import Outline
from catalog.media.reading import UnreadableMedia

_ROOT = str(Path(__file__).resolve().parents[2])
_PROGRAM = f"import sys; sys.path.insert(0, {_ROOT!r}); import catalog.media.decoder as d; d.main()"
COMMAND = (sys.executable, "-I", "-B", "-c", _PROGRAM)
# More threads than one would only eat the child's address space.
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
WALL_SECONDS = 60.0  # for one file; the limit on processor time is the decoder's own
LONGEST_ANSWER_BYTES = 1 << 20
_OUT_OF_TIME = {-signal.SIGKILL, -signal.SIGXCPU}


@dataclass(frozen=True)
class Look:
    """How long a piece sounds, and what was measured of it if it is a recording."""

    seconds: float
    measures: Measures | None


class Prober:
    """Asks the child; a context manager, since a child must not outlive its use."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._end()

    def look(self, content: bytes, kind: Kind) -> Look:
        """What is kept of a piece when it is taken in.

        Raises:
            UnreadableMedia: it cannot be decoded within the limits, or lasts too long or no time.
        """
        if kind is MIDI:
            return Look(self.seconds(content, kind), None)
        measures = self.measures(content, kind)
        return Look(measures.seconds, measures)

    def seconds(self, content: bytes, kind: Kind) -> float:
        """How long the piece sounds, in seconds.

        Raises:
            UnreadableMedia: it cannot be decoded within the limits, or is silent or too long.
        """
        return _checked_seconds(self._answer(content, kind, "seconds"))

    def measures(self, content: bytes, kind: Kind) -> Measures:
        """What is measured of a recording, its length among it.

        Raises:
            UnreadableMedia: it cannot be decoded within the limits, or is too long.
        """
        answer = self._answer(content, kind, "measures")
        try:
            found = Measures.from_answer(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise UnreadableMedia(f"It was measured as {kind.label} in no way to show.") from error
        _checked_seconds(found.seconds)
        return found

    def tags(self, content: bytes, kind: Kind) -> dict[str, list[str]]:
        """What the file says of itself, by the names in `decoder.TAGS` and "copyright".

        Raises:
            UnreadableMedia: its tags cannot be read within the limits.
        """
        return cast(dict[str, list[str]], self._answer(content, kind, "tags"))

    def picture(self, content: bytes, kind: Kind) -> Outline:
        """What of a recording is drawn.

        Raises:
            UnreadableMedia: it cannot be decoded within the limits.
        """
        answer = self._answer(content, kind, "picture")
        try:
            return Outline.from_answer(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise UnreadableMedia(f"It was drawn as {kind.label} in no way to show.") from error

    def _answer(self, content: bytes, kind: Kind, wants: str) -> object:
        if self._asked >= decoder.FILES_PER_CHILD:
            self._end()
        child = self._child or self._start()
        self._asked += 1
        reply = _ask(child, content, kind, wants)
        if reply is None:
            raise UnreadableMedia(_cause_of_death(self._end(), kind))
        if wants not in reply:
            raise UnreadableMedia(f"It cannot be read as {kind.label}: {reply.get('error')}.")
        return reply[wants]

    def _start(self) -> subprocess.Popen[bytes]:
        self._child = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        self._asked = 0
        return self._child

    def _end(self) -> int:
        """End the child, if there is one; returns its exit status, negative for a signal."""
        child, self._child = self._child, None
        if child is None:
            return 0
        cast(IO[bytes], child.stdout).close()
        with suppress(BrokenPipeError):
            cast(IO[bytes], child.stdin).close()  # the end of its input is its sign to stop
        try:
            return child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


def _ask(
    child: "subprocess.Popen[bytes]", content: bytes, kind: Kind, wants: str
) -> dict[str, object] | None:
    """The child's answer, or None if it died or spoke nonsense."""
    request = {"media_type": kind.media_type, "size_bytes": len(content), "wants": wants}
    stdin, stdout = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)
    watchdog = threading.Timer(WALL_SECONDS, child.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.write(content)
        stdin.flush()
        reply = json.loads(stdout.readline(LONGEST_ANSWER_BYTES))
    except (BrokenPipeError, ValueError):
        return None
    finally:
        watchdog.cancel()
    return reply if isinstance(reply, dict) else None


def _cause_of_death(status: int, kind: Kind) -> str:
    if status in _OUT_OF_TIME:
        return f"Decoding it as {kind.label} takes too long; export the piece again."
    return f"It made the {kind.label} decoder crash; export the piece again."


def _checked_seconds(value: object) -> float:
    seconds = float(value) if isinstance(value, int | float) else math.nan
    if not 0 < seconds <= LONGEST_SECONDS:
        raise UnreadableMedia(
            f"It lasts {seconds:,.3g} s; a piece lasts more than 0 s and at most "
            f"{LONGEST_SECONDS / 3600:g} hours."
        )
    return seconds
