"""What is wrong with a file, where, and what to do."""

from dataclasses import dataclass, field

LISTED = 100


@dataclass(frozen=True, order=True)
class Fault:
    """One fault; line 0 and an empty field mean the file as a whole."""

    line: int
    field: str
    message: str

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
    """Collects faults: the first ones in full, all of them counted."""

    listed: list[Fault] = field(default_factory=list)
    total: int = 0

    def add(self, line: int, name: str, message: str) -> None:
        self.total += 1
        if len(self.listed) < LISTED:
            self.listed.append(Fault(line, name, message))

    def refuse_if_any(self) -> None:
        """Raises IntakeRefused."""
        if self.total:
            raise IntakeRefused(tuple(sorted(self.listed)), self.total)


def refused(message: str) -> IntakeRefused:
    """A refusal of the file as a whole."""
    return IntakeRefused((Fault(0, "", message),), 1)
