CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_exchangerate
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('take in the rate of another day');
ALTER TABLE royalty_exchangerate ENABLE ALWAYS TRIGGER append_only;

-- What was reported before any conversion was in the contract's currency.
ALTER TABLE royalty_revenueevent DISABLE TRIGGER append_only;
UPDATE royalty_revenueevent SET reported_atoms = amount_atoms, reported_currency = currency;
ALTER TABLE royalty_revenueevent ENABLE ALWAYS TRIGGER append_only;
