-- What came before there was a list of it stands there too: the bodies of requests and the files of
-- commands, each of which was counted by its own file. Ids are UUIDs version 7 of their time.
INSERT INTO royalty_sentfile (id, platform_id, kind, format, name, is_late, mode, result_lines,
    sha256, size_bytes, outcome, file_id, line_count, new_count, known_count, refused_count, errors,
    error_count, result_name, received_at, finished_at)
SELECT (substr(time.hex, 1, 8) || '-' || substr(time.hex, 9, 4) || '-7'
        || substr(gen_random_uuid()::text, 16))::uuid,
       platform_id, kind,
       CASE WHEN message <> '' THEN 'dsr' WHEN name LIKE '%.csv' THEN 'csv' ELSE 'ndjson' END,
       name, false, 'all_or_nothing', 'refused', sha256, 0, 'taken', id, line_count, new_count,
       known_count, 0, '[]', 0, '', received_at, received_at
  FROM royalty_intakefile,
       LATERAL (SELECT lpad(to_hex((extract(epoch FROM received_at) * 1000)::bigint), 12, '0'))
            AS time (hex);
