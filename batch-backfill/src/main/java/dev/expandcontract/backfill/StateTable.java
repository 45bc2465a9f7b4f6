package dev.expandcontract.backfill;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table that holds the jobs: that it is there, in a layout that we know, and who may use it. */
final class StateTable {
    static final String NAME = "expand_contract_backfill";

    /** Stands in the table's comment, so that a later release can tell what it finds. */
    static final int LAYOUT = 1;

    private static final Pattern LAYOUT_IN_COMMENT = Pattern.compile("layout (\\d+)");

    private static final String LOOK = """
            SELECT c.oid IS NOT NULL AS present, obj_description(c.oid, 'pg_class') AS comment, current_user AS role,
                   s.oid IS NOT NULL AS schema_present,
                   CASE WHEN c.oid IS NULL THEN coalesce(has_schema_privilege(s.oid, 'USAGE, CREATE'), false)
                          AND has_schema_privilege(s.oid, 'CREATE')
                        ELSE has_schema_privilege(s.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
                          AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE') END AS usable
            FROM (VALUES (CAST(? AS name), CAST(? AS name))) AS wanted(schema_name, table_name)
            LEFT JOIN pg_catalog.pg_namespace s ON s.nspname = wanted.schema_name
            LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = wanted.table_name
            """;

    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS %1$s (
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
            COMMENT ON TABLE %1$s IS 'Backfills: batched rewrites of rows, one row per job (expand-contract, layout %2$d)';
            COMMENT ON COLUMN %1$s.name IS 'Name of the job';
            COMMENT ON COLUMN %1$s.state IS 'running (killed, if heartbeat_at is old), stopped (the same migration goes on) or finished';
            COMMENT ON COLUMN %1$s.table_name IS 'Table whose rows are changed';
            COMMENT ON COLUMN %1$s.table_oid IS 'Its oid in pg_class when the job began: another table of its name is not the same';
            COMMENT ON COLUMN %1$s.set_clause IS 'What stands after SET';
            COMMENT ON COLUMN %1$s.assigned_columns IS 'Numbers (pg_attribute.attnum) of the columns that SET assigns: one added anew is not the same';
            COMMENT ON COLUMN %1$s.condition IS 'What stands after WHERE; null for all rows';
            COMMENT ON COLUMN %1$s.origin IS 'Who asked for the job, such as a migration; empty for Java code';
            COMMENT ON COLUMN %1$s.fingerprint IS 'SHA-256 of table, SET and condition: whether two jobs are the same';
            COMMENT ON COLUMN %1$s.axis IS 'What the batches follow: key';
            COMMENT ON COLUMN %1$s.key_columns IS 'Columns of the key that the batches follow';
            COMMENT ON COLUMN %1$s.key_types IS 'Types of these columns, with collations, as frontier and upper_bound are to be read';
            COMMENT ON COLUMN %1$s.frontier IS 'Key of the last row that is done, as text; empty before the first batch';
            COMMENT ON COLUMN %1$s.upper_bound IS 'Greatest key when the origin began the job or took it over, as text: where it ends; empty for an empty table';
            COMMENT ON COLUMN %1$s.rows_changed IS 'Rows that were changed';
            COMMENT ON COLUMN %1$s.rows_passed IS 'Rows that the frontier has passed, changed or not';
            COMMENT ON COLUMN %1$s.rows_estimated IS 'Rows in the table when the job began, as PostgreSQL estimated them';
            COMMENT ON COLUMN %1$s.rows_per_second IS 'Rows passed in a second by the latest run';
            COMMENT ON COLUMN %1$s.batches IS 'Batches that were committed';
            COMMENT ON COLUMN %1$s.batch_size IS 'Rows asked for in the latest batch';
            COMMENT ON COLUMN %1$s.started_at IS 'When the job began';
            COMMENT ON COLUMN %1$s.heartbeat_at IS 'When the latest batch was committed';
            COMMENT ON COLUMN %1$s.finished_at IS 'When the job ended; null until then';
            COMMENT ON COLUMN %1$s.error IS 'Why the job stopped; null otherwise'
            """;

    private final Identifier schema;

    StateTable(Identifier schema) {
        this.schema = schema;
    }

    QualifiedName name() {
        return new QualifiedName(schema, new Identifier(NAME));
    }

    boolean exists(Connection connection) throws SQLException {
        return look(connection).present();
    }

    /** Why this role can't keep a job there; empty if it can. */
    Optional<String> hindrance(Connection connection) throws SQLException {
        return look(connection).hindrance();
    }

    /** Makes the table if it is not there yet; to be called in a transaction. */
    void create(Connection connection) throws SQLException {
        if (exists(connection)) {
            return;
        }
        // IF NOT EXISTS alone still fails with a unique violation when two sessions are at it together.
        Transactions.execute(
                connection, "SELECT pg_advisory_xact_lock(hashtextextended('expand_contract_backfill', 0))");
        Transactions.execute(connection, CREATE.formatted(name().sql(), LAYOUT));
    }

    private Found look(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
            statement.setString(1, schema.value());
            statement.setString(2, NAME);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String comment = row.getString("comment");
                if (row.getBoolean("present")) {
                    requireKnownLayout(comment == null ? "" : comment);
                }
                return new Found(row.getBoolean("present"), hindrance(row));
            }
        }
    }

    private record Found(boolean present, Optional<String> hindrance) {}

    private Optional<String> hindrance(ResultSet row) throws SQLException {
        if (!row.getBoolean("schema_present")) {
            return Optional.of("schema " + schema + ", which is to hold the progress of backfills, does not exist");
        }
        if (row.getBoolean("usable")) {
            return Optional.empty();
        }
        String role = new Identifier(row.getString("role")).sql();
        return Optional.of(
                row.getBoolean("present")
                        ? "role %s may not use %s: GRANT SELECT, INSERT, UPDATE ON %s TO %s"
                                .formatted(role, name(), name(), role)
                        : "role %s may not create %s, which holds the progress of backfills: GRANT USAGE, CREATE ON SCHEMA %s TO %s"
                                .formatted(role, name(), schema, role));
    }

    private void requireKnownLayout(String comment) {
        Matcher layout = LAYOUT_IN_COMMENT.matcher(comment);
        if (!layout.find() || Integer.parseInt(layout.group(1)) != LAYOUT) {
            throw new ConfigurationProblem(
                    ("%s has a layout that this release does not know (its comment is \"%s\", expected"
                                    + " \"layout %d\"). It was made by another release, or by somebody else: use that release,"
                                    + " or another schema for the state tables")
                            .formatted(name(), comment, LAYOUT));
        }
    }
}
