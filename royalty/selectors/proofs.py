"""Roots and proofs of closed periods, derived again from the run that was posted.

Leaves are stored no more than lines are: the run's snapshot, the statements and the period's
secret bring every one of them back, and only the root is kept. Secrets are shown to system alone,
so only commands and workers make proofs; pages hand out what those made.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from django.db.models import QuerySet

from catalog.models import Party
from royalty.models import Contract, Period, PeriodRoot, PeriodSecret, Statement
from royalty.proof import ChainedRoot, PeriodTree, ProvenLines, Root, StatementHead
from royalty.proof import chained as chained_to
from royalty.proof import statement_proof as proof_file
from royalty.selectors.publishing import published_to
from royalty.selectors.runs import Books, books_of

FIRST_VERSION = 1  # of a statement: the one that was issued when its period was closed


class NoProofError(LookupError):
    """The statement has no leaf in its period's tree; the message says why."""


def period_tree(books: Books, statements: Iterable[Statement], *, secret: bytes) -> PeriodTree:
    """The tree over a run's lines and the statements that were issued with it."""
    contract = books.run.period.contract
    lines = ProvenLines(
        books.snapshot,
        books.allocation,
        model=contract.allocation_model,
        rights=contract.rights,
        currency=contract.currency,
    )
    return PeriodTree(lines, [_head(statement) for statement in statements], secret=secret)


def issued_statements(period: Period) -> QuerySet[Statement]:
    """The statements that are leaves of the period's tree."""
    return (
        Statement.objects.filter(period=period, version=FIRST_VERSION)
        .select_related("party", "period__contract")
        .order_by("pk")
    )


def _head(statement: Statement) -> StatementHead:
    period = statement.period
    # Only where there is one: the leaves of periods from before guarantees stay what they were.
    guaranteed = {"guarantee": statement.guarantee_atoms} if statement.guarantee_atoms else {}
    return StatementHead(
        payee=statement.party.ref,
        contract=period.contract.code,
        first_day=period.starts_on.isoformat(),
        last_day=period.last_day.isoformat(),
        version=statement.version,
        currency=statement.currency,
        amounts_atoms={
            "opening": statement.opening_atoms,
            "attributed": statement.attributed_atoms,
            "fallback": statement.fallback_atoms,
            "adjustment": statement.adjustment_atoms,
            "settled": statement.settled_atoms,
            "closing": statement.closing_atoms,
            **guaranteed,
        },
    )


def chained_root(
    period: Period, tree: PeriodTree, previous: PeriodRoot | ChainedRoot | None
) -> ChainedRoot:
    """The root of a period's tree, tied to the one before it."""
    root = Root(
        contract=period.contract.code,
        first_day=period.starts_on.isoformat(),
        last_day=period.last_day.isoformat(),
        leaf_count=tree.leaf_count,
        root_sha256=tree.root_sha256,
    )
    return chained_to(root, previous.chain_sha256 if previous else None)


def stored_root(row: PeriodRoot) -> ChainedRoot:
    """A root as it is published."""
    return ChainedRoot(
        contract=row.period.contract.code,
        first_day=row.period.starts_on.isoformat(),
        last_day=row.period.last_day.isoformat(),
        leaf_count=row.leaf_count,
        root_sha256=row.root_sha256,
        chain_sha256=row.chain_sha256,
    )


def roots(contract: Contract | None = None) -> list[ChainedRoot]:
    """The roots of all contracts, or of one, in the order of their days."""
    rows = PeriodRoot.objects.all()
    return _published(rows if contract is None else rows.filter(period__contract=contract))


def roots_of(parties: Collection[Party]) -> list[ChainedRoot]:
    """The roots of the periods of which some parties have published statements."""
    periods = published_to(parties).values("period")
    return _published(PeriodRoot.objects.filter(period__in=periods))


def _published(rows: QuerySet[PeriodRoot]) -> list[ChainedRoot]:
    in_order = rows.order_by("period__contract__code", "period__starts_on")
    return [stored_root(row) for row in in_order.select_related("period__contract")]


def last_root(contract: Contract) -> PeriodRoot | None:
    """The root that the contract's next period follows."""
    rows = PeriodRoot.objects.filter(period__contract=contract)
    return rows.order_by("-period__starts_on").first()


def differences(published: Iterable[ChainedRoot]) -> list[str]:
    """How the stored roots differ from a list that was published, one sentence each.

    This finds what recomputing cannot: lines, statements and roots that were forged together.
    """
    stored = {(root.contract, root.first_day): root for root in roots()}
    found = []
    for root in published:
        mine = stored.get((root.contract, root.first_day))
        name = f"The root of {root.contract} for the period from {root.first_day}"
        if mine is None:
            found.append(f"{name} was published, and is gone.")
        elif mine != root:
            found.append(f"{name} is not the one that was published.")
    return found


def wrong_root(period: Period) -> Iterator[str]:
    """What is wrong with a closed period's root, derived again from its lines and statements.

    Raises:
        SnapshotError: the run's snapshot is missing or altered.
    """
    rows = PeriodRoot.objects.select_related("run__period__contract", "period__contract")
    row = rows.filter(period=period).first()
    if row is None:
        yield f"{period}: it is closed and has no root."
        return
    earlier = rows.filter(
        period__contract=period.contract_id, period__starts_on__lt=period.starts_on
    )
    previous = earlier.order_by("-period__starts_on").first()
    if row.previous_id != (previous.pk if previous else None):
        yield f"{period}: its root does not follow that of the period before."
    if not PeriodSecret.objects.filter(root=row).exists():
        yield f"{period}: the secret of its root is gone; its statements can be proved no more."
        return
    expected = chained_root(period, rebuilt_tree(row), previous)
    if (row.leaf_count, row.root_sha256) != (expected.leaf_count, expected.root_sha256):
        yield f"{period}: its lines and statements do not lead to the root that was stored."
    elif row.chain_sha256 != expected.chain_sha256:
        yield f"{period}: its root is not chained to the roots before it."


def statement_proof(statement: Statement) -> bytes:
    """The file that proves a statement; needs system's sight of the secret.

    Raises:
        NoProofError: its period has no root, or it was issued after the root was made.
        SnapshotError: the run's snapshot is missing or altered.
    """
    period = statement.period
    row = PeriodRoot.objects.filter(period=period).first()
    if row is None:
        raise NoProofError(f"{period} has no root; `manage.py roots --complete` gives it one.")
    if statement.version != FIRST_VERSION:
        raise NoProofError(f"{statement} was issued after {period} was closed; no leaf is its.")
    try:
        disclosure = _kept_tree(row.pk, row.root_sha256).disclosure(statement.party.ref)
    except LookupError as error:
        raise NoProofError(f"{statement}: {error}") from error
    chain = [
        root for root in roots(period.contract) if root.first_day <= period.starts_on.isoformat()
    ]
    return proof_file(disclosure, chain)


def rebuilt_tree(row: PeriodRoot) -> PeriodTree:
    """The tree of a closed period, derived again.

    Raises:
        SnapshotError: the run's snapshot is missing or altered.
    """
    statements = issued_statements(row.period)
    return period_tree(books_of(row.run), statements, secret=bytes(row.secret.key))


# Rendering asks for one statement of a period after the other; a tree takes 64 bytes a leaf and
# its lines as much again. Stored roots never change, so neither does what is kept here.
@lru_cache(maxsize=2)
def _kept_tree(pk: int, root_sha256: str) -> PeriodTree:
    row = PeriodRoot.objects.select_related("run__period__contract", "period__contract", "secret")
    return rebuilt_tree(row.get(pk=pk, root_sha256=root_sha256))
