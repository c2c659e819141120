"""Making a run: the snapshot is built and kept, the pool is apportioned, the result is recorded."""

import io
from datetime import datetime
from typing import Any

from accounts.models import User
from common.storage import put
from royalty.apportionment import (
    Allocation,
    LineKind,
    Snapshot,
    SnapshotError,
    allocate,
    commission_atoms,
)
from royalty.models import AllocationRun, Contract, Period
from royalty.selectors.contested import contested_money
from royalty.selectors.most_favoured import contract_breaches
from royalty.selectors.rates import rates_used
from royalty.selectors.runs import code_version, lines_sha256
from royalty.selectors.snapshots import BuiltSnapshot, build_snapshot
from royalty.selectors.unverified import held_sentence
from royalty.selectors.usage_holds import uncounted_holds
from royalty.services.usage_holds import record_findings

LISTED = 100  # exceptions of one sort that are named one by one


class PeriodError(Exception):
    """What cannot be done with a period, and what to do instead."""


def make_run(period: Period, user: User | None, as_of: datetime) -> AllocationRun:
    """Apportion the period from the database as it is now; needs a transaction.

    Raises:
        PeriodError: the facts contradict each other.
    """
    contract = period.contract
    try:
        built = build_snapshot(period)
        commission = commission_atoms(
            built.gross_atoms, contract.commission_ppm, contract.money.atoms_per_minor
        )
        pool_atoms = built.gross_atoms - commission
        allocation = allocate(built.snapshot, contract.allocation_model, pool_atoms, contract.rules)
    except SnapshotError as error:
        raise PeriodError(f"{period} cannot be apportioned: {error}") from error
    left_out = record_findings(period, built.screened.found, as_of)
    return AllocationRun.objects.create(
        period=period,
        snapshot_sha256=built.snapshot.digest(),
        snapshot_name=_store_snapshot(built.snapshot),
        lines_sha256=lines_sha256(allocation),
        line_count=len(allocation.atoms),
        use_count=built.use_count,
        left_out_uses=built.screened.left_out_uses,
        left_out=left_out,
        gross_atoms=built.gross_atoms,
        commission_atoms=commission,
        pool_atoms=pool_atoms,
        guarantee_atoms=allocation.guarantee_atoms,
        totals_atoms={kind.name.lower(): atoms for kind, atoms in allocation.by_kind().items()},
        exceptions=_exceptions(built, allocation, period),
        attribution_runs=list(built.attribution_runs),
        last_intake_file=built.last_intake_file,
        exchange_rates=rates_used(period, built.last_intake_file),
        code_version=code_version(),
        computed_by=user,
        computed_at=as_of,
    )


def _store_snapshot(snapshot: Snapshot) -> str:
    """Keep the snapshot under the name of its content."""
    digest = snapshot.digest()
    name = f"snapshots/{digest[:2]}/{digest}.npz"
    buffer = io.BytesIO()
    snapshot.save(buffer)
    put(name, buffer.getvalue())
    return name


def _exceptions(built: BuiltSnapshot, allocation: Allocation, period: Period) -> list[str]:
    """Sentences for the person who reviews: where the money went because something is missing."""
    fallback = period.contract.get_fallback_display()
    sentences = _listed(
        [
            f"Generation {name} {_lack(built.vetoes.get(name))}; all it earned is {fallback}."
            for name in built.without_attribution
        ],
        "generations without a finished attribution",
    )
    sentences += _listed(
        [held_sentence(*piece) for piece in built.unverified.items()],
        "generations with features that are not verified",
    )
    unclaimed = allocation.by_kind()[LineKind.HELD_UNCLAIMED]
    if unclaimed:
        names = sorted(
            {
                built.snapshot.track_ids[track]
                for track in allocation.track[allocation.kind == LineKind.HELD_UNCLAIMED]
            }
        )
        sentences += _listed(
            [f"Track {name} earned for owners who are not known; held." for name in names],
            "tracks with unknown owners",
        )
    contested = contested_money(built.snapshot, allocation, period.contract.rights)
    sentences += _listed(
        [each.sentence(period.contract.money) for each in contested], "contested tracks"
    )
    sentences += contract_breaches(period.contract, period.last_day)
    if allocation.guarantee_atoms:
        sentences.append(_topped_up(allocation, period.contract))
    if allocation.idle_atoms:
        amount = period.contract.money.format_atoms(allocation.idle_atoms)
        sentences.append(f"{amount} {period.contract.currency} had no use to follow.")
    return sentences + _listed([_kept_out(hold) for hold in uncounted_holds(period)], "held uses")


def _topped_up(allocation: Allocation, contract: Contract) -> str:
    """That the platform owes more than it took in."""
    amounts = (contract.guarantee_atoms, allocation.pool_atoms, allocation.guarantee_atoms)
    guaranteed, pool, missing = (contract.money.format_atoms(atoms) for atoms in amounts)
    return (
        f"The contract guarantees {guaranteed} {contract.currency}; the pool is {pool}, so the "
        f"platform owes {missing} on top."
    )


def _kept_out(hold: Any) -> str:
    """Whose uses did not count, and who decided so; a hold of `uncounted_holds`."""
    if hold.decision is None:
        return f"Held until somebody decides (hold {hold.pk}): {hold.sentence}"
    return f"Left out by {hold.decided_by}, {hold.reason!r} (hold {hold.pk}): {hold.sentence}"


def _lack(vetoes: tuple[str, ...] | None) -> str:
    """Why a generation has no attribution that counts."""
    if vetoes is None:
        return "has no finished attribution"
    return f"was attributed by a run that must not be paid by ({' '.join(vetoes)})"


def _listed(sentences: list[str], what: str) -> list[str]:
    more = len(sentences) - LISTED
    return sentences[:LISTED] + ([f"And {more} more {what}."] if more > 0 else [])
