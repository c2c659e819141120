"""Reading in a child process with limits of its own: what C and Rust code parses for us.

The child (`catalog.formats.child`) gets the open file as its input, gives up the memory, processor
time and files that it does not need, and writes one line of JSON for each thing that it read. It
waits for nothing but that file, so its limit on processor time ends it if nothing else does. A file
that brings its parser down thus ends one child, and its rows end with a sentence.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

LONGEST_ANSWER_BYTES = 64 << 20
_ROOT = str(Path(__file__).resolve().parents[2])
_PROGRAM = f"import sys; sys.path.insert(0, {_ROOT!r}); import catalog.formats.child as c; c.main()"
COMMAND = (sys.executable, "-I", "-B", "-c", _PROGRAM)
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_OUT_OF_TIME = {-signal.SIGKILL, -signal.SIGXCPU}
Answer = dict[str, Any]


class Unreadable(Exception):
    """The child could not read the file; the message says why and what to do."""


def answers(
    reader: str, handle: BinaryIO, options: Mapping[str, Any]
) -> Generator[Answer, None, None]:
    """What a reader of the child says of a file, one answer after the other.

    Closes `handle`; ends the child when the iterator ends or is closed.

    Raises:
        Unreadable: the file cannot be read within the limits; what came before is whole.
    """
    with handle:
        child = subprocess.Popen(
            (*COMMAND, reader, json.dumps(options)),
            stdin=handle,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        try:
            yield from _answers_of(child)
        finally:
            child.kill()
            cast(IO[bytes], child.stdout).close()
            child.wait()


def _answers_of(child: "subprocess.Popen[bytes]") -> Generator[Answer, None, None]:
    output = cast(IO[bytes], child.stdout)
    while line := output.readline(LONGEST_ANSWER_BYTES):
        try:
            answer = json.loads(line)
        except ValueError:
            break
        if "unreadable" in answer:
            raise Unreadable(str(answer["unreadable"]))
        if "end" in answer:
            return
        yield answer
    raise Unreadable(_cause_of_death(child.wait()))


def _cause_of_death(status: int) -> str:
    if status in _OUT_OF_TIME:
        return "Reading the file takes too long; split it, or send it as CSV."
    return "The file made its reader crash; save it again, or send it as CSV."
