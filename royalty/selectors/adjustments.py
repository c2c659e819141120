"""What changed a payee's account in a period without being earned or paid in it, and why.

Everything that the period's journals moved on what is owed to the payee, other than the period's
own allocation and payouts: restatements of earlier periods, releases of held money, journals that
people undid. The lines that differ are derived from the two runs of a restatement, like all lines.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from royalty.documents import Adjustment, Difference, StatementLine
from royalty.documents import Period as Days
from royalty.models import (
    AccountKind,
    Entry,
    JournalKind,
    Period,
    Restatement,
    RestatementKind,
    Side,
    Statement,
)
from royalty.selectors.credits import allocation_key
from royalty.selectors.lines import party_lines
from royalty.selectors.runs import kept_books_of

Key = tuple[str, str, str, str]  # source, generation, track, right
# Where a journal says which period it is about, first to last; each joins what a payee may not see.
ABOUT = (
    "journal__restatement__period",
    "journal__corrects__restatement__period",
    "journal__corrects__period",
    "journal__reverses__corrects__period",
)
KINDS = {
    JournalKind.RELEASE: "held money released",
    JournalKind.REVERSAL: "booking undone",
}


@dataclass(frozen=True)
class Moved:
    """What one journal moved on a payee's account, besides earnings and payouts."""

    period: Days | None
    kind: str
    reason: str
    atoms: int
    restatement_id: int | None


def adjustments_of(statement: Statement) -> tuple[Adjustment, ...]:
    """The adjustments of a statement, in the order of the books, without the lines that differ.

    A payee may ask for its own: nothing here is hidden from it.
    """
    return tuple(Adjustment(m.period, m.kind, m.reason, m.atoms) for m in _moved(statement))


def explained_adjustments(statement: Statement) -> tuple[Adjustment, ...]:
    """The same with every line that differs, before and after; for system, which sees all runs.

    Raises:
        SnapshotError: a run's snapshot is missing or altered.
        StatementError: the lines of both runs do not lead to what was booked.
    """
    moved = list(_moved(statement))
    restated = Restatement.objects.select_related(
        "run__period__contract", "instead_of__period__contract"
    ).in_bulk([each.restatement_id for each in moved if each.restatement_id])
    ref = statement.party.ref
    return tuple(
        Adjustment(
            each.period,
            each.kind,
            each.reason,
            each.atoms,
            _differences(restated[each.restatement_id], ref) if each.restatement_id else (),
        )
        for each in moved
    )


def _moved(statement: Statement) -> Iterator[Moved]:
    period = statement.period
    about = [f"{path}__{day}" for path in ABOUT for day in ("starts_on", "ends_on")]
    rows = (
        Entry.objects.filter(
            account__kind=AccountKind.PARTY_PAYABLE,
            account__party=statement.party_id,
            account__contract=period.contract_id,
            journal__period=period,
        )
        .exclude(journal__idempotency_key=allocation_key(period))
        .exclude(journal__kind=JournalKind.PAYOUT)
        .exclude(journal__kind=JournalKind.REVERSAL, journal__reverses__kind=JournalKind.PAYOUT)
        .values(
            *("journal_id", "journal__kind", "journal__memo"),
            *("journal__restatement", "journal__restatement__kind", "journal__restatement__reason"),
            *about,
        )
        .annotate(
            credit=Sum("amount_atoms", filter=Q(side=Side.CREDIT), default=0),
            debit=Sum("amount_atoms", filter=Q(side=Side.DEBIT), default=0),
        )
        .order_by("journal_id")
    )
    for row in rows:
        kind, reason = _why(row)
        atoms = int(row["credit"]) - int(row["debit"])
        yield Moved(_about(row), kind, reason, atoms, row["journal__restatement"])


def _why(row: dict[str, Any]) -> tuple[str, str]:
    """A few words and a sentence; journals without a row that says why have it in their memo."""
    if row["journal__restatement__kind"]:
        kind = RestatementKind(row["journal__restatement__kind"])
        return kind.label, row["journal__restatement__reason"]
    journal_kind = JournalKind(row["journal__kind"])
    _, _, reason = row["journal__memo"].partition(": ")
    return KINDS.get(journal_kind, journal_kind.label.lower()), reason or row["journal__memo"]


def _about(row: dict[str, Any]) -> Days | None:
    for path in ABOUT:
        starts_on, ends_on = row[f"{path}__starts_on"], row[f"{path}__ends_on"]
        if starts_on is not None:
            period = Period(starts_on=starts_on, ends_on=ends_on)
            return Days(period.label, period.starts_on, period.last_day)
    return None


def _differences(restatement: Restatement, party_ref: str) -> tuple[Difference, ...]:
    """The party's lines that differ between the run that counted before and the one since."""
    before, after = (
        _by_key(party_lines(kept_books_of(run), party_ref))
        for run in (restatement.instead_of, restatement.run)
    )
    return tuple(
        Difference(before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if _atoms(before.get(key)) != _atoms(after.get(key))
    )


def _by_key(lines: Iterable[StatementLine]) -> dict[Key, StatementLine]:
    return {
        (line.source.value, line.generation_id or "", line.track_id, line.right_type): line
        for line in lines
    }


def _atoms(line: StatementLine | None) -> int:
    return line.atoms if line else 0
