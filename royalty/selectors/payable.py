"""What the books hold for payees: what can be paid, what is advanced, which reserves are due.

Payable is what closed periods left on a party's account. What an open period credits (a correction,
say) waits until it is closed; what it debits counts at once, and so does a payment that came back.
"""

from collections.abc import Mapping
from datetime import date

from django.db import connection
from django.db.models import Q, Sum

from royalty.models import AccountKind, JournalKind, Payout, PayoutBatch, PayoutPart, Period

Key = tuple[int, int]  # (party, contract), by primary key
Atoms = Mapping[Key, int]

PAYABLE = """
    SELECT account.party_id, account.contract_id,
           sum(CASE WHEN entry.side = 'debit' THEN -amount_atoms
                    WHEN period.status = 'closed' OR reversed.kind = %(payout)s THEN amount_atoms
                    ELSE 0 END)::bigint
      FROM royalty_entry entry
      JOIN royalty_account account ON account.id = entry.account_id
      JOIN royalty_journal journal ON journal.id = entry.journal_id
      JOIN royalty_period period ON period.id = journal.period_id
      LEFT JOIN royalty_journal reversed ON reversed.id = journal.reverses_id
     WHERE account.kind = %(payable)s AND account.currency = %(currency)s
     GROUP BY account.party_id, account.contract_id
"""
ADVANCED = """
    SELECT account.party_id, account.contract_id,
           sum(CASE entry.side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END)::bigint
      FROM royalty_entry entry JOIN royalty_account account ON account.id = entry.account_id
     WHERE account.kind = %(advance)s AND account.currency = %(currency)s
     GROUP BY account.party_id, account.contract_id
"""
SETTLED = """
    SELECT account.party_id,
           sum(CASE entry.side WHEN 'credit' THEN amount_atoms ELSE -amount_atoms END)::bigint
      FROM royalty_entry entry
      JOIN royalty_account account ON account.id = entry.account_id
      JOIN royalty_journal journal ON journal.id = entry.journal_id
      LEFT JOIN royalty_journal reversed ON reversed.id = journal.reverses_id
     WHERE journal.period_id = %(period)s AND account.kind = %(payable)s
       AND %(payout)s IN (journal.kind, reversed.kind)
     GROUP BY account.party_id
"""


def payable_now(code: str) -> Atoms:
    """What can be paid to each party under each contract in a currency; negative if it owes."""
    return _sums(
        PAYABLE, payout=JournalKind.PAYOUT, payable=AccountKind.PARTY_PAYABLE, currency=code
    )


def unrecouped(code: str) -> Atoms:
    """What is left of the advances under each contract in a currency."""
    return _sums(ADVANCED, advance=AccountKind.PARTY_ADVANCE, currency=code)


def reserves_due(code: str, day: date) -> Atoms:
    """Reserves whose time is over on a day and that were not given back yet."""
    held = PayoutPart.objects.filter(in_force("payout__"), contract__currency=code)
    rows = held.values_list("payout__party_id", "contract_id").annotate(
        due=Sum("reserve_atoms", filter=Q(reserve_until__lte=day), default=0),
        given=Sum("released_atoms", default=0),
    )
    return {(party, contract): int(due - given) for party, contract, due, given in rows}


def settled_movements(period: Period) -> Mapping[int, int]:
    """What a period's payouts took from what is owed to each party (negative), less what came back.

    {party pk: atoms}
    """
    with connection.cursor() as cursor:
        values: dict[str, int | str] = {
            "period": period.pk,
            "payable": AccountKind.PARTY_PAYABLE,
            "payout": JournalKind.PAYOUT,
        }
        cursor.execute(SETTLED, values)
        return dict(cursor.fetchall())


def in_force(prefix: str = "") -> Q:
    """Payouts that are in the books: approved, and not returned."""
    booked = [status for status in PayoutBatch.Status if status not in _UNBOOKED]
    return Q(**{f"{prefix}batch__status__in": booked}) & ~Q(
        **{f"{prefix}status": Payout.Status.RETURNED}
    )


_UNBOOKED = {PayoutBatch.Status.DRAFT, PayoutBatch.Status.DISCARDED}


def periods_on(code: str, day: date) -> Mapping[int, Period]:
    """Periods that take journals of a day.  {contract pk: period}"""
    rows = Period.objects.filter(
        contract__currency=code, starts_on__lte=day, ends_on__gt=day
    ).exclude(status=Period.Status.CLOSED)
    return {row.contract_id: row for row in rows.select_related("contract")}


def _sums(query: str, **values: str) -> Atoms:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return {(party, contract): atoms for party, contract, atoms in cursor.fetchall()}
