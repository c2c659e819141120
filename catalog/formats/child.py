"""The child process in which workbooks and XML are parsed; see `catalog.formats.confined`.

`main` first takes away the process's own means, then runs one reader on standard input and writes
its answers to standard output, each a line of JSON. It imports readers by name, so that a workbook
loads no XML library.
"""

import importlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Protocol

from catalog.media.decoder import confine

MEMORY_BYTES = 3 << 30
CPU_SECONDS = 600
READERS = {
    "ern": "catalog.formats.ern_reader",
    "workbook": "catalog.formats.workbook_reader",
}


class Refused(Exception):
    """The file cannot be read; the message says why and what to do."""


class Reader(Protocol):
    """What a module in `READERS` has."""

    def read(self, handle: BinaryIO, options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """What stands in the file; raises `Refused`."""


def main() -> None:
    name, options = sys.argv[1], json.loads(sys.argv[2])
    reader: Reader = importlib.import_module(READERS[name])
    # Parsers may print; only answers may reach the parent's pipe.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    confine(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
    with output:
        for answer in answers_of(reader, sys.stdin.buffer, options):
            output.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


def answers_of(
    reader: Reader, handle: BinaryIO, options: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The reader's answers and a last one that says how it ended."""
    try:
        yield from reader.read(handle, options)
    except Refused as refusal:
        yield {"unreadable": str(refusal)}
    except MemoryError:
        limit = MEMORY_BYTES >> 20
        yield {"unreadable": f"Reading the file takes more than {limit} MiB; split it."}
    except GeneratorExit:
        raise
    except BaseException as error:  # noqa: BLE001 whatever a parser throws, a panic of Rust as well
        reason = " ".join(str(error).split()).rstrip(".")[:200] or type(error).__name__
        yield {"unreadable": f"The file cannot be read: {reason}. Save it again and send that."}
    else:
        yield {"end": True}
