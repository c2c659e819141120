-- Append-only tables: a row that was written stays as it was. The application's role lacks the
-- rights as well (rights.sql); these triggers also stop the owner's role, and ENABLE ALWAYS stops
-- whoever sets session_replication_role.

CREATE FUNCTION royalty_refuse_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only, so % is refused: %.', TG_TABLE_NAME, TG_OP, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation';
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_refuse_change() FROM PUBLIC;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_account
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('open another account');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_journal
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('post a journal that reverses it');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_entry
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('reverse its journal');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_journalseal
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('a seal is never broken');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_usageevent
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('report a new event');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_revenueevent
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('report a new event');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_intakefile
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('take in another file');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_allocationrun
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('compute the period again');

ALTER TABLE royalty_account ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_journal ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_entry ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_journalseal ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_usageevent ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_revenueevent ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_intakefile ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_allocationrun ENABLE ALWAYS TRIGGER append_only;
