"""Rows that the database's guards would have refused: what a superuser left behind.

Each query gives a name and a sentence about it. They read tables alone and trust no trigger,
constraint or index, which a superuser can take away and put back.
"""

JOURNALS = (
    """SELECT journal.idempotency_key, 'has no seal'
         FROM royalty_journal journal LEFT JOIN royalty_journalseal seal
           ON seal.journal_id = journal.id
        WHERE seal.journal_id IS NULL""",
    """SELECT seal.journal_id::text, 'is sealed, but there is no such journal'
         FROM royalty_journalseal seal LEFT JOIN royalty_journal journal
           ON journal.id = seal.journal_id
        WHERE journal.id IS NULL""",
    """SELECT entry.id::text, 'is an entry of no journal or on no account'
         FROM royalty_entry entry
         LEFT JOIN royalty_journal journal ON journal.id = entry.journal_id
         LEFT JOIN royalty_account account ON account.id = entry.account_id
        WHERE journal.id IS NULL OR account.id IS NULL""",
    """SELECT journal.idempotency_key,
              'was sealed with ' || seal.entry_count || ' entries and has ' || count(entry.id)
         FROM royalty_journal journal
         JOIN royalty_journalseal seal ON seal.journal_id = journal.id
         LEFT JOIN royalty_entry entry ON entry.journal_id = journal.id
        GROUP BY journal.id, seal.journal_id
       HAVING count(entry.id) <> seal.entry_count OR count(entry.id) < 2""",
    """SELECT journal.idempotency_key,
              'is out of balance by '
              || sum(CASE entry.side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END)
              || ' atoms in ' || entry.currency
         FROM royalty_journal journal JOIN royalty_entry entry ON entry.journal_id = journal.id
        GROUP BY journal.id, entry.currency
       HAVING sum(CASE entry.side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END) <> 0""",
    """SELECT journal.idempotency_key,
              'has an entry that is not positive, or not in the currency of its account, or on an '
              'account of another contract'
         FROM royalty_journal journal
         JOIN royalty_period period ON period.id = journal.period_id
         JOIN royalty_entry entry ON entry.journal_id = journal.id
         JOIN royalty_account account ON account.id = entry.account_id
        WHERE entry.amount_atoms <= 0 OR entry.currency <> account.currency
           OR account.contract_id <> period.contract_id
        GROUP BY journal.id""",
    """SELECT journal.idempotency_key, 'is dated outside its period'
         FROM royalty_journal journal JOIN royalty_period period ON period.id = journal.period_id
        WHERE journal.posted_on < period.starts_on OR journal.posted_on >= period.ends_on""",
    """SELECT journal.idempotency_key, 'does not mirror the journal that it reverses'
         FROM royalty_journal journal
        WHERE reverses_id IS NOT NULL AND EXISTS (
              SELECT account_id, currency,
                     sum(CASE side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END)
                FROM royalty_entry WHERE journal_id IN (journal.id, journal.reverses_id)
               GROUP BY account_id, currency
              HAVING sum(CASE side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END) <> 0)""",
    """SELECT journal.idempotency_key, 'belongs to no period'
         FROM royalty_journal journal LEFT JOIN royalty_period period
           ON period.id = journal.period_id
        WHERE period.id IS NULL""",
    """SELECT idempotency_key, 'is the key of ' || count(*) || ' journals'
         FROM royalty_journal GROUP BY idempotency_key HAVING count(*) > 1""",
    """SELECT idempotency_key, 'is no journal that the close of its period posts'
         FROM royalty_journal
        WHERE kind IN ('revenue', 'allocation')
          AND idempotency_key <> 'period:' || period_id || ':' || kind""",
)
POINTERS = (
    """SELECT journal.idempotency_key, 'is a reversal of nothing, or reverses and is called '
              || journal.kind
         FROM royalty_journal journal LEFT JOIN royalty_journal target
           ON target.id = journal.reverses_id
        WHERE (journal.kind = 'reversal') <> (target.id IS NOT NULL)""",
    """SELECT target.idempotency_key, 'is reversed ' || count(*) || ' times'
         FROM royalty_journal journal JOIN royalty_journal target
           ON target.id = journal.reverses_id
        GROUP BY target.id HAVING count(*) > 1""",
    """SELECT journal.idempotency_key,
              'corrects a journal that is not there, or of another contract'
         FROM royalty_journal journal
         JOIN royalty_period period ON period.id = journal.period_id
         LEFT JOIN royalty_journal target ON target.id = journal.corrects_id
         LEFT JOIN royalty_period earlier ON earlier.id = target.period_id
        WHERE journal.corrects_id IS NOT NULL
          AND earlier.contract_id IS DISTINCT FROM period.contract_id""",
    """SELECT journal.idempotency_key, 'restates a period without a run of it'
         FROM royalty_journal journal
        WHERE journal.kind = 'restatement' AND NOT EXISTS (
              SELECT FROM royalty_restatement restatement
                JOIN royalty_allocationrun run ON run.id = restatement.run_id
                LEFT JOIN royalty_journal target ON target.id = journal.corrects_id
                LEFT JOIN royalty_restatement first ON first.journal_id = journal.corrects_id
               WHERE restatement.journal_id = journal.id
                 AND run.period_id = restatement.period_id
                 AND journal.idempotency_key = 'run:' || run.id || ':restatement'
                 AND (target.id IS NULL
                      OR run.period_id IN (target.period_id, first.period_id)))""",
)
ACCOUNTS = (
    """SELECT 'Account ' || account.id, 'belongs to no contract, or to a party that is not there'
         FROM royalty_account account
         LEFT JOIN royalty_contract contract ON contract.id = account.contract_id
         LEFT JOIN catalog_party party ON party.id = account.party_id
        WHERE contract.id IS NULL OR (account.party_id IS NOT NULL AND party.id IS NULL)""",
    """SELECT 'Account ' || min(id), 'is one of ' || count(*) || ' for the same purpose'
         FROM royalty_account
        GROUP BY contract_id, kind, party_id, currency HAVING count(*) > 1""",
)
PEOPLE = (
    """SELECT 'Period ' || id, 'was computed and reviewed by the same person, or by nobody'
         FROM royalty_period
        WHERE status IN ('reviewed', 'closed')
          AND (computed_at IS NULL OR reviewed_by_id IS NULL OR computed_by_id = reviewed_by_id)""",
    """SELECT 'Period ' || id, 'was reviewed and closed by one person alone'
         FROM royalty_period
        WHERE computed_by_id IS NULL AND closed_by_id = reviewed_by_id""",
    """SELECT 'Batch ' || id, 'was approved and sent by one person alone'
         FROM royalty_payoutbatch
        WHERE made_by_id IS NULL AND sent_by_id = approved_by_id""",
    """SELECT journal.idempotency_key,
              'releases money without a request that a second person approved'
         FROM royalty_journal journal
         LEFT JOIN royalty_heldrelease release ON release.journal_id = journal.id
        WHERE journal.kind = 'release'
          AND (release.id IS NULL OR release.decided_by_id IS DISTINCT FROM journal.posted_by_id
               OR release.requested_by_id = release.decided_by_id)""",
    """SELECT 'Release ' || release.id, 'was approved, and its journal says something else'
         FROM royalty_heldrelease release
        WHERE release.journal_id IS NOT NULL AND NOT EXISTS (
              SELECT FROM royalty_journal journal
                JOIN royalty_entry entry ON entry.journal_id = journal.id
               WHERE journal.id = release.journal_id AND journal.kind = 'release'
                 AND entry.account_id = release.account_id AND entry.side = 'debit'
                 AND entry.amount_atoms = release.amount_atoms)""",
)
QUERIES = (*JOURNALS, *POINTERS, *ACCOUNTS, *PEOPLE)
