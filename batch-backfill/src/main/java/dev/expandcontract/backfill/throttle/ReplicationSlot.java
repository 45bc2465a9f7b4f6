package dev.expandcontract.backfill.throttle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A place in the write-ahead log that the server keeps for somebody.
 *
 * @param kind {@code physical} or {@code logical}
 * @param retained bytes of WAL that are kept for it
 * @param keepSize bytes that are kept for a slot at most, {@code max_slot_wal_keep_size}; negative without such a limit
 */
record ReplicationSlot(
        String name, String kind, boolean active, boolean unreserved, boolean lost, long retained, long keepSize) {
    private static final String SLOTS = """
            SELECT slot_name, slot_type, active, coalesce(wal_status = 'unreserved', false),
                   coalesce(wal_status = 'lost', false),
                   coalesce(greatest(0, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0)::bigint,
                   pg_size_bytes(current_setting('max_slot_wal_keep_size'))
            FROM pg_catalog.pg_replication_slots ORDER BY 6 DESC, 1
            """;

    static List<ReplicationSlot> all(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SLOTS)) {
            List<ReplicationSlot> slots = new ArrayList<>();
            while (row.next()) {
                slots.add(new ReplicationSlot(
                        row.getString(1),
                        row.getString(2),
                        row.getBoolean(3),
                        row.getBoolean(4),
                        row.getBoolean(5),
                        row.getLong(6),
                        row.getLong(7)));
            }
            return slots;
        }
    }

    /** As in a message. */
    @Override
    public String toString() {
        return "replication slot %s (%s, %s)".formatted(name, kind, active ? "in use" : "not in use");
    }
}
