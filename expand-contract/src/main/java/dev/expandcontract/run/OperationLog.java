package dev.expandcontract.run;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.OperationType;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps {@code expand_contract_operation}: what ran, for whom, how far it came. Written on the lent connection. */
final class OperationLog {
    static final Identifier TABLE = new Identifier("expand_contract_operation");

    private final Connection connection;
    private final QualifiedName table;

    OperationLog(Connection connection, Identifier schema) {
        this.connection = connection;
        this.table = new QualifiedName(schema, TABLE);
    }

    /** Makes the table if it isn't there; two sessions may do so at once. */
    void create() throws SQLException {
        if (exists()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            for (String sql : OperationTable.statements(table)) {
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
        try (PreparedStatement statement = connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
            statement.setString(1, table.sql());
            return isTrue(statement);
        } catch (SQLException e) {
            refuseWithoutPrivilege("look for", "USAGE and CREATE", e);
            throw e;
        }
    }

    private void refuseWithoutPrivilege(String deed, String privilege, SQLException e) {
        if (SqlState.INSUFFICIENT_PRIVILEGE.matches(e)) {
            throw new ConfigurationProblem(
                    "This role may not %s %s (%s). Grant it %s on schema %s, or name another schema by expandcontract.schema. Nothing was changed."
                            .formatted(deed, table, e.getMessage(), privilege, table.schema()),
                    e);
        }
    }

    /**
     * Whether this statement of this migration was done in a run that the host did not get to record.
     *
     * @throws InvalidOperation if what was done there is not what stands there now
     */
    boolean isDone(Origin origin, String fingerprint) throws SQLException {
        if (!origin.isMigration()) {
            return false;
        }
        String sql = "SELECT fingerprint, operation, attributes::text FROM " + table.sql()
                + " WHERE host = ? AND history = ? AND migration = ? AND position = ? AND state = 'done' AND recorded_at IS NULL"
                + " ORDER BY id DESC LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, origin.host().name(), origin.host().history(), origin.migration(), origin.position());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                if (!row.getString(1).equals(fingerprint)) {
                    throw new InvalidOperation(
                            "%s was run before, in another form, by a migration that then failed: %s %s. It stays done. Put the statement back as it was, or delete the rows of this migration from %s if you have undone it by hand."
                                    .formatted(origin, row.getString(2), row.getString(3), table));
                }
                return true;
            }
        }
    }

    /** Notes that an operation begins; returns its id. */
    long begin(Origin origin, Operation operation) throws SQLException {
        OperationType type = OperationType.of(operation.getClass());
        Map<String, String> attributes = type.values(operation);
        String sql = "INSERT INTO " + table.sql()
                + " (operation, attributes, fingerprint, host, history, migration, position, state)"
                + " VALUES (?, jsonb_object(?::text[], ?::text[]), ?, ?, ?, ?, ?, 'running') RETURNING id";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(
                    statement,
                    type.name(),
                    attributes.keySet().toArray(String[]::new),
                    attributes.values().toArray(String[]::new),
                    Fingerprint.of(operation),
                    origin.host().name(),
                    origin.host().history(),
                    origin.migration(),
                    origin.position());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /**
     * What tells this run of a statement, with all its tries, from an earlier one that the host has recorded: a
     * backfill that was finished then is not finished now.
     */
    String run(Origin origin, long id) throws SQLException {
        if (!origin.isMigration()) {
            return origin.toString();
        }
        String sql = "SELECT min(id) FROM " + table.sql()
                + " WHERE host = ? AND history = ? AND migration = ? AND position = ? AND recorded_at IS NULL";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, origin.host().name(), origin.host().history(), origin.migration(), origin.position());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return origin + " (run " + Math.min(id, row.getLong(1)) + ")";
            }
        }
    }

    void step(long id, String step) throws SQLException {
        update("SET step = ? WHERE id = ?", step, id);
    }

    void done(long id) throws SQLException {
        update("SET state = 'done', finished_at = clock_timestamp() WHERE id = ?", id);
    }

    void failed(long id, String error) throws SQLException {
        update("SET state = 'failed', finished_at = clock_timestamp(), error = ? WHERE id = ?", error, id);
    }

    /** The host has these migrations in its history; their rows don't speak for a later run. Null: all of them. */
    void recorded(Host host, @Nullable Collection<String> migrations) throws SQLException {
        update(
                "SET recorded_at = clock_timestamp() WHERE host = ? AND history = ? AND recorded_at IS NULL"
                        + " AND (?::text[] IS NULL OR migration = ANY (?::text[]))",
                host.name(),
                host.history(),
                migrations == null ? null : migrations.toArray(String[]::new),
                migrations == null ? null : migrations.toArray(String[]::new));
    }

    /** The migrations of this host with rows that the host's history is not known to hold. */
    List<String> unrecorded(Host host) throws SQLException {
        String sql = "SELECT DISTINCT migration FROM " + table.sql()
                + " WHERE host = ? AND history = ? AND recorded_at IS NULL";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, host.name(), host.history());
            try (ResultSet rows = statement.executeQuery()) {
                List<String> migrations = new java.util.ArrayList<>();
                while (rows.next()) {
                    migrations.add(rows.getString(1));
                }
                return migrations;
            }
        }
    }

    private void update(String rest, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("UPDATE " + table.sql() + " " + rest)) {
            bind(statement, parameters);
            statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }

    private static boolean isTrue(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }
}
