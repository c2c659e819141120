-- Money in: documents are numbered without gaps, a bank entry is used once, and nobody is paid under
-- a contract with money that has not come in. All of it is append-only. Rows are checked after the
-- insert, when policies have spoken; functions name every table with its schema.

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_billingdetails
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('enter the new details');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('issue a credit note');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_bankfile
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('take in another file');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('it is what the bank said');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_match
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('undo the match');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_selfbilledinvoice
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('cancel it');
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON royalty_selfbilling
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('end the agreement');

ALTER TABLE royalty_billingdetails ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_invoice ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_bankfile ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_receipt ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_match ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_selfbilledinvoice ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_selfbilling ENABLE ALWAYS TRIGGER append_only;

-- A number is the next of its series and year. Whoever numbers at the same time waits for the lock
-- and is then refused, rather than leaving a gap when it takes its transaction back.
CREATE FUNCTION royalty_admit_number() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next_number bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(
        hashtextextended('royalty_number:' || NEW.series || ':' || NEW.year, 0));
    EXECUTE format(
        'SELECT coalesce(max(number), 0) + 1 FROM public.%I'
        ' WHERE series = $1 AND year = $2 AND id <> $3', TG_TABLE_NAME)
       INTO next_number USING NEW.series, NEW.year, NEW.id;
    IF NEW.number <> next_number THEN
        RAISE EXCEPTION 'The next number of % in % is %, not %.',
            NEW.series, NEW.year, next_number, NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_admit_number() FROM PUBLIC;

CREATE TRIGGER admit_number AFTER INSERT ON royalty_invoice
    FOR EACH ROW EXECUTE FUNCTION royalty_admit_number();
CREATE TRIGGER admit_number AFTER INSERT ON royalty_selfbilledinvoice
    FOR EACH ROW EXECUTE FUNCTION royalty_admit_number();
ALTER TABLE royalty_invoice ENABLE ALWAYS TRIGGER admit_number;
ALTER TABLE royalty_selfbilledinvoice ENABLE ALWAYS TRIGGER admit_number;

-- A match uses no more of a receipt than came in, pays no more of an invoice than is owed, and no
-- more of a credit than the platform has. The contract's row is locked, so that of two at once the
-- second sees the first.
CREATE FUNCTION royalty_admit_match() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    undone public.royalty_match;
    invoice public.royalty_invoice;
    receipt public.royalty_receipt;
    used bigint;
    credit bigint;
    code text;
BEGIN
    SELECT currency INTO code FROM public.royalty_contract
     WHERE id = NEW.contract_id FOR NO KEY UPDATE;
    IF NEW.undoes_id IS NOT NULL THEN
        SELECT * INTO undone FROM public.royalty_match WHERE id = NEW.undoes_id;
        IF undone.undoes_id IS NOT NULL
           OR (undone.use, undone.contract_id, undone.receipt_id, undone.invoice_id,
               undone.amount_atoms) IS DISTINCT FROM
              (NEW.use, NEW.contract_id, NEW.receipt_id, NEW.invoice_id, NEW.amount_atoms) THEN
            RAISE EXCEPTION 'Match % undoes another than the one that it names.', NEW.id
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.receipt_id IS NOT NULL THEN
        SELECT * INTO receipt FROM public.royalty_receipt
         WHERE id = NEW.receipt_id FOR NO KEY UPDATE;
        IF receipt.is_taken_back OR receipt.currency <> code THEN
            RAISE EXCEPTION 'Receipt % is no money in %.', NEW.receipt_id, code
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT coalesce(sum(amount_atoms), 0) INTO used FROM public.royalty_match m
         WHERE receipt_id = NEW.receipt_id AND undoes_id IS NULL
           AND NOT EXISTS (SELECT FROM public.royalty_match u WHERE u.undoes_id = m.id);
        IF used > receipt.amount_atoms THEN
            RAISE EXCEPTION 'Receipt % brought % atoms, and % would be used of it.',
                NEW.receipt_id, receipt.amount_atoms, used USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.invoice_id IS NOT NULL THEN
        SELECT * INTO invoice FROM public.royalty_invoice WHERE id = NEW.invoice_id;
        IF invoice.series <> 'INV' OR invoice.contract_id <> NEW.contract_id THEN
            RAISE EXCEPTION 'Invoice % is none that is paid under this contract.', NEW.invoice_id
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT coalesce(sum(amount_atoms), 0) INTO used FROM public.royalty_match m
         WHERE invoice_id = NEW.invoice_id AND undoes_id IS NULL
           AND NOT EXISTS (SELECT FROM public.royalty_match u WHERE u.undoes_id = m.id);
        IF used > invoice.gross_atoms THEN
            RAISE EXCEPTION 'Invoice % is of % atoms, and % would be paid on it.',
                NEW.invoice_id, invoice.gross_atoms, used USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.use IN ('credit', 'credit_used') THEN
        SELECT coalesce((SELECT sum(gross_atoms) FROM public.royalty_invoice
                          WHERE contract_id = NEW.contract_id AND series = 'CN'), 0)
             + coalesce((SELECT sum(CASE use WHEN 'credit' THEN amount_atoms ELSE -amount_atoms END)
                           FROM public.royalty_match m
                          WHERE contract_id = NEW.contract_id AND use IN ('credit', 'credit_used')
                            AND undoes_id IS NULL AND NOT EXISTS (
                                SELECT FROM public.royalty_match u WHERE u.undoes_id = m.id)), 0)
          INTO credit;
        IF credit < 0 THEN
            RAISE EXCEPTION 'The platform''s credit under contract % would be % atoms.',
                NEW.contract_id, credit USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_admit_match() FROM PUBLIC;

CREATE TRIGGER admit_match AFTER INSERT ON royalty_match
    FOR EACH ROW EXECUTE FUNCTION royalty_admit_match();
ALTER TABLE royalty_match ENABLE ALWAYS TRIGGER admit_match;

-- No payout exceeds what was collected under its contract and not paid out yet, unless the contract
-- says so. Collected is what settled invoices, without its part of VAT, less what was credited.
CREATE FUNCTION royalty_refuse_uncollected() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    contract public.royalty_contract;
    taken numeric;
    paid numeric;
    collected numeric;
BEGIN
    SELECT contracts.* INTO contract
      FROM public.royalty_contract contracts
      JOIN public.royalty_period period ON period.contract_id = contracts.id
     WHERE period.id = NEW.period_id FOR NO KEY UPDATE OF contracts;
    SELECT coalesce(sum(amount_atoms), 0) INTO taken
      FROM public.royalty_entry entry
      JOIN public.royalty_account account ON account.id = entry.account_id
     WHERE entry.journal_id = NEW.id AND entry.side = 'debit' AND account.kind = 'party_payable';
    IF contract.pays_before_collection OR taken = 0 THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(sum(CASE entry.side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END), 0)
      INTO paid
      FROM public.royalty_entry entry
      JOIN public.royalty_account account ON account.id = entry.account_id
      JOIN public.royalty_journal journal ON journal.id = entry.journal_id
      LEFT JOIN public.royalty_journal reversed ON reversed.id = journal.reverses_id
     WHERE account.contract_id = contract.id AND account.kind = 'party_payable'
       AND 'payout' IN (journal.kind, reversed.kind);
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
    IF paid > collected THEN
        RAISE EXCEPTION 'Under % % atoms would be paid out and % are collected; wait for the platform''s payment.',
            contract.code, paid, collected USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_refuse_uncollected() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER royalty_payout_is_collected AFTER INSERT ON royalty_journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'payout')
    EXECUTE FUNCTION royalty_refuse_uncollected();
ALTER TABLE royalty_journal ENABLE ALWAYS TRIGGER royalty_payout_is_collected;
