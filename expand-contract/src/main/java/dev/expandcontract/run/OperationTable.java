package dev.expandcontract.run;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table {@code expand_contract_operation}: its layout, and whether it is there. */
final class OperationTable {
    private static final Map<String, String> COMMENTS = new LinkedHashMap<>();

    static {
        COMMENTS.put("id", "in the order in which they began");
        COMMENTS.put("operation", "name of the operation, such as createIndex; undo createIndex for a rollback");
        COMMENTS.put("attributes", "what its author wrote");
        COMMENTS.put("fingerprint", "SHA-256 of operation and attributes");
        COMMENTS.put("host", "flyway, liquibase or java");
        COMMENTS.put("history", "the host's history table; empty when called from Java");
        COMMENTS.put(
                "migration",
                "script or changeSet that asked for it, and which run of a repeatable one; empty when called from Java");
        COMMENTS.put("position", "which statement of the script, from 1; 0 where it is the only one");
        COMMENTS.put("step", "the step that began last; of a backfill left to others, that it was registered");
        COMMENTS.put("state", "running, done or failed; running without a session that works on it: killed");
        COMMENTS.put("started_at", "when it began");
        COMMENTS.put("finished_at", "when it was done or failed");
        COMMENTS.put("error", "why it failed");
        COMMENTS.put("recorded_at", "when the host's history was first seen to hold the migration");
    }

    private static final String LAYOUT = "(layout 1)";

    private final Connection connection;
    private final QualifiedName name;

    OperationTable(Connection connection, QualifiedName name) {
        this.connection = connection;
        this.name = name;
    }

    /** Makes the table if it isn't there; two sessions may do so at once. */
    void create() throws SQLException {
        if (exists()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements(name)) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            refuseWithoutPrivilege("create", "CREATE", e);
            if (!SqlState.isAny(e, SqlState.DUPLICATE_TABLE, SqlState.UNIQUE_VIOLATION, SqlState.DUPLICATE_OBJECT)) {
                throw e;
            }
        }
    }

    boolean exists() throws SQLException {
        String sql = "SELECT obj_description(oid, 'pg_class') FROM pg_class WHERE oid = to_regclass(?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name.sql());
            try (ResultSet row = statement.executeQuery()) {
                boolean exists = row.next();
                if (exists) {
                    requireKnownLayout(String.valueOf(row.getString(1)));
                }
                return exists;
            }
        } catch (SQLException e) {
            refuseWithoutPrivilege("look for", "USAGE and CREATE", e);
            throw e;
        }
    }

    private void refuseWithoutPrivilege(String deed, String privilege, SQLException e) {
        if (SqlState.INSUFFICIENT_PRIVILEGE.matches(e)) {
            throw new ConfigurationProblem(
                    "This role may not %s %s (%s). Grant it %s on schema %s, or name another schema by expandcontract.schema. Nothing was changed."
                            .formatted(deed, name, e.getMessage(), privilege, name.schema()),
                    e);
        }
    }

    /** @param comment on the table that is there */
    private void requireKnownLayout(String comment) {
        if (!comment.endsWith(LAYOUT)) {
            throw new ConfigurationProblem(
                    "%s has a layout that this release does not know (its comment is \"%s\", expected \"%s\" at its end). It was made by another release, or by somebody else: use that release, or another schema by expandcontract.schema. Nothing was changed."
                            .formatted(name, comment, LAYOUT));
        }
    }

    private static List<String> statements(QualifiedName table) {
        List<String> statements = new ArrayList<>();
        statements.add("""
                CREATE TABLE %s (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    operation text NOT NULL,
                    attributes jsonb NOT NULL,
                    fingerprint text NOT NULL,
                    host text NOT NULL,
                    history text NOT NULL,
                    migration text NOT NULL,
                    position integer NOT NULL,
                    step text,
                    state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
                    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    finished_at timestamptz,
                    error text,
                    recorded_at timestamptz
                )
                """.formatted(table.sql()));
        statements.add(
                "COMMENT ON TABLE " + table.sql() + " IS 'Online operations run by expand-contract " + LAYOUT + "'");
        COMMENTS.forEach((column, comment) -> statements.add("COMMENT ON COLUMN " + table.sql() + "."
                + new Identifier(column).sql() + " IS '" + comment.replace("'", "''") + "'"));
        return List.of(String.join(";\n", statements));
    }

    @Override
    public String toString() {
        return name.sql();
    }
}
