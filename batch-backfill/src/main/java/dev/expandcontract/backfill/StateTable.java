package dev.expandcontract.backfill;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables that hold the jobs and their ranges: that they are there, in a layout that we know, and who may use them. */
final class StateTable {
    static final String NAME = "expand_contract_backfill";
    static final String RANGES = "expand_contract_backfill_range";

    private static final Pattern LAYOUT_IN_COMMENT = Pattern.compile("layout (\\d+)");

    private static final String LOOK = """
            SELECT c.oid IS NOT NULL AS present, obj_description(c.oid, 'pg_class') AS comment, current_user AS role,
                   s.oid IS NOT NULL AS schema_present, pg_has_role(c.relowner, 'USAGE') AS owned,
                   CASE WHEN c.oid IS NULL THEN coalesce(has_schema_privilege(s.oid, 'USAGE, CREATE'), false)
                          AND has_schema_privilege(s.oid, 'CREATE')
                        ELSE has_schema_privilege(s.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
                          AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')
                          AND has_table_privilege(c.oid, 'DELETE')
                          AND (r.oid IS NULL OR has_table_privilege(r.oid, 'SELECT') AND has_table_privilege(r.oid, 'INSERT')
                            AND has_table_privilege(r.oid, 'UPDATE') AND has_table_privilege(r.oid, 'DELETE')) END AS usable
            FROM (VALUES (CAST(? AS name), CAST(? AS name), CAST(? AS name))) AS wanted(schema_name, jobs, ranges)
            LEFT JOIN pg_catalog.pg_namespace s ON s.nspname = wanted.schema_name
            LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = wanted.jobs
            LEFT JOIN pg_catalog.pg_class r ON r.relnamespace = s.oid AND r.relname = wanted.ranges
            """;

    private final Identifier schema;

    StateTable(Identifier schema) {
        this.schema = schema;
    }

    QualifiedName name() {
        return new QualifiedName(schema, new Identifier(NAME));
    }

    QualifiedName ranges() {
        return new QualifiedName(schema, new Identifier(RANGES));
    }

    /** That of this release, or an older one that {@link #create} brings up to date; 0 where there is no table. */
    int layout(Connection connection) throws SQLException {
        return look(connection).layout();
    }

    /** Whether it can be read as it is. */
    boolean isCurrent(Connection connection) throws SQLException {
        return look(connection).layout() == StateLayout.VERSION;
    }

    /** Why this role can't keep a job there; empty if it can. */
    Optional<String> hindrance(Connection connection) throws SQLException {
        return look(connection).hindrance();
    }

    /** Makes the tables if they are not there yet, or brings them up to date; to be called in a transaction. */
    void create(Connection connection) throws SQLException {
        if (isCurrent(connection)) {
            return;
        }
        // IF NOT EXISTS alone still fails with a unique violation when two sessions are at it together.
        Transactions.execute(
                connection, "SELECT pg_advisory_xact_lock(hashtextextended('expand_contract_backfill', 0))");
        if (isCurrent(connection)) {
            return;
        }
        for (String sql : List.of(
                StateLayout.CREATE_JOBS, StateLayout.ADD_TO_JOBS, StateLayout.CREATE_RANGES, StateLayout.COMMENTS)) {
            Transactions.execute(connection, sql.formatted(name().sql(), ranges().sql(), StateLayout.VERSION));
        }
    }

    /** What is done with the tables. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }

    /** @throws StepFailed if they can't be read, or whatever the verb says */
    <T> T told(String verb, Work<T> work) {
        try {
            return work.run();
        } catch (SQLException e) {
            throw new StepFailed("The backfills in %s can't be %s: %s".formatted(name(), verb, e.getMessage()), e);
        }
    }

    private Found look(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
            statement.setString(1, schema.value());
            statement.setString(2, NAME);
            statement.setString(3, RANGES);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String comment = row.getString("comment");
                int layout = row.getBoolean("present") ? knownLayout(comment == null ? "" : comment) : 0;
                return new Found(layout, hindrance(row, layout));
            }
        }
    }

    /** @param layout 0 where there is no table */
    private record Found(int layout, Optional<String> hindrance) {}

    private Optional<String> hindrance(ResultSet row, int layout) throws SQLException {
        if (!row.getBoolean("schema_present")) {
            return Optional.of("schema " + schema + ", which is to hold the progress of backfills, does not exist");
        }
        String role = new Identifier(row.getString("role")).sql();
        if (layout == StateLayout.FIRST && !row.getBoolean("owned")) {
            return Optional.of(
                    "%s has the layout of an earlier release, and role %s does not own it: let its owner run a backfill first"
                            .formatted(name(), role));
        }
        if (row.getBoolean("usable")) {
            return Optional.empty();
        }
        return Optional.of(
                layout != 0
                        ? "role %s may not use %s: GRANT SELECT, INSERT, UPDATE, DELETE ON %s, %s TO %s"
                                .formatted(role, name(), name(), ranges(), role)
                        : "role %s may not create %s, which holds the progress of backfills: GRANT USAGE, CREATE ON SCHEMA %s TO %s"
                                .formatted(role, name(), schema, role));
    }

    private int knownLayout(String comment) {
        Matcher layout = LAYOUT_IN_COMMENT.matcher(comment);
        int found = layout.find() ? Integer.parseInt(layout.group(1)) : 0;
        if (found < StateLayout.FIRST || found > StateLayout.VERSION) {
            throw new ConfigurationProblem(
                    ("%s has a layout that this release does not know (its comment is \"%s\", expected"
                                    + " \"layout %d\"). It was made by another release, or by somebody else: use that release,"
                                    + " or another schema for the state tables")
                            .formatted(name(), comment, StateLayout.VERSION));
        }
        return found;
    }
}
