-- A restatement is of a closed period, replaces one of its runs by another, and its journal is one
-- that restates. AFTER, so that a policy has refused by then whoever should learn nothing here.

CREATE FUNCTION royalty_admit_restatement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.royalty_period
                    WHERE id = NEW.period_id AND status = 'closed') THEN
        RAISE EXCEPTION 'Only a closed period is restated.' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT count(*) FROM public.royalty_allocationrun
         WHERE id IN (NEW.run_id, NEW.instead_of_id) AND period_id = NEW.period_id) <> 2 THEN
        RAISE EXCEPTION 'A restatement replaces a run of its period by another one of it.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.journal_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM public.royalty_journal journal
             WHERE journal.id = NEW.journal_id AND journal.kind = 'restatement'
               AND journal.idempotency_key = 'run:' || NEW.run_id || ':restatement') THEN
        RAISE EXCEPTION 'The journal of a restatement is the one that its run posted.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_admit_restatement() FROM PUBLIC;

CREATE TRIGGER admit_restatement AFTER INSERT ON royalty_restatement
    FOR EACH ROW EXECUTE FUNCTION royalty_admit_restatement();
ALTER TABLE royalty_restatement ENABLE ALWAYS TRIGGER admit_restatement;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_restatement
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('restate the period again');
ALTER TABLE royalty_restatement ENABLE ALWAYS TRIGGER append_only;
