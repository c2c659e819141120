-- Nobody is paid under a contract with money that has not come in, unless the contract says so. Asked
-- once a batch, when it is approved, and not once a payee: adding a contract up for each of a hundred
-- thousand payees would take hours. So that nothing else can be paid, a payout's journal has to say
-- what a part of an approved batch says.
DROP TRIGGER royalty_payout_is_collected ON royalty_journal;
DROP FUNCTION royalty_refuse_uncollected();

-- Collected is what settled invoices, without its part of VAT, less what was credited. Promised are
-- all parts of approved batches, except those that came back and were given back in the books.
CREATE FUNCTION royalty_refuse_uncollected() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    contract record;
    promised numeric;
    collected numeric;
BEGIN
    FOR contract IN
        SELECT id, code FROM public.royalty_contract
         WHERE NOT pays_before_collection AND id IN (
               SELECT part.contract_id FROM public.royalty_payoutpart part
                 JOIN public.royalty_payout payout ON payout.id = part.payout_id
                WHERE payout.batch_id = NEW.id)
         ORDER BY id FOR NO KEY UPDATE
    LOOP
        SELECT coalesce(sum(part.gross_atoms), 0) INTO promised
          FROM public.royalty_payoutpart part
          JOIN public.royalty_payout payout ON payout.id = part.payout_id
          JOIN public.royalty_payoutbatch batch ON batch.id = payout.batch_id
         WHERE part.contract_id = contract.id
           AND batch.status IN ('approved', 'exported', 'sent', 'settled')
           AND (payout.status <> 'returned' OR EXISTS (
                SELECT FROM public.royalty_journal journal
                 WHERE journal.idempotency_key = 'payout:' || payout.id || ':' || part.contract_id
                   AND NOT EXISTS (
                       SELECT FROM public.royalty_journal undo WHERE undo.reverses_id = journal.id)));
        SELECT coalesce(sum(CASE invoice.series
                   WHEN 'CN' THEN -invoice.net_atoms
                   ELSE div(settled.atoms * invoice.net_atoms, invoice.gross_atoms) END), 0)
          INTO collected
          FROM public.royalty_invoice invoice
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(amount_atoms), 0) AS atoms FROM public.royalty_match m
                WHERE m.invoice_id = invoice.id AND undoes_id IS NULL
                  AND NOT EXISTS (SELECT FROM public.royalty_match u WHERE u.undoes_id = m.id)
               ) AS settled
         WHERE invoice.contract_id = contract.id;
        IF promised > collected THEN
            RAISE EXCEPTION 'Under % % atoms would be paid out and % are collected; wait for the platform''s payment.',
                contract.code, promised, collected
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_refuse_uncollected() FROM PUBLIC;

CREATE TRIGGER refuse_uncollected AFTER UPDATE ON royalty_payoutbatch
    FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'approved')
    EXECUTE FUNCTION royalty_refuse_uncollected();
ALTER TABLE royalty_payoutbatch ENABLE ALWAYS TRIGGER refuse_uncollected;

-- At commit: what a payout's journal took off a payee is what a part in force says, or it was given
-- back at once.
CREATE FUNCTION royalty_refuse_strange_payouts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken numeric;
BEGIN
    SELECT coalesce(sum(amount_atoms), 0) INTO taken
      FROM public.royalty_entry entry
      JOIN public.royalty_account account ON account.id = entry.account_id
      JOIN public.royalty_contract contract ON contract.id = account.contract_id
     WHERE entry.journal_id = NEW.id AND entry.side = 'debit' AND account.kind = 'party_payable'
       AND NOT contract.pays_before_collection;
    IF taken > 0 AND NOT EXISTS (
        SELECT FROM public.royalty_payoutpart part
          JOIN public.royalty_payout payout ON payout.id = part.payout_id
          JOIN public.royalty_payoutbatch batch ON batch.id = payout.batch_id
         WHERE part.payout_id = substring(NEW.idempotency_key FROM '^payout:([0-9]{1,18}):')::bigint
           AND NEW.idempotency_key = 'payout:' || part.payout_id || ':' || part.contract_id
           AND part.gross_atoms = taken
           AND (payout.status <> 'returned'
                OR EXISTS (SELECT FROM public.royalty_journal WHERE reverses_id = NEW.id))
           AND batch.status IN ('approved', 'exported', 'sent', 'settled')) THEN
        RAISE EXCEPTION 'Journal % pays % atoms that no part of an approved batch says.',
            NEW.idempotency_key, taken USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_refuse_strange_payouts() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER royalty_payout_is_of_a_batch AFTER INSERT ON royalty_journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'payout')
    EXECUTE FUNCTION royalty_refuse_strange_payouts();
ALTER TABLE royalty_journal ENABLE ALWAYS TRIGGER royalty_payout_is_of_a_batch;
