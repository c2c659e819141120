-- The world of benchmarks/tenancy.py; sizes in braces are filled in there.

INSERT INTO accounts_organisation (name, kind, created_at)
SELECT 'o' || i, CASE WHEN i <= {platforms} THEN 'platform' ELSE 'rights_holder' END, now()
  FROM generate_series(1, {platforms} + {parties}) i;
INSERT INTO catalog_platform (code, name, organisation_id, created_at)
SELECT 'p' || id, 'p', id, now() FROM accounts_organisation WHERE kind = 'platform' ORDER BY id;
INSERT INTO catalog_party (ref, name, kind, ipi_name, ipi_base, isni, ddex_party_id, created_at)
SELECT 'r' || i, 'r', '', '', '', '', '', now() FROM generate_series(1, {parties}) i;
INSERT INTO catalog_representation (organisation_id, party_id, created_at)
SELECT {platforms} + id, id, now() FROM catalog_party;
INSERT INTO catalog_asset (sha256, storage_name, media_type, size_bytes, seconds, created_at)
VALUES ('a', 'a', 'audio/midi', 1, 1, now());
INSERT INTO catalog_work (ref, title, version, collection, iswc, language, created_at)
SELECT 'w' || i, 'w', '', '', '', '', now() FROM generate_series(1, {tracks}) i;
INSERT INTO catalog_track
    (ref, work_id, asset_id, title, version, artist, isrc, release_title, release_ean, genre,
     licence, source_url, created_at)
SELECT 't' || id, id, 1, 't', '', '', '', '', '', '', '', '', now() FROM catalog_work ORDER BY id;
INSERT INTO catalog_share
    (work_id, party_id, "right", role, territory, share_ppm, valid_from, created_at)
SELECT id, 1 + (id * 7) % {parties}, 'composition', 'composer', '{{[0,676)}}', 1000000,
       '2000-01-01', now()
  FROM catalog_work;
INSERT INTO catalog_modelversion (platform_id, name, version, created_at)
SELECT id, 'm', '1', now() FROM catalog_platform ORDER BY id;
INSERT INTO catalog_trainingset
    (model_version_id, digest, track_count, exclusion_count, frozen_at)
SELECT id, 'd', {tracks} / 10, 0, now() FROM catalog_modelversion ORDER BY id;
INSERT INTO catalog_trainingsettrack (training_set_id, track_id, position, role, asset_sha256)
SELECT s.id, 1 + (s.id * 911 + i * 10) % {tracks}, i, 'train', 'a'
  FROM catalog_trainingset s, generate_series(0, {tracks} / 10 - 1) i;
INSERT INTO attribution_featurestore
    (model_version_id, training_set_id, folder, config, digest, origin, refusal, created_at)
SELECT id, id, 'f' || id, '{{}}', '', 'ours', '', now() FROM catalog_modelversion ORDER BY id;
INSERT INTO attribution_attributionrun
    (id, feature_store_id, method, config, code_version, quality, objections, report, created_at,
     finished_at)
SELECT uuidv7(), 1 + i % {platforms}, 'm', '{{}}', '', '{{}}', '{{}}', '{{}}', now(), now()
  FROM generate_series(1, {rows} / 200) i;
INSERT INTO attribution_generation
    (id, platform_id, model_version_id, external_id, asset_id, generated_at, created_at)
SELECT uuidv7(), 1 + i % {platforms}, 1 + i % {platforms}, 'g' || i, 1, now(), now()
  FROM generate_series(1, {rows}) i;
INSERT INTO attribution_attribution (run_id, generation_id, track_ids, share_ppb, low_ppb, high_ppb,
    unattributed_ppb, has_model_interval, evidence, created_at)
SELECT run.id, g.id, ARRAY(SELECT 1 + (g.n * 7919 + k * 3571) % {tracks}
                             FROM generate_series(1, 5) k),
       '{{1,1,1,1,1}}', '{{1,1,1,1,1}}', '{{1,1,1,1,1}}', 999999995, false, '[]', now()
  FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM attribution_generation) g
  JOIN (SELECT DISTINCT ON (feature_store_id) * FROM attribution_attributionrun) run
    ON run.feature_store_id = g.platform_id;
INSERT INTO royalty_intakefile
    (platform_id, kind, sha256, name, line_count, new_count, known_count, received_at)
SELECT id, 'usage', 'a', 'a', 1, 1, 0, now() FROM catalog_platform ORDER BY id;
INSERT INTO royalty_usageevent (platform_id, event_id, service, generation_id, subscriber, used_at,
    count, intake_file_id)
SELECT platform_id, external_id, 's', id, 'u', '2026-10-01', 1, platform_id
  FROM attribution_generation;
INSERT INTO royalty_contract (platform_id, code, name, service, composition_ppm, allocation_model,
    model_parameters, commission_ppm, fallback, idle_subscribers, currency, guarantee_minor,
    most_favoured, holding_months, period_months, reporting_days, payment_days, vat_ppm,
    pays_before_collection, unverified_features, country, valid_from, created_at)
SELECT id, 'c' || id, 'c', 's', 1000000, 'pro_rata', '{{}}', 0, 'held', 'pool', 'EUR', 0, false,
       36, 1, 10, 30, 0, false, 'hold', '', '2010-01-01', now() FROM catalog_platform ORDER BY id;
INSERT INTO royalty_period (contract_id, starts_on, ends_on, status, created_at)
SELECT 1, '2010-01-01'::date + i, '2010-01-02'::date + i, 'open', now()
  FROM generate_series(1, {periods}) i;
INSERT INTO royalty_account (kind, contract_id, party_id, currency, created_at)
SELECT 'party_payable', 1, id, 'EUR', now() FROM catalog_party ORDER BY id;
INSERT INTO royalty_account (kind, contract_id, currency, created_at)
VALUES ('period_revenue', 1, 'EUR', now());
INSERT INTO royalty_journal (id, idempotency_key, request_sha256, kind, period_id, posted_on, memo)
SELECT uuidv7(), 'j' || id, '', 'allocation', id, starts_on, '' FROM royalty_period;
INSERT INTO royalty_entry (journal_id, account_id, side, amount_atoms, currency)
SELECT j.id, a.id, 'credit', 1, 'EUR'
  FROM royalty_journal j, generate_series(1, {rows} / {periods}) i
  JOIN royalty_account a ON a.id = 1 + (i - 1) % {parties}
 UNION ALL
SELECT j.id, {parties} + 1, 'debit', {rows} / {periods}, 'EUR' FROM royalty_journal j;
INSERT INTO accounts_user
    (email, password, is_superuser, name, is_active, is_staff, language, created_at)
VALUES ('a', '', false, '', true, false, '', now()), ('b', '', false, '', true, false, '', now());
INSERT INTO royalty_allocationrun (period_id, snapshot_sha256, snapshot_name, lines_sha256,
    line_count, use_count, gross_atoms, commission_atoms, pool_atoms, guarantee_atoms, totals_atoms,
    exceptions, attribution_runs, code_version, computed_by_id, computed_at, last_intake_file)
SELECT id, '', '', '', 0, 0, 0, 0, 0, 0, '{{}}', '[]', '[]', '', 1, now(), 0 FROM royalty_period;
UPDATE royalty_period SET status = 'computed', computed_by_id = 1, computed_at = now();
UPDATE royalty_period SET status = 'reviewed', reviewed_by_id = 2, reviewed_at = now();
UPDATE royalty_period SET status = 'closed', closed_by_id = 1, closed_at = now();
INSERT INTO royalty_statement (period_id, run_id, party_id, version, currency, opening_atoms,
    attributed_atoms, fallback_atoms, guarantee_atoms, adjustment_atoms, settled_atoms,
    closing_atoms, reason, created_at)
SELECT run.period_id, run.id, party.id, 1, 'EUR', 0, 0, 0, 0, 0, 0, 0, '', now()
  FROM royalty_allocationrun run, catalog_party party;
INSERT INTO royalty_publication (period_id, published_by_id, published_at, statement_count)
SELECT id, 1, now(), {parties} FROM royalty_period ORDER BY id;
UPDATE royalty_statement SET publication_id = publication.id
  FROM royalty_publication publication
 WHERE publication.period_id = royalty_statement.period_id;
