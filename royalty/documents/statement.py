"""What a statement says, independent of its format: the facts, and that they add up.

A statement settles one payee's account under one contract for one period. Amounts are atoms;
`scale` says what an atom is. Knows nothing of PDF or CSV.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from royalty.documents.amounts import Scale


class StatementError(ValueError):
    """A statement whose figures contradict each other; the message says which."""


class LineSource(Enum):
    """Why money reached the payee; also the word that the CSV prints."""

    ATTRIBUTED = "attributed"
    FALLBACK = "fallback"
    TRAINING = "training fee"
    GUARANTEE = "minimum guarantee"


@dataclass(frozen=True)
class Period:
    """A named span of days; both dates are included."""

    label: str
    first: date
    last: date


@dataclass(frozen=True)
class Change:
    """One step of the waterfall: what was added to (or, negative, taken from) the balance.

    `source` is set where the change is earned by lines, None for fees, reserves, corrections.
    """

    label: str
    atoms: int
    source: LineSource | None = None
    is_adjustment: bool = False  # of an earlier period, with a reason
    is_settlement: bool = False  # a step of what was paid


@dataclass(frozen=True)
class Difference:
    """A line of an earlier period that came out differently: what it was, and what it is."""

    before: "StatementLine | None"
    after: "StatementLine | None"

    def __post_init__(self) -> None:
        if self.before is None and self.after is None:
            raise StatementError("A difference is between a line and another one, or none.")

    @property
    def line(self) -> "StatementLine":
        """The line that it is about, as it is now if it still exists."""
        line = self.after or self.before
        assert line is not None
        return line

    @property
    def before_atoms(self) -> int:
        return self.before.atoms if self.before else 0

    @property
    def after_atoms(self) -> int:
        return self.after.atoms if self.after else 0

    @property
    def atoms(self) -> int:
        return self.after_atoms - self.before_atoms


@dataclass(frozen=True)
class Adjustment:
    """What was corrected of an earlier period, why, and through which lines it came about.

    Raises StatementError if there are differing lines and they do not sum to the amount.
    """

    period: "Period | None"  # None where the books name none
    kind: str  # a few words, such as "changed ownership"
    reason: str  # a sentence
    atoms: int
    differences: tuple[Difference, ...] = ()

    def __post_init__(self) -> None:
        found = sum(each.atoms for each in self.differences)
        if self.differences and found != self.atoms:
            raise StatementError(
                f"The lines that differ ({self.kind}: {self.reason}) come to {found} atoms, the "
                f"books moved {self.atoms}."
            )


@dataclass(frozen=True)
class TopWork:
    """One of the payee's works with what it earned in the period."""

    title: str
    creators: str
    n_pieces: int  # generated pieces that it was found to have shaped
    n_uses: int  # of those pieces, in the period
    attributed_atoms: int
    fallback_atoms: int  # earned without a piece: by the fallback, or by a training fee
    share_ppb: int | None = None  # mean estimated share in those pieces; None without any
    share_low_ppb: int | None = None
    share_high_ppb: int | None = None

    @property
    def atoms(self) -> int:
        """Everything that the work earned."""
        return self.attributed_atoms + self.fallback_atoms


@dataclass(frozen=True)
class Attribution:
    """Which attribution run the shares come from, and how far it can be trusted."""

    run: str
    method: str
    quality_label: str  # a few words, printed on every CSV line
    quality_sentence: str  # for people


@dataclass(frozen=True)
class StatementDocument:
    """All that a statement shows. Raises StatementError if its amounts do not add up."""

    statement_id: str
    version: int
    payee_name: str
    payee_ref: str
    platform: str
    service: str
    contract_code: str
    allocation_model: str
    allocation_sentence: str  # the contract's rule in plain words
    usage_period: Period
    accounting_period: Period
    scale: Scale
    pool_atoms: int  # the platform's pool after commission that this payee shared in
    opening_atoms: int
    changes: tuple[Change, ...]
    payable_atoms: int
    closing_atoms: int  # carried forward
    top_works: tuple[TopWork, ...]  # those that earned most, first
    n_works: int
    n_pieces: int
    n_lines: int
    attribution: Attribution
    fallback_note: str
    input_hash: str  # of the snapshot that was apportioned
    lines_hash: str  # of the payee's lines that this statement was made from
    revenue_type: str = ""  # what the platform earned: subscriptions, output, training, advertising
    adjustments: tuple[Adjustment, ...] = ()  # each is one of the changes
    version_reason: str = ""  # why a later version was issued
    language: str = "en-GB"  # a tag of royalty.documents.language

    def __post_init__(self) -> None:
        if self.balance_atoms - self.payable_atoms != self.closing_atoms:
            raise StatementError(
                f"Statement {self.statement_id}: opening and changes make {self.balance_atoms}"
                f" atoms, less {self.payable_atoms} payable, but the closing balance says"
                f" {self.closing_atoms}."
            )
        if self.payable_atoms < 0 or self.payable_atoms % self.scale.atoms_per_minor:
            raise StatementError(
                f"Statement {self.statement_id}: {self.payable_atoms} atoms cannot be paid; a"
                " payment is a whole number of minor units and never negative."
            )
        adjusted = sum(change.atoms for change in self.changes if change.is_adjustment)
        if adjusted != sum(adjustment.atoms for adjustment in self.adjustments):
            raise StatementError(
                f"Statement {self.statement_id} adjusts by {adjusted} atoms, its reasons by "
                f"{sum(adjustment.atoms for adjustment in self.adjustments)}."
            )
        if self.n_works < len(self.top_works):
            raise StatementError(
                f"Statement {self.statement_id} shows {len(self.top_works)} works but counts"
                f" {self.n_works}."
            )

    @property
    def balance_atoms(self) -> int:
        """The balance before payment."""
        return self.opening_atoms + sum(change.atoms for change in self.changes)

    def earned_atoms(self, source: LineSource | None = None) -> int:
        """What the lines earned in the period, all or from one source."""
        return sum(
            change.atoms
            for change in self.changes
            if change.source is not None and source in (None, change.source)
        )


@dataclass(frozen=True)
class StatementLine:
    """One line: what one holder earned through one track of one generated piece.

    Fallback and training fee lines name no piece; fields that do not apply are None.
    """

    source: LineSource
    track_id: str
    isrc: str
    title: str
    artist: str
    right_type: str
    ownership_ppm: int
    atoms: int
    generation_id: str | None = None
    model: str = ""  # that made the piece
    n_uses: int | None = None
    piece_revenue_atoms: int | None = None
    share_ppb: int | None = None
    share_low_ppb: int | None = None
    share_high_ppb: int | None = None
