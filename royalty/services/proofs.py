"""Giving a period its root: once, in the transaction that closes it."""

from collections.abc import Iterable
from secrets import token_bytes

from django.db import transaction
from django.db.models import F

from royalty.models import Period, PeriodRoot, PeriodSecret, Statement
from royalty.proof import SECRET_BYTES
from royalty.selectors.proofs import chained_root, issued_statements, last_root, period_tree
from royalty.selectors.runs import Books, books_of


def seal_period(books: Books, statements: Iterable[Statement]) -> PeriodRoot:
    """Store the root over a run's lines and its statements, chained to the contract's last one.

    Needs a transaction that holds the period's row. The database refuses a second root, or one
    that does not follow the last.
    """
    period = books.run.period
    secret = token_bytes(SECRET_BYTES)
    tree = period_tree(books, statements, secret=secret)
    previous = last_root(period.contract)
    root = chained_root(period, tree, previous)
    row = PeriodRoot.objects.create(
        period=period,
        run=books.run,
        previous=previous,
        leaf_count=root.leaf_count,
        root_sha256=root.root_sha256,
        chain_sha256=root.chain_sha256,
    )
    PeriodSecret.objects.create(root=row, key=secret)
    return row


@transaction.atomic
def complete_roots() -> list[PeriodRoot]:
    """Give their roots to periods that were closed before there were any, in their order.

    Raises:
        SnapshotError: a period's snapshot is missing or altered; nothing is stored then.
    """
    closed = Period.objects.select_for_update(of=("self",)).select_related("contract__platform")
    without = closed.filter(status=Period.Status.CLOSED, root__isnull=True)
    rows = []
    for period in without.order_by("contract_id", "starts_on"):
        run = period.runs.filter(computed_at=F("period__computed_at")).latest("pk")
        rows.append(seal_period(books_of(run), issued_statements(period)))
    return rows
