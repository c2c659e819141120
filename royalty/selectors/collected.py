"""What platforms have paid for payees: collected under each contract, and not paid out yet.

Collected is what settled a contract's invoices, without its part of VAT, less what was credited to
the platform. A payout takes from it with its gross: fee, reserve, advance and tax included. The
same rule holds in the database (migrations/sql/collected.sql), for whoever posts.
"""

from collections.abc import Mapping

from django.db import connection

from royalty.apportionment.collected import share_collected
from royalty.models import AccountKind, Contract, JournalKind

COLLECTED = """
    SELECT invoice.contract_id, sum(CASE invoice.series
               WHEN 'CN' THEN -invoice.net_atoms
               ELSE div(settled.atoms * invoice.net_atoms, invoice.gross_atoms) END)::bigint
      FROM royalty_invoice invoice
      JOIN royalty_contract contract ON contract.id = invoice.contract_id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(amount_atoms), 0) AS atoms FROM royalty_match m
            WHERE m.invoice_id = invoice.id AND undoes_id IS NULL
              AND NOT EXISTS (SELECT FROM royalty_match u WHERE u.undoes_id = m.id)
           ) AS settled
     WHERE contract.currency = %(currency)s
     GROUP BY invoice.contract_id
"""
PAID_OUT = """
    SELECT account.contract_id,
           sum(CASE entry.side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END)::bigint
      FROM royalty_entry entry
      JOIN royalty_account account ON account.id = entry.account_id
      JOIN royalty_journal journal ON journal.id = entry.journal_id
      LEFT JOIN royalty_journal reversed ON reversed.id = journal.reverses_id
     WHERE account.kind = %(payable)s AND account.currency = %(currency)s
       AND %(payout)s IN (journal.kind, reversed.kind)
     GROUP BY account.contract_id
"""
Key = tuple[int, int]  # (party, contract), by primary key
Atoms = Mapping[int, int]


def collected(code: str) -> Atoms:
    """What was collected under each contract in a currency.  {contract: atoms}"""
    return _sums(COLLECTED, currency=code)


def paid_out(code: str) -> Atoms:
    """What payouts took from what is owed under each contract, less what came back."""
    return _sums(
        PAID_OUT, currency=code, payable=AccountKind.PARTY_PAYABLE, payout=JournalKind.PAYOUT
    )


def available(code: str) -> Atoms:
    """What can be paid out under each contract that waits for its platform's money.

    Negative where the platform took money back after it was paid out.
    """
    came, went = collected(code), paid_out(code)
    waiting = Contract.objects.filter(currency=code, pays_before_collection=False)
    return {pk: came.get(pk, 0) - went.get(pk, 0) for pk in waiting.values_list("pk", flat=True)}


def covered(owed: Mapping[Key, int], code: str, unit_atoms: int) -> Mapping[Key, int]:
    """How much of what is owed can be paid, where a contract's collected money does not suffice.

    All who are owed something under a contract are counted, whether they can be paid now or not.
    """
    limits = available(code)
    found: dict[Key, int] = {}
    for contract, available_atoms in limits.items():
        keys = sorted(key for key, atoms in owed.items() if key[1] == contract and atoms > 0)
        parts = share_collected([owed[key] for key in keys], available_atoms, unit_atoms)
        for key, part in zip(keys, parts, strict=True):
            if part < owed[key] // unit_atoms * unit_atoms:
                found[key] = part
    return found


def _sums(query: str, **values: str) -> Atoms:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return dict(cursor.fetchall())
