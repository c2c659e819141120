"""Which characters a text file's bytes are, found by reading all of it once, block by block.

UTF-8 is taken as it is, UTF-16 by its byte order mark. What is neither may be Windows-1252, in
which Western European programs save "CSV": it is taken if every sign above ASCII then stands where
it can stand in a word, and never without a warning that shows what was read. Where another reading
is as likely (Cyrillic, Japanese, Mac OS Roman, UTF-8 with a broken spot), the file is refused: a
name spelled wrong is worse than a file sent twice.
"""

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from catalog.manifest.faults import RowError, RowWarning, quote

BLOCK_BYTES = 1 << 20
WINDOWS = "cp1252"
_SAMPLE_LETTERS = 40
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What Windows-1252 has above ASCII: letters, and signs that stand beside words, not in them.
_LETTERS = "ŠŒŽšœžŸÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
_WORD = re.compile(rf"[A-Za-z{_LETTERS}]+")
_SMALL, _LARGE = r"[a-zà-öø-ÿšœžß]", "[ŠŒŽŸÀ-ÖØ-Þ]"
_IMPLAUSIBLE = re.compile(
    rf"{_SMALL}{_LARGE}"  # a capital inside a word: Mac OS Roman's ü would be Ÿ
    rf"|[{_LETTERS}]{{3}}"  # three such letters on end: another script
    r"|[A-Za-z][^\x00-\x7F\w’´»”…–—®°.,;:!?ªº·\s](?=[a-zà-öø-ÿ])"  # a sign inside a word
    r"|[\x80-\x9f]|[\w][¹²³¼½¾¿¡±¤¥¦§¨¬¯¶¸](?=\w)"
)
_UTF8_PAIR = re.compile(rb"[\xC3-\xDF][\x80-\xBF](?![\x80-\xBF])|[\xE0-\xEF][\x80-\xBF]{2}")


AS_CSV, AS_TEXT = "save it as “CSV UTF-8”", "save it as UTF-8"


@dataclass(frozen=True)
class Encoding:
    """How to decode a file: Python's name of the codec, and what to tell its author."""

    codec: str
    warnings: tuple[RowWarning, ...] = ()


def find_encoding(handle: BinaryIO, *, advice: str = AS_TEXT) -> Encoding | RowError:
    """The encoding of a whole file, or why it cannot be told; rewinds the file.

    Args:
        handle: the file, at its beginning.
        advice: how whoever made it gets a better one.
    """
    head = handle.read(4)
    handle.seek(0)
    codec = "utf-16" if head.startswith(_UTF16_MARKS) else "utf-8-sig"
    try:
        fault = _first_fault(handle, codec)
        if fault is None:
            return Encoding(codec)
        if fault.is_nul:
            return _nul(fault.line)
        if codec == "utf-16":
            return RowError(fault.line, "", _not(fault, "whole UTF-16", advice))
        handle.seek(0)
        return _as_windows(handle, fault, advice)
    finally:
        handle.seek(0)


@dataclass(frozen=True)
class _Fault:
    """Where a file stops being text of an encoding."""

    byte: int
    line: int
    is_nul: bool = False


def _first_fault(handle: BinaryIO, codec: str) -> _Fault | None:
    decoder = codecs.getincrementaldecoder(codec)()
    read_bytes, lines = 0, 1
    while True:
        block = handle.read(BLOCK_BYTES)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            held = max(0, len(error.object) - len(block))  # kept back from the block before
            return _Fault(
                read_bytes + error.start - held, lines + error.object.count(b"\n", 0, error.start)
            )
        nul = text.find("\0")
        if nul >= 0:
            return _Fault(0, lines + text.count("\n", 0, nul), is_nul=True)
        lines += text.count("\n")
        read_bytes += len(block)
        if not block:
            return None


def _as_windows(handle: BinaryIO, fault: _Fault, advice: str) -> Encoding | RowError:
    """Windows-1252, if every line reads well in it."""
    sample = ""
    number = 0
    while line := handle.readline(BLOCK_BYTES):
        number += 1
        if b"\0" in line:
            return _nul(number)
        if line.isascii():
            continue
        if _UTF8_PAIR.search(line):
            return RowError(fault.line, "", _not(fault, "all of it UTF-8", advice))
        try:
            text = line.decode(WINDOWS)
        except UnicodeDecodeError:
            return RowError(fault.line, "", _not(fault, "UTF-8 but another encoding", advice))
        if _IMPLAUSIBLE.search(text):
            return RowError(fault.line, "", _not(fault, "UTF-8 but another encoding", advice))
        sample = sample or _sample(text)
    message = (
        f"The file is not UTF-8; it was read as Windows-1252, for example {quote(sample)}. "
        f"If that is spelled wrong, {advice} and send it again."
    )
    return Encoding(WINDOWS, (RowWarning(fault.line, "", message),))


def _sample(text: str) -> str:
    """Some of a line around its first sign above ASCII."""
    at = next(place for place, letter in enumerate(text) if not letter.isascii())
    start = max(0, at - _SAMPLE_LETTERS // 2)
    return text[start : start + _SAMPLE_LETTERS].strip()


def _nul(line: int) -> RowError:
    return RowError(line, "", f"Line {line} holds a NUL byte; this is no text file.")


def _not(fault: _Fault, encoding: str, advice: str) -> str:
    return f"The manifest is not {encoding} (byte {fault.byte:,}, line {fault.line}); {advice}."
