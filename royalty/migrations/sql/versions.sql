-- A later version of a statement tells the same amounts of the same run as the first, and follows the
-- last one. AFTER, so that a policy has refused by then whoever should learn nothing here.

CREATE FUNCTION royalty_admit_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.version > 1 AND NOT EXISTS (
            SELECT FROM public.royalty_statement before
             WHERE before.period_id = NEW.period_id AND before.party_id = NEW.party_id
               AND before.version = NEW.version - 1 AND before.publication_id IS NOT NULL
               AND (before.run_id, before.currency, before.opening_atoms, before.attributed_atoms,
                    before.fallback_atoms, before.guarantee_atoms, before.adjustment_atoms,
                    before.settled_atoms, before.closing_atoms)
                 = (NEW.run_id, NEW.currency, NEW.opening_atoms, NEW.attributed_atoms,
                    NEW.fallback_atoms, NEW.guarantee_atoms, NEW.adjustment_atoms,
                    NEW.settled_atoms, NEW.closing_atoms)) THEN
        RAISE EXCEPTION 'Version % of a statement follows a published version with the same amounts.',
            NEW.version USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_admit_version() FROM PUBLIC;

CREATE TRIGGER admit_version AFTER INSERT ON royalty_statement
    FOR EACH ROW EXECUTE FUNCTION royalty_admit_version();
ALTER TABLE royalty_statement ENABLE ALWAYS TRIGGER admit_version;
