-- What the application's role may do with royalty's tables, beyond reading and the first writing.

REVOKE UPDATE, DELETE ON royalty_account, royalty_journal, royalty_entry, royalty_usageevent,
    royalty_revenueevent, royalty_intakefile, royalty_allocationrun FROM {application};

-- Seals are the database's own word.
REVOKE INSERT, UPDATE, DELETE ON royalty_journalseal FROM {application};

-- Terms do not change; a contract can only end.
REVOKE UPDATE, DELETE ON royalty_contract FROM {application};
GRANT UPDATE (valid_until) ON royalty_contract TO {application};

-- A period moves through its states; its contract and days stay.
REVOKE UPDATE, DELETE ON royalty_period FROM {application};
GRANT UPDATE (status, computed_by_id, computed_at, reviewed_by_id, reviewed_at, closed_by_id,
    closed_at) ON royalty_period TO {application};

-- Amounts of a statement are final; its documents can be made again.
REVOKE UPDATE, DELETE ON royalty_statement FROM {application};
GRANT UPDATE (pdf_name, pdf_sha256, csv_name, csv_sha256, rendered_at) ON royalty_statement
    TO {application};
