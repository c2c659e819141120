"""Verifying money in against the books: invoices follow from closed periods, numbers have no gaps,
and every receipt and match is what its journals say.

Part of `verify_ledger`. Each query finds rows that the guards and services would have refused: a
name, and a sentence about it. Journals are found by their keys; those on accounts of money in that
belong to no document are named too.
"""

from collections.abc import Iterator

from django.db import connection

from royalty.models import Contract, Invoice, Period
from royalty.selectors.receivables import due_through

GUARDS = {
    ("append_only", f"royalty_{table}")
    for table in (
        *("billingdetails", "invoice", "bankfile", "receipt", "match"),
        *("selfbilling", "selfbilledinvoice"),
    )
} | {
    ("admit_number", "royalty_invoice"),
    ("admit_number", "royalty_selfbilledinvoice"),
    ("admit_match", "royalty_match"),
    ("refuse_uncollected", "royalty_payoutbatch"),
    ("royalty_payout_is_of_a_batch", "royalty_journal"),
}
# Documents whose journals moved something else than they say; credits are positive, and what an
# invoice sets off leaves one account of the platform's for another.
DOCUMENTS = """
    WITH effective AS (
        SELECT match.* FROM royalty_match match
         WHERE undoes_id IS NULL
           AND NOT EXISTS (SELECT FROM royalty_match undo WHERE undo.undoes_id = match.id)
    ), said AS (
        SELECT 'match:' || id AS key, amounts.kind, amounts.atoms
          FROM effective CROSS JOIN LATERAL (VALUES
               ('owed', CASE WHEN use IN ('invoice', 'credit_used') THEN amount_atoms END),
               ('platform_credit', CASE use WHEN 'credit' THEN amount_atoms
                                            WHEN 'credit_used' THEN -amount_atoms END),
               ('bank', CASE WHEN use = 'returned' THEN amount_atoms END),
               ('unmatched_receipts', CASE WHEN use <> 'credit_used' THEN -amount_atoms END)
               ) AS amounts (kind, atoms)
         WHERE taken_back_by_id IS NULL
        UNION ALL
        SELECT 'receipt:' || id, amounts.kind,
               CASE WHEN is_taken_back THEN -amounts.atoms ELSE amounts.atoms END
          FROM royalty_receipt CROSS JOIN LATERAL (VALUES
               ('bank', -amount_atoms), ('unmatched_receipts', amount_atoms)
               ) AS amounts (kind, atoms)
        UNION ALL
        SELECT 'invoice:' || id, amounts.kind, amounts.atoms
          FROM royalty_invoice CROSS JOIN LATERAL (VALUES
               ('owed', CASE series WHEN 'CN' THEN -net_atoms ELSE -vat_atoms END),
               ('vat_payable', CASE series WHEN 'CN' THEN -vat_atoms ELSE vat_atoms END),
               ('platform_credit', CASE series WHEN 'CN' THEN gross_atoms END)
               ) AS amounts (kind, atoms)
    ), expected AS (
        SELECT key, kind, sum(coalesce(atoms, 0))::bigint AS atoms FROM said GROUP BY key, kind
    ), posted AS (
        SELECT substring(journal.idempotency_key FROM '^[a-z]+:[0-9]+') AS key,
               CASE WHEN account.kind IN ('platform_receivable', 'commission', 'platform_share')
                    THEN 'owed' ELSE account.kind END AS kind,
               sum(CASE entry.side WHEN 'credit' THEN amount_atoms ELSE -amount_atoms END)::bigint
                   AS atoms
          FROM royalty_journal journal
          JOIN royalty_entry entry ON entry.journal_id = journal.id
          JOIN royalty_account account ON account.id = entry.account_id
         WHERE journal.idempotency_key ~ '^(match|receipt|invoice):[0-9]+(:|$)'
         GROUP BY 1, 2
    )
    SELECT key, 'has ' || coalesce(posted.atoms, 0) || ' atoms of ' || replace(kind, '_', ' ')
           || ' in the books, but it says ' || coalesce(expected.atoms, 0)
      FROM expected FULL JOIN posted USING (key, kind)
     WHERE coalesce(expected.atoms, 0) <> coalesce(posted.atoms, 0)
     ORDER BY 1, 2
"""
NUMBERS = """
    SELECT series || '-' || year,
           'has ' || count(*) || ' documents and numbers from ' || min(number)
           || ' to ' || max(number)
      FROM {table} GROUP BY series, year
    HAVING min(number) <> 1 OR max(number) <> count(*) OR count(DISTINCT number) <> count(*)
"""
QUERIES = (
    DOCUMENTS,
    NUMBERS.replace("{table}", "royalty_invoice"),
    NUMBERS.replace("{table}", "royalty_selfbilledinvoice"),
    """SELECT journal.idempotency_key, 'moves money that came in, and belongs to no document'
         FROM royalty_journal journal
         JOIN royalty_entry entry ON entry.journal_id = journal.id
         JOIN royalty_account account ON account.id = entry.account_id
        WHERE account.kind IN ('unmatched_receipts', 'platform_credit', 'vat_payable')
          AND journal.idempotency_key !~ '^(match|receipt|invoice):[0-9]+(:|$)'
        GROUP BY journal.id""",
    """SELECT 'receipt ' || receipt.id,
              'brought ' || receipt.amount_atoms || ' atoms, of which '
              || sum(match.amount_atoms) || ' are used'
         FROM royalty_receipt receipt JOIN royalty_match match ON match.receipt_id = receipt.id
        WHERE match.undoes_id IS NULL
          AND NOT EXISTS (SELECT FROM royalty_match undo WHERE undo.undoes_id = match.id)
        GROUP BY receipt.id
       HAVING sum(match.amount_atoms) > receipt.amount_atoms OR receipt.is_taken_back""",
    """SELECT 'invoice ' || invoice.id,
              'is of ' || invoice.gross_atoms || ' atoms, of which '
              || sum(match.amount_atoms) || ' are paid'
         FROM royalty_invoice invoice JOIN royalty_match match ON match.invoice_id = invoice.id
        WHERE match.undoes_id IS NULL
          AND NOT EXISTS (SELECT FROM royalty_match undo WHERE undo.undoes_id = match.id)
        GROUP BY invoice.id
       HAVING sum(match.amount_atoms) > invoice.gross_atoms OR invoice.series = 'CN'""",
    """SELECT 'payout ' || payout.id,
              'charges ' || sum(part.vat_atoms) || ' atoms of VAT, its own invoices '
              || coalesce(sum(DISTINCT billed.vat_atoms), 0)
         FROM royalty_payout payout
         JOIN royalty_payoutbatch batch ON batch.id = payout.batch_id
         JOIN royalty_payoutpart part ON part.payout_id = payout.id
         LEFT JOIN royalty_selfbilledinvoice billed
           ON billed.payout_id = payout.id AND billed.series = 'SB'
        WHERE batch.status IN ('approved', 'exported', 'sent', 'settled')
        GROUP BY payout.id
       HAVING sum(part.vat_atoms) <> coalesce(sum(DISTINCT billed.vat_atoms), 0)""",
    """SELECT 'payout ' || payout.id, 'came back, and its invoice was not cancelled'
         FROM royalty_payout payout
         JOIN royalty_selfbilledinvoice billed
           ON billed.payout_id = payout.id AND billed.series = 'SB'
        WHERE (payout.status = 'returned') <> EXISTS (
              SELECT FROM royalty_selfbilledinvoice undo
               WHERE undo.cancels_id = billed.id AND undo.vat_atoms = billed.vat_atoms
                 AND undo.net_atoms = billed.net_atoms)""",
)


def wrong_receivables() -> Iterator[str]:
    """Invoices, receipts and matches that the books do not bear out, one sentence each."""
    with connection.cursor() as cursor:
        for query in QUERIES:
            cursor.execute(query)
            yield from (f"{name} {sentence}." for name, sentence in cursor.fetchall())
    for contract in Contract.objects.filter(invoices__isnull=False).distinct().order_by("pk"):
        yield from _wrong_invoices(contract)


def _wrong_invoices(contract: Contract) -> Iterator[str]:
    """Invoices that do not follow from the periods that they are about, each after the last."""
    closed = list(contract.periods.filter(status=Period.Status.CLOSED).order_by("starts_on"))
    invoiced_atoms, done = 0, 0
    for invoice in contract.invoices.select_related("through").order_by("through__starts_on"):
        fresh = [each for each in closed[done:] if each.starts_on <= invoice.through.starts_on]
        done += len(fresh)
        said = _signed_net(invoice)
        if not fresh or fresh[-1] != invoice.through:
            why = "which is not closed, or was invoiced before"
            yield f"{invoice} is about {invoice.through}, {why}."
            continue
        owed = due_through(contract, fresh, invoiced_atoms)
        lines = [{"text": line.text, "atoms": line.atoms} for line in owed.lines]
        if (said, invoice.lines) != (owed.net_atoms, lines):
            yield f"{invoice} says {said} atoms; {owed.net_atoms} follow from its periods."
        invoiced_atoms += said


def _signed_net(invoice: Invoice) -> int:
    return -invoice.net_atoms if invoice.is_credit_note else invoice.net_atoms
