package dev.expandcontract.run;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.OperationType;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps {@code expand_contract_operation}: what ran, for whom, how far it came. Written on the lent connection. */
final class OperationLog {
    static final Identifier TABLE = new Identifier("expand_contract_operation");
    private static final String UNDO = "undo ";
    private static final String OF_ORIGIN = " WHERE host = ? AND history = ? AND migration = ? AND position = ?";

    private final Connection connection;
    private final OperationTable table;

    OperationLog(Connection connection, Identifier schema) {
        this.connection = connection;
        this.table = new OperationTable(connection, new QualifiedName(schema, TABLE));
    }

    void create() throws SQLException {
        table.create();
    }

    boolean exists() throws SQLException {
        return table.exists();
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
        String sql = "SELECT fingerprint, operation, attributes::text FROM " + table
                + OF_ORIGIN + " AND state = 'done' AND recorded_at IS NULL"
                + " AND operation NOT LIKE '" + UNDO + "%' ORDER BY id DESC LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values(origin));
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

    /**
     * Whether this migration ran the operation and, since it was last undone, always found everything done already:
     * then nothing of it is this migration's to take away.
     */
    boolean didNothing(Origin origin, Operation operation) throws SQLException {
        String undone =
                "SELECT max(id) FROM " + table + OF_ORIGIN + " AND fingerprint = ? AND operation LIKE '" + UNDO + "%'";
        String sql = "SELECT bool_and(step IS NULL) FROM " + table + OF_ORIGIN
                + " AND fingerprint = ? AND id > coalesce((" + undone + "), 0)";
        Object[] run = values(origin, Fingerprint.of(operation));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, Stream.of(run, run).flatMap(Stream::of).toArray());
            try (ResultSet row = statement.executeQuery()) {
                return origin.isMigration() && row.next() && row.getBoolean(1);
            }
        }
    }

    /** An attribute of this statement as the last run began it, of those that the host did not get to record. */
    Optional<String> begun(Origin origin, String attribute) throws SQLException {
        String sql = "SELECT coalesce(attributes->>?, '') FROM " + table + OF_ORIGIN
                + " AND recorded_at IS NULL AND operation NOT LIKE '" + UNDO + "%' ORDER BY id DESC LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(
                    statement,
                    Stream.concat(Stream.of(attribute), Stream.of(values(origin)))
                            .toArray());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    /** Notes that an operation begins; returns its id. */
    long begin(Origin origin, Operation operation) throws SQLException {
        return begin(origin, operation, "");
    }

    /** Notes that an operation is about to be taken back; returns the id of the note. */
    long beginUndo(Origin origin, Operation operation) throws SQLException {
        return begin(origin, operation, UNDO);
    }

    private long begin(Origin origin, Operation operation, String direction) throws SQLException {
        OperationType type = OperationType.of(operation.getClass());
        Map<String, String> attributes = type.values(operation);
        String sql = "INSERT INTO " + table
                + " (operation, attributes, fingerprint, host, history, migration, position, state)"
                + " VALUES (?, jsonb_object(?::text[], ?::text[]), ?, ?, ?, ?, ?, 'running') RETURNING id";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(
                    statement,
                    direction + type.name(),
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
        String sql = "SELECT min(id) FROM " + table + OF_ORIGIN + " AND recorded_at IS NULL";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values(origin));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return origin + " (run " + Math.min(id, row.getLong(1)) + ")";
            }
        }
    }

    /** The backfills that statements of this host have registered. */
    Set<RegisteredRun> registered(Host host) throws SQLException {
        return RegisteredRun.all(connection, table, host);
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
        String sql =
                "SELECT DISTINCT migration FROM " + table + " WHERE host = ? AND history = ? AND recorded_at IS NULL";
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
        try (PreparedStatement statement = connection.prepareStatement("UPDATE " + table + " " + rest)) {
            bind(statement, parameters);
            statement.executeUpdate();
        }
    }

    /** For {@link #OF_ORIGIN}, and then the others. */
    private static Object[] values(Origin origin, Object... others) {
        return Stream.concat(
                        Stream.of(origin.host().name(), origin.host().history(), origin.migration(), origin.position()),
                        Stream.of(others))
                .toArray();
    }

    private static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }
}
