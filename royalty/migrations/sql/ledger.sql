-- The ledger's rules, for whoever writes. Functions are SECURITY DEFINER so that row-level security
-- never hides a row from them, and name every table with its schema.

-- A journal belongs to a period that is not closed and is dated inside it. FOR SHARE here against
-- the lock that closing takes: whoever comes second waits and then sees what the first one did.
CREATE FUNCTION royalty_admit_journal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    period public.royalty_period;
BEGIN
    SELECT * INTO period FROM public.royalty_period WHERE id = NEW.period_id FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no period %; a journal belongs to one.', NEW.period_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF period.status = 'closed' THEN
        RAISE EXCEPTION 'The period from % to before % is closed; post the difference in an open period.',
            period.starts_on, period.ends_on USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.posted_on < period.starts_on OR NEW.posted_on >= period.ends_on THEN
        RAISE EXCEPTION 'A journal of % lies outside its period from % to before %.',
            NEW.posted_on, period.starts_on, period.ends_on USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_admit_journal() FROM PUBLIC;

CREATE TRIGGER admit_journal BEFORE INSERT ON royalty_journal
    FOR EACH ROW EXECUTE FUNCTION royalty_admit_journal();
ALTER TABLE royalty_journal ENABLE ALWAYS TRIGGER admit_journal;

-- At commit, or when constraints are made immediate: the journal is whole, and is sealed.
CREATE FUNCTION royalty_seal_journal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    legs bigint;
    strange_currencies bigint;
    strange_contracts bigint;
    unbalanced record;
BEGIN
    SELECT count(*),
           count(*) FILTER (WHERE account.currency IS DISTINCT FROM entry.currency),
           count(*) FILTER (WHERE account.contract_id IS DISTINCT FROM period.contract_id)
      INTO legs, strange_currencies, strange_contracts
      FROM public.royalty_entry entry
      JOIN public.royalty_period period ON period.id = NEW.period_id
      LEFT JOIN public.royalty_account account ON account.id = entry.account_id
     WHERE entry.journal_id = NEW.id;
    IF legs < 2 THEN
        RAISE EXCEPTION 'Journal % has % entries; it needs at least two.', NEW.idempotency_key, legs
            USING ERRCODE = 'check_violation';
    END IF;
    IF strange_currencies > 0 THEN
        RAISE EXCEPTION 'Journal % has % entries in another currency than their account.',
            NEW.idempotency_key, strange_currencies USING ERRCODE = 'check_violation';
    END IF;
    IF strange_contracts > 0 THEN
        RAISE EXCEPTION 'Journal % has % entries on accounts of another contract than its period.',
            NEW.idempotency_key, strange_contracts USING ERRCODE = 'check_violation';
    END IF;
    SELECT currency,
           coalesce(sum(amount_atoms) FILTER (WHERE side = 'debit'), 0) AS debits,
           coalesce(sum(amount_atoms) FILTER (WHERE side = 'credit'), 0) AS credits
      INTO unbalanced
      FROM public.royalty_entry
     WHERE journal_id = NEW.id
     GROUP BY currency
    HAVING coalesce(sum(amount_atoms) FILTER (WHERE side = 'debit'), 0)
        <> coalesce(sum(amount_atoms) FILTER (WHERE side = 'credit'), 0)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Journal % debits % and credits % atoms in %; both must be the same.',
            NEW.idempotency_key, unbalanced.debits, unbalanced.credits, unbalanced.currency
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reverses_id IS NOT NULL AND NOT public.royalty_mirrors(NEW.id, NEW.reverses_id) THEN
        RAISE EXCEPTION 'Journal % does not mirror the journal that it reverses.',
            NEW.idempotency_key USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO public.royalty_journalseal (journal_id, entry_count) VALUES (NEW.id, legs);
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_seal_journal() FROM PUBLIC;

-- Whether two journals have the same entries with debit and credit exchanged.
CREATE FUNCTION royalty_mirrors(one uuid, other uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH mirrored AS (
        SELECT account_id, amount_atoms, currency,
               CASE side WHEN 'debit' THEN 'credit' ELSE 'debit' END AS side
          FROM public.royalty_entry WHERE journal_id = one
    ), original AS (
        SELECT account_id, amount_atoms, currency, side
          FROM public.royalty_entry WHERE journal_id = other
    )
    SELECT NOT EXISTS (TABLE mirrored EXCEPT ALL TABLE original)
       AND NOT EXISTS (TABLE original EXCEPT ALL TABLE mirrored)
$$;
REVOKE EXECUTE ON FUNCTION royalty_mirrors(uuid, uuid) FROM PUBLIC;

CREATE CONSTRAINT TRIGGER royalty_journal_is_whole AFTER INSERT ON royalty_journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION royalty_seal_journal();
ALTER TABLE royalty_journal ENABLE ALWAYS TRIGGER royalty_journal_is_whole;

-- A sealed journal takes no more entries. A journal that cannot be seen is refused as well: it is
-- being posted by somebody else, whose commit would seal it without the entries slipped in here
-- (foreign keys are checked only at commit, so they would let that pass).
CREATE FUNCTION royalty_refuse_late_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong record;
BEGIN
    SELECT entry.journal_id, journal.id IS NULL AS is_unknown INTO wrong
      FROM (SELECT DISTINCT journal_id FROM new_entries) AS entry
      LEFT JOIN public.royalty_journal journal ON journal.id = entry.journal_id
      LEFT JOIN public.royalty_journalseal seal ON seal.journal_id = entry.journal_id
     WHERE journal.id IS NULL OR seal.journal_id IS NOT NULL
     LIMIT 1;
    IF FOUND AND wrong.is_unknown THEN
        RAISE EXCEPTION 'There is no journal %; post it before its entries.', wrong.journal_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'Journal % is sealed and takes no more entries; post another journal.',
            wrong.journal_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_refuse_late_entries() FROM PUBLIC;

CREATE TRIGGER refuse_late_entries AFTER INSERT ON royalty_entry
    REFERENCING NEW TABLE AS new_entries
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_late_entries();
ALTER TABLE royalty_entry ENABLE ALWAYS TRIGGER refuse_late_entries;
