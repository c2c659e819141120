"""Verifying payouts against the books: nothing is paid that is not posted, and nothing twice.

Part of `verify_ledger`. Each query finds rows that the guards and services would have refused: a
name, and a sentence about it. What a payout says is compared with its journals, found by their
keys; journals of payouts that no payout knows are named too.
"""

from collections.abc import Iterator

from django.db import connection

BOOKED = "('approved', 'exported', 'sent', 'settled')"
# What each part should have moved on each kind of account, credits positive, while it is in force.
EXPECTED = """
    WITH part AS (
        SELECT part.*, payout.party_id, payout.status,
               'payout:' || part.payout_id || ':' || part.contract_id AS key,
               batch.status IN {booked} AND payout.status <> 'returned' AS in_force
          FROM royalty_payoutpart part
          JOIN royalty_payout payout ON payout.id = part.payout_id
          JOIN royalty_payoutbatch batch ON batch.id = payout.batch_id
    ), expected AS (
        SELECT part.key, amounts.kind, sum(amounts.atoms)::bigint AS atoms
          FROM part CROSS JOIN LATERAL (VALUES
               ('party_payable', -gross_atoms),
               ('party_reserve', reserve_atoms - released_atoms),
               ('admin_fee', fee_atoms),
               ('withholding_tax', withholding_atoms),
               ('vat_reclaimable', -vat_atoms),
               ('payout_clearing', CASE status WHEN 'paid' THEN 0 ELSE payable_atoms END),
               ('bank', CASE status WHEN 'paid' THEN payable_atoms ELSE 0 END)
               ) AS amounts (kind, atoms)
         WHERE part.in_force
         GROUP BY part.key, amounts.kind
    ), posted AS (
        SELECT substring(journal.idempotency_key FROM '^payout:[0-9]+:[0-9]+') AS key, account.kind,
               sum(CASE entry.side WHEN 'credit' THEN amount_atoms ELSE -amount_atoms END)::bigint
                   AS atoms
          FROM royalty_journal journal
          JOIN royalty_entry entry ON entry.journal_id = journal.id
          JOIN royalty_account account ON account.id = entry.account_id
         WHERE journal.idempotency_key LIKE 'payout:%'
           AND account.kind NOT IN ('party_advance', 'other_contracts')
         GROUP BY 1, account.kind
    )
    SELECT coalesce(expected.key, posted.key, 'a journal of no payout'),
           'has ' || coalesce(posted.atoms, 0) || ' atoms of ' || kind
           || ' in the books, but its payout says ' || coalesce(expected.atoms, 0)
      FROM expected FULL JOIN posted USING (key, kind)
     WHERE coalesce(expected.atoms, 0) <> coalesce(posted.atoms, 0)
     ORDER BY 1, 2
""".replace("{booked}", BOOKED)
QUERIES = (
    EXPECTED,
    """SELECT 'payout ' || payout.id,
              'says ' || payout.payable_atoms || ' atoms, its parts ' || sum(part.payable_atoms)
         FROM royalty_payout payout JOIN royalty_payoutpart part ON part.payout_id = payout.id
        GROUP BY payout.id HAVING sum(part.payable_atoms) <> payout.payable_atoms""",
    f"""SELECT 'batch ' || id, 'was approved by nobody, or by the person who drafted it'
         FROM royalty_payoutbatch
        WHERE status IN {BOOKED}
          AND (approved_by_id IS NULL OR approved_by_id = made_by_id)""",  # noqa: S608 our own words
    """SELECT 'the accounts between contracts in ' || account.currency,
              'do not cancel out: they hold '
              || sum(CASE entry.side WHEN 'credit' THEN amount_atoms ELSE -amount_atoms END)
         FROM royalty_entry entry JOIN royalty_account account ON account.id = entry.account_id
        WHERE account.kind = 'other_contracts'
        GROUP BY account.currency
       HAVING sum(CASE entry.side WHEN 'credit' THEN amount_atoms ELSE -amount_atoms END) <> 0""",
)


def wrong_payouts() -> Iterator[str]:
    """Payouts that the books do not bear out, one sentence each."""
    with connection.cursor() as cursor:
        for query in QUERIES:
            cursor.execute(query)
            yield from (f"{name} {sentence}." for name, sentence in cursor.fetchall())
