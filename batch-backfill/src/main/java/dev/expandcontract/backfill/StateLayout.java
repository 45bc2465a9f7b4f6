package dev.expandcontract.backfill;

/** The tables that hold the jobs, as SQL: {@code %1$s} is the table of the jobs, {@code %2$s} that of their ranges. */
final class StateLayout {
    /** Stands in the comment of the table of jobs, so that a later release can tell what it finds. */
    static final int VERSION = 2;

    /** As 0.1.0 first had it: one range at a time, along a key, without a table of ranges. */
    static final int FIRST = 1;

    static final String CREATE_JOBS = """
            CREATE TABLE IF NOT EXISTS %1$s (
              name text PRIMARY KEY,
              state text NOT NULL,
              table_name text NOT NULL,
              table_oid oid NOT NULL,
              set_clause text,
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
            """;

    /** What the first layout lacks; also the second half of a new table. */
    static final String ADD_TO_JOBS = """
            ALTER TABLE %1$s DROP CONSTRAINT IF EXISTS expand_contract_backfill_state_check;
            ALTER TABLE %1$s
              ALTER set_clause DROP NOT NULL,
              ADD CONSTRAINT expand_contract_backfill_state_check CHECK (state IN ('registered', 'running', 'paused',
                'stopped', 'cancelled', 'finished', 'finished with failures')),
              ADD kind text NOT NULL DEFAULT 'update' CHECK (kind IN ('update', 'delete', 'copy')),
              ADD from_clause text,
              ADD target_table text,
              ADD target_columns text,
              ADD target_values text,
              ADD skips_existing boolean NOT NULL DEFAULT false,
              ADD options text NOT NULL DEFAULT '',
              ADD phase text NOT NULL DEFAULT 'fill' CHECK (phase IN ('fill', 'sweep', 'verify')),
              ADD pass integer NOT NULL DEFAULT 1,
              ADD parts oid[] NOT NULL DEFAULT '{}',
              ADD part integer NOT NULL DEFAULT 1,
              ADD part_file oid NOT NULL DEFAULT 0,
              ADD rows_settled bigint NOT NULL DEFAULT 0,
              ADD rows_remaining bigint NOT NULL DEFAULT 0,
              ADD rows_failed bigint NOT NULL DEFAULT 0,
              ADD speed integer CHECK (speed BETWEEN 1 AND 100),
              ADD throttle text,
              ADD rate_since timestamptz NOT NULL DEFAULT clock_timestamp();
            UPDATE %1$s SET parts = ARRAY[table_oid];
            """;

    /** The same, of a job that stands in the first layout. */
    static final String NOT_IN_FIRST = """
            'update' AS kind, NULL AS from_clause, NULL AS target_table, NULL AS target_columns, NULL AS target_values,
            false AS skips_existing, '' AS options, 'fill' AS phase, 1 AS pass, ARRAY[table_oid] AS parts, 1 AS part,
            0 AS part_file, 0 AS rows_settled, 0 AS rows_remaining, 0 AS rows_failed, CAST(NULL AS integer) AS speed,
            NULL AS throttle""";

    /** Without a foreign key, which Liquibase would take for a part of the application's schema. */
    static final String CREATE_RANGES = """
            CREATE TABLE %2$s (
              id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              job text NOT NULL,
              part oid NOT NULL,
              part_file oid NOT NULL,
              after text[] NOT NULL,
              up_to text[] NOT NULL,
              rows_asked bigint NOT NULL,
              state text NOT NULL CHECK (state IN ('claimed', 'waiting', 'done', 'failed')),
              worker text NOT NULL,
              due_at timestamptz NOT NULL,
              tries integer NOT NULL DEFAULT 0,
              locked_since timestamptz,
              batches integer NOT NULL DEFAULT 0,
              rows_passed bigint NOT NULL DEFAULT 0,
              rows_changed bigint NOT NULL DEFAULT 0,
              rows_remaining bigint NOT NULL DEFAULT 0,
              failed_row text[],
              error text
            ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
            CREATE INDEX ON %2$s (job, state);
            """;

    static final String COMMENTS = """
            COMMENT ON TABLE %1$s IS 'Backfills: batched rewrites of rows, one row per job (expand-contract, layout %3$d)';
            COMMENT ON COLUMN %1$s.name IS 'Name of the job';
            COMMENT ON COLUMN %1$s.state IS 'registered (nobody has begun it), running (killed, if heartbeat_at is old), paused and cancelled (by a person), stopped (see error; the same migration goes on), finished, or finished with failures (see the ranges in state failed, and rows_remaining). To steer it: UPDATE … SET state = ''paused'', ''running'' or ''cancelled''';
            COMMENT ON COLUMN %1$s.kind IS 'What is done with the rows: update, delete or copy';
            COMMENT ON COLUMN %1$s.table_name IS 'Table whose rows are changed';
            COMMENT ON COLUMN %1$s.table_oid IS 'Its oid in pg_class when the job began: another table of its name is not the same';
            COMMENT ON COLUMN %1$s.set_clause IS 'What stands after SET';
            COMMENT ON COLUMN %1$s.from_clause IS 'What stands after FROM; null without';
            COMMENT ON COLUMN %1$s.target_table IS 'Table that rows are copied to';
            COMMENT ON COLUMN %1$s.target_columns IS 'Its columns that are filled';
            COMMENT ON COLUMN %1$s.target_values IS 'What they are filled with';
            COMMENT ON COLUMN %1$s.skips_existing IS 'Whether rows that the target has already are left out';
            COMMENT ON COLUMN %1$s.assigned_columns IS 'Numbers (pg_attribute.attnum) of the columns that SET assigns: one added anew is not the same';
            COMMENT ON COLUMN %1$s.condition IS 'What stands after WHERE; null for all rows';
            COMMENT ON COLUMN %1$s.origin IS 'Who asked for the job, such as a migration; empty for Java code';
            COMMENT ON COLUMN %1$s.fingerprint IS 'SHA-256 of what is done: whether two jobs are the same';
            COMMENT ON COLUMN %1$s.options IS 'How gently it works, where that differs from the default';
            COMMENT ON COLUMN %1$s.axis IS 'What the batches follow: key, or block (the order on disk)';
            COMMENT ON COLUMN %1$s.key_columns IS 'Columns of the key that the batches follow; empty in block order';
            COMMENT ON COLUMN %1$s.key_types IS 'Types of these columns, with collations, as positions are to be read';
            COMMENT ON COLUMN %1$s.phase IS 'fill (the first pass), sweep (for rows that came or moved meanwhile) or verify (only counts)';
            COMMENT ON COLUMN %1$s.pass IS 'Number of the pass over the table, from 1';
            COMMENT ON COLUMN %1$s.parts IS 'The table, or its partitions, as this pass goes through them';
            COMMENT ON COLUMN %1$s.part IS 'Number of the part that the frontier is in, from 1; 0 before the first';
            COMMENT ON COLUMN %1$s.part_file IS 'In block order the part''s file: another one after VACUUM FULL or CLUSTER';
            COMMENT ON COLUMN %1$s.frontier IS 'Position in the part up to which ranges were claimed, as text; empty at its beginning';
            COMMENT ON COLUMN %1$s.upper_bound IS 'Position at which the part ends, as text; empty where it has no rows';
            COMMENT ON COLUMN %1$s.rows_changed IS 'Rows that were changed';
            COMMENT ON COLUMN %1$s.rows_passed IS 'Rows that this pass has passed, changed or not';
            COMMENT ON COLUMN %1$s.rows_settled IS 'Rows that this pass has changed, and for which the condition holds no more';
            COMMENT ON COLUMN %1$s.rows_remaining IS 'Rows for which the condition still held after their change, or when they were counted, in this pass';
            COMMENT ON COLUMN %1$s.rows_failed IS 'Rows that could not be changed: one range in state failed for each';
            COMMENT ON COLUMN %1$s.rows_estimated IS 'Rows in the table when the pass began, as PostgreSQL estimated them';
            COMMENT ON COLUMN %1$s.rows_per_second IS 'Rows passed in a second, by all workers, lately';
            COMMENT ON COLUMN %1$s.batches IS 'Batches that were committed';
            COMMENT ON COLUMN %1$s.batch_size IS 'Rows asked for in the latest batch';
            COMMENT ON COLUMN %1$s.speed IS 'Share of the time in which a worker may work, in percent; null for its own. To change it: UPDATE … SET speed = 20';
            COMMENT ON COLUMN %1$s.rate_since IS 'Up to when rows_per_second has counted; now, where the job goes on after a pause';
            COMMENT ON COLUMN %1$s.throttle IS 'Why its workers wait; null if they do not';
            COMMENT ON COLUMN %1$s.started_at IS 'When the job began';
            COMMENT ON COLUMN %1$s.heartbeat_at IS 'When a worker last asked for a range';
            COMMENT ON COLUMN %1$s.finished_at IS 'When the job ended, also while somebody verifies it; null until then';
            COMMENT ON COLUMN %1$s.error IS 'Why the job stopped; null otherwise';
            COMMENT ON TABLE %2$s IS 'Ranges of rows that workers of backfills are at, that wait, or that failed (expand-contract)';
            COMMENT ON COLUMN %2$s.id IS 'Number of the range';
            COMMENT ON COLUMN %2$s.job IS 'Name of the backfill';
            COMMENT ON COLUMN %2$s.part IS 'The table, or partition, by its oid';
            COMMENT ON COLUMN %2$s.part_file IS 'In block order its file when the range was claimed; else 0';
            COMMENT ON COLUMN %2$s.after IS 'Where what is left of it begins: after this key, or with this place on disk; empty for the beginning';
            COMMENT ON COLUMN %2$s.up_to IS 'Where it ends: with this key, or before this place on disk';
            COMMENT ON COLUMN %2$s.rows_asked IS 'How many rows it was to have; 0 for all that are left of the part';
            COMMENT ON COLUMN %2$s.state IS 'claimed (a worker is at it), waiting (to be tried again), done (not yet added up) or failed (one row that could not be changed)';
            COMMENT ON COLUMN %2$s.worker IS 'Who is, or was last, at it';
            COMMENT ON COLUMN %2$s.due_at IS 'From when on others may take it: the end of the lease, or of a pause';
            COMMENT ON COLUMN %2$s.tries IS 'How often it met a lock';
            COMMENT ON COLUMN %2$s.locked_since IS 'When it first met a lock; null if it did not';
            COMMENT ON COLUMN %2$s.batches IS 'Batches of it that were committed, and are not yet added up in the job''s row; the columns rows_… likewise';
            COMMENT ON COLUMN %2$s.rows_passed IS 'Rows that were passed, changed or not';
            COMMENT ON COLUMN %2$s.rows_changed IS 'Rows that were changed';
            COMMENT ON COLUMN %2$s.rows_remaining IS 'Rows for which the condition still held after their change, or when they were counted';
            COMMENT ON COLUMN %2$s.failed_row IS 'Key of the row that could not be changed, or its ctid in block order';
            COMMENT ON COLUMN %2$s.error IS 'What PostgreSQL said when it failed'
            """;

    private StateLayout() {}
}
