CREATE TABLE IF NOT EXISTS "Host's own".expand_contract_backfill (
  name text PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('running', 'stopped', 'finished')),
  table_name text NOT NULL,
  table_oid oid NOT NULL,
  set_clause text NOT NULL,
  assigned_columns integer[] NOT NULL,
  condition text,
  origin text NOT NULL,
  fingerprint text NOT NULL,
  axis text NOT NULL,
  key_columns text[] NOT NULL,
  key_types text[] NOT NULL,
  frontier text[] NOT NULL,
  upper_bound text[] NOT NULL,
  rows_changed bigint NOT NULL DEFAULT 0,
  rows_passed bigint NOT NULL DEFAULT 0,
  rows_estimated bigint NOT NULL,
  rows_per_second double precision NOT NULL DEFAULT 0,
  batches bigint NOT NULL DEFAULT 0,
  batch_size integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  error text
);
COMMENT ON TABLE "Host's own".expand_contract_backfill IS 'Backfills: batched rewrites of rows, one row per job (expand-contract, layout 1)';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.name IS 'Name of the job';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.state IS 'running (killed, if heartbeat_at is old), stopped (the same migration goes on) or finished';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.table_name IS 'Table whose rows are changed';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.table_oid IS 'Its oid in pg_class when the job began: another table of its name is not the same';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.set_clause IS 'What stands after SET';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.assigned_columns IS 'Numbers (pg_attribute.attnum) of the columns that SET assigns: one added anew is not the same';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.condition IS 'What stands after WHERE; null for all rows';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.origin IS 'Who asked for the job, such as a migration; empty for Java code';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.fingerprint IS 'SHA-256 of table, SET and condition: whether two jobs are the same';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.axis IS 'What the batches follow: key';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.key_columns IS 'Columns of the key that the batches follow';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.key_types IS 'Types of these columns, with collations, as frontier and upper_bound are to be read';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.frontier IS 'Key of the last row that is done, as text; empty before the first batch';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.upper_bound IS 'Greatest key when the origin began the job or took it over, as text: where it ends; empty for an empty table';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.rows_changed IS 'Rows that were changed';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.rows_passed IS 'Rows that the frontier has passed, changed or not';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.rows_estimated IS 'Rows in the table when the job began, as PostgreSQL estimated them';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.rows_per_second IS 'Rows passed in a second by the latest run';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.batches IS 'Batches that were committed';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.batch_size IS 'Rows asked for in the latest batch';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.started_at IS 'When the job began';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.heartbeat_at IS 'When the latest batch was committed';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.finished_at IS 'When the job ended; null until then';
COMMENT ON COLUMN "Host's own".expand_contract_backfill.error IS 'Why the job stopped; null otherwise'
