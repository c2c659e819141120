"""Where journals about money that comes in are posted, and the locks under which that is decided.

Every journal belongs to an open period of a contract. What happened on a day whose period is closed
is dated at the beginning of the next one; what happened after the last open one waits for somebody
to open a period. Locks are taken in one order, as by whoever approves payouts: the contracts of a
currency, then their periods.
"""

from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from royalty.models import AccountKind, Contract, JournalKind, Period, Side
from royalty.services import ledger
from royalty.services.ledger import Draft
from royalty.services.receivables.errors import ReceivableError

Amount = tuple[AccountKind, Side, int]


def lock_contracts(code: str) -> None:
    """Nobody else matches, invoices or pays in a currency until the end of the transaction."""
    found = Contract.objects.filter(currency=code).order_by("pk")
    list(found.select_for_update(no_key=True).values_list("pk"))


def one_at_a_time() -> None:
    """Whoever takes a bank's file waits for who does, until the end of the transaction.

    Files are few, and may tell of the same entries.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('royalty_bankfile', 0))")


def taking_period(contract: Contract, day: date) -> Period:
    """The first period that takes journals on a day or after it.

    Raises:
        ReceivableError: there is none.
    """
    unclosed = contract.periods.exclude(status=Period.Status.CLOSED)
    found = unclosed.filter(ends_on__gt=day).order_by("starts_on").first()
    if found is None:
        raise ReceivableError(
            _(
                "%(contract)s has no open period on %(day)s or after it to post in; open one with "
                "manage.py period open."
            )
            % {"contract": contract, "day": day}
        )
    return found


def home_contract(code: str, day: date, platform: int | None) -> Contract:
    """Where a receipt is booked until it is matched.

    A contract of the platform that paid, if that is known, or else the oldest in the currency that
    has a period to post in.

    Raises:
        ReceivableError: no contract in the currency has one.
    """
    unclosed = Period.objects.exclude(status=Period.Status.CLOSED)
    takes = Exists(unclosed.filter(contract=OuterRef("pk"), ends_on__gt=day))
    found = Contract.objects.filter(takes, currency=code).order_by("pk")
    home = found.filter(platform=platform).first() or found.first()
    if home is None:
        raise ReceivableError(
            _(
                "No contract in %(currency)s has an open period on %(day)s or after it to post in; "
                "open one with manage.py period open."
            )
            % {"currency": code, "day": day}
        )
    return home


def post(
    contract: Contract,
    *,
    kind: JournalKind,
    key: str,
    day: date,
    amounts: tuple[Amount, ...],
    memo: str,
    user: User,
) -> None:
    """Post a journal of a contract; amounts of zero are left out, and so is an empty journal.

    Raises:
        ReceivableError: no period takes it.
        LedgerError: the books refuse it.
    """
    legs = tuple(
        ledger.leg(ledger.account(contract, account), side, atoms)
        for account, side, atoms in amounts
        if atoms
    )
    if not legs:
        return
    period = taking_period(contract, day)
    ledger.post(
        Draft(
            key=key,
            kind=kind,
            period=period,
            posted_on=max(day, period.starts_on),
            legs=legs,
            memo=memo[:500],
            posted_by=user,
        )
    )
