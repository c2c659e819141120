"""What is wrong with a file, where, and what to do."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

LISTED = 100
MOST_KEPT = 1_000_000


@dataclass(frozen=True, order=True)
class Fault:
    """One fault; line 0 and an empty field mean the file as a whole."""

    line: int
    field: str
    message: str
    event_id: str = ""  # where the line shows one

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.line and f"line {self.line}", self.field) if part)
        return f"{place}: {self.message}" if place else self.message


class IntakeRefused(Exception):
    """The file was not taken, and nothing changed; the first faults are listed."""

    def __init__(self, faults: tuple[Fault, ...], total: int) -> None:
        self.faults = faults
        self.total = total
        more = f" (and {total - len(faults)} more)" if total > len(faults) else ""
        super().__init__("; ".join(str(fault) for fault in faults[:3]) + more)


@dataclass
class Faults:
    """Collects faults: the first ones are listed, all of them counted.

    With a file to keep them in, every one is written there, up to MOST_KEPT.
    """

    kept_in: IO[str] | None = None
    listed: list[Fault] = field(default_factory=list)
    total: int = 0
    is_of_file: bool = False  # one of them is about the file as a whole

    def add(self, line: int, name: str, message: str, event_id: str = "") -> None:
        """Note a fault.

        Raises:
            IntakeRefused: more faults are kept than anybody could want.
        """
        self.total += 1
        self.is_of_file |= not line
        fault = Fault(line, name, message, event_id)
        if len(self.listed) < LISTED:
            self.listed.append(fault)
        if self.kept_in is not None:
            self.kept_in.write(json.dumps([line, event_id, name, message]) + "\n")
            if self.total >= MOST_KEPT:
                raise self._refusal()

    @property
    def most_told(self) -> int:
        """How many faults of one sort are worth being put into words."""
        return LISTED if self.kept_in is None else MOST_KEPT

    def kept(self) -> Iterator[tuple[int, str, str, str]]:
        """Line, event id, field and message of every fault that was kept."""
        assert self.kept_in is not None
        self.kept_in.seek(0)
        for text in self.kept_in:
            line, event_id, name, message = json.loads(text)
            yield line, event_id, name, message

    def refuse_if_any(self) -> None:
        """Raises IntakeRefused."""
        if self.total:
            raise self._refusal()

    def _refusal(self) -> IntakeRefused:
        return IntakeRefused(tuple(sorted(self.listed)), self.total)


def refused(message: str) -> IntakeRefused:
    """A refusal of the file as a whole."""
    return IntakeRefused((Fault(0, "", message),), 1)
