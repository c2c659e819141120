"""A statement as a document: the figures of the books in the words that a payee reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from attribution.models import AttributionRun
from common.hashing import sha256_json
from royalty.documents import (
    Adjustment,
    Attribution,
    Change,
    LineSource,
    Period,
    Scale,
    StatementDocument,
    StatementLine,
    TopWork,
)
from royalty.documents.language import BRITISH
from royalty.models import AllocationRun, Contract, FallbackRule, RevenueKind, Statement
from royalty.models import Period as AccountingPeriod
from royalty.selectors.adjustments import explained_adjustments
from royalty.selectors.payees import terms_of
from royalty.selectors.settlements import settlements_of

TOP_WORKS = 10
FALLBACK_NOTES = {
    FallbackRule.EQUAL_TRAINING_SET: (
        "Where no track accounts for what a piece earned, the contract shares that part equally "
        "among all tracks that the model was trained on."
    ),
    FallbackRule.HELD: (
        "Where no track accounts for what a piece earned, the contract holds that part."
    ),
    FallbackRule.PLATFORM: (
        "Where no track accounts for what a piece earned, the contract returns that part to the "
        "platform."
    ),
}


@dataclass(frozen=True)
class Movement:
    """How a statement's balance moved, in atoms: the opening, what changed it, what leaves it."""

    opening_atoms: int
    changes: tuple[Change, ...]
    payable_atoms: int  # whole minor units of a positive balance
    carried_atoms: int


def movement_of(statement: Statement) -> Movement:
    """The balance carried forward, and what changed it.

    What an earlier statement called payable is a change of its own, and so is what was paid of it
    since, so that this statement opens with what the last one carried forward.
    """
    settled = Change("Paid out, with what was kept back", statement.settled_atoms)
    adjusted = Change("Corrections of earlier periods", statement.adjustment_atoms)
    return _movement(statement, (settled, adjusted))


def detailed_movement_of(statement: Statement, adjustments: Iterable[Adjustment]) -> Movement:
    """The same with every step of what was paid, and every adjustment, on a line of its own."""
    steps = (_adjusted(each) for each in adjustments)
    return _movement(statement, (*settlements_of(statement), *steps))


def _movement(statement: Statement, changes: Iterable[Change]) -> Movement:
    opening, closing = statement.opening_atoms, statement.closing_atoms
    unpaid, payable = (payable_of(statement, atoms) for atoms in (opening, closing))
    waiting = "" if statement.settled_atoms else ", not yet paid"
    other = (Change(f"Payable from earlier statements{waiting}", unpaid), *changes)
    moved = (*_earned(statement), *(change for change in other if change.atoms))
    return Movement(opening - unpaid, moved, payable, closing - payable)


def _adjusted(adjustment: Adjustment) -> Change:
    about = f" of {adjustment.period.label}" if adjustment.period else ""
    label = f"Adjustment{about}: {adjustment.kind}"
    return Change(label, adjustment.atoms, is_adjustment=True)


def _earned(statement: Statement) -> tuple[Change, ...]:
    topped_up = Change("Minimum guarantee", statement.guarantee_atoms, LineSource.GUARANTEE)
    guaranteed = (topped_up,) if statement.guarantee_atoms else ()
    if statement.period.contract.revenue_kind == RevenueKind.TRAINING:
        fee = Change("Training fee", statement.fallback_atoms, LineSource.TRAINING)
        return (fee, *guaranteed)
    return (
        Change("Attributed to your works", statement.attributed_atoms, LineSource.ATTRIBUTED),
        Change("From the contract's fallback", statement.fallback_atoms, LineSource.FALLBACK),
        *guaranteed,
    )


def payable_of(statement: Statement, balance_atoms: int) -> int:
    """The part of a balance that can be paid: whole minor units of the statement's currency."""
    return max(0, balance_atoms - balance_atoms % statement.period.contract.money.atoms_per_minor)


def statement_document(statement: Statement, lines: Sequence[StatementLine]) -> StatementDocument:
    """The document of a statement whose lines are given; for system, which sees all runs.

    Raises:
        SnapshotError: the snapshot of a run that an adjustment is about is missing or altered.
        StatementError: figures that contradict each other.
    """
    run, contract = statement.run, statement.period.contract
    adjustments = explained_adjustments(statement)
    movement = detailed_movement_of(statement, adjustments)
    period = _period(statement.period)
    return StatementDocument(
        statement_id=f"{statement.period}/{statement.party.ref}",
        version=statement.version,
        payee_name=statement.party.name,
        payee_ref=statement.party.ref,
        platform=contract.platform.name,
        service=contract.service,
        contract_code=contract.code,
        allocation_model=contract.allocation_terms,
        allocation_sentence=contract.allocation_sentence,
        usage_period=period,
        accounting_period=period,
        scale=Scale(contract.currency, contract.money.decimals, contract.money.atoms_per_minor),
        pool_atoms=run.pool_atoms,
        opening_atoms=movement.opening_atoms,
        changes=movement.changes,
        payable_atoms=movement.payable_atoms,
        closing_atoms=movement.carried_atoms,
        top_works=_top_works(lines),
        n_works=len({line.track_id for line in lines}),
        n_pieces=len({line.generation_id for line in lines} - {None}),
        n_lines=len(lines),
        attribution=attribution_of(run),
        fallback_note=fallback_note(contract),
        input_hash=run.snapshot_sha256,
        lines_hash=_lines_hash(lines),
        revenue_type=contract.revenue_kind,
        adjustments=adjustments,
        language=_language(statement),
        version_reason=statement.reason,
    )


def _language(statement: Statement) -> str:
    """What the payee's terms said on the period's last day."""
    period = statement.period
    terms = terms_of([statement.party], period.contract.currency, period.last_day)
    return terms[statement.party_id].language if terms else BRITISH


def fallback_note(contract: Contract) -> str:
    """What becomes of money that no track accounts for, in plain words."""
    if contract.revenue_kind == RevenueKind.TRAINING:
        return "It is paid for having trained on your works, whatever was generated."
    return FALLBACK_NOTES[FallbackRule(contract.fallback)]


def _period(period: AccountingPeriod) -> Period:
    return Period(label=period.label, first=period.starts_on, last=period.last_day)


def _top_works(lines: Iterable[StatementLine]) -> tuple[TopWork, ...]:
    """The tracks that earned most; ties go to the lower id."""
    by_track: dict[str, list[StatementLine]] = {}
    for line in lines:
        by_track.setdefault(line.track_id, []).append(line)
    works = [(ref, _work(its)) for ref, its in by_track.items()]
    works.sort(key=lambda pair: (-pair[1].atoms, pair[0]))
    return tuple(work for _, work in works[:TOP_WORKS])


def _work(lines: Sequence[StatementLine]) -> TopWork:
    attributed = [line for line in lines if line.source is LineSource.ATTRIBUTED]
    return TopWork(
        title=lines[0].title,
        creators=lines[0].artist,
        n_pieces=len(attributed),
        n_uses=sum(line.n_uses or 0 for line in attributed),
        attributed_atoms=sum(line.atoms for line in attributed),
        fallback_atoms=sum(
            line.atoms for line in lines if line.source is not LineSource.ATTRIBUTED
        ),
        share_ppb=_mean([line.share_ppb for line in attributed]),
        share_low_ppb=_mean([line.share_low_ppb for line in attributed]),
        share_high_ppb=_mean([line.share_high_ppb for line in attributed]),
    )


def _mean(shares_ppb: list[int | None]) -> int | None:
    """The mean, cut to whole ppb; none unless every line has one."""
    known = [share for share in shares_ppb if share is not None]
    return sum(known) // len(known) if known and len(known) == len(shares_ppb) else None


def attribution_of(run: AllocationRun) -> Attribution:
    """Where the run's shares come from, in words."""
    runs = list(AttributionRun.objects.filter(pk__in=run.attribution_runs).order_by("finished_at"))
    if not runs:
        return Attribution("", "none", "not measured", "No piece of this period was attributed.")
    last = runs[-1]
    others = f" and {len(runs) - 1} earlier" if len(runs) > 1 else ""
    label, sentence = _quality(last.quality)
    return Attribution(f"{last.pk}{others}", last.method, label, sentence)


def _quality(quality: dict[str, Any]) -> tuple[str, str]:
    """A few words and a sentence about how far the shares can be trusted."""
    false_payment = quality.get("false_payment")
    if false_payment is None:
        return "not measured", "How often this run pays wrongly was not measured."
    percent = f"{100 * false_payment:.1f} %"
    return (
        f"false payment {percent}",
        f"Control tracks that the model was never trained on would have been given {percent} of "
        "the money; that is how often this run is wrong where the truth is known.",
    )


def _lines_hash(lines: Iterable[StatementLine]) -> str:
    return sha256_json(
        [[line.source.value, line.generation_id, line.track_id, line.atoms] for line in lines]
    )
