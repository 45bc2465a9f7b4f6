package dev.expandcontract.backfill.throttle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the server knows of its log and its replicas at one moment.
 *
 * @param written how far the log has been written, in bytes
 * @param unreadable how many senders of WAL show no details to this role
 * @param replicas the one that is furthest behind comes last
 */
record ReplicationStatus(long written, int unreadable, List<Replica> replicas) {
    /** A logical sender always has a slot; a backup or an archiver replays nothing and so never has a replay_lsn. */
    private static final String STATUS = """
            SELECT w.written, r.pid IS NOT NULL AS is_sender, r.state,
                   coalesce(nullif(r.application_name, ''), 'pid ' || r.pid) AS name,
                   coalesce(host(r.client_addr), 'local socket') AS address, coalesce(s.slot_name, '') AS slot,
                   pg_wal_lsn_diff(r.replay_lsn, '0/0')::bigint AS replayed,
                   coalesce(extract(epoch FROM r.replay_lag) * 1000, 0)::bigint AS lag,
                   (extract(epoch FROM r.reply_time) * 1000000)::bigint AS reply,
                   greatest(0, extract(epoch FROM clock_timestamp() - r.reply_time) * 1000)::bigint AS reply_age
            FROM (SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint AS written) w
            LEFT JOIN (pg_catalog.pg_stat_replication r
                       LEFT JOIN pg_catalog.pg_replication_slots s ON s.active_pid = r.pid)
                   ON s.slot_type IS DISTINCT FROM 'logical'
            ORDER BY replayed DESC
            """;

    /**
     * One standby that streams.
     *
     * @param slot empty without one
     * @param replayed how far, in bytes of the log
     * @param lag as the server measured it when the standby last replayed something
     * @param reply the standby's own time of its last report, only good for being compared with the last one
     * @param replyAge of that report, if the two machines' clocks agree
     */
    record Replica(
            String name, String address, String slot, long replayed, Duration lag, long reply, Duration replyAge) {
        /** Which the same standby has again after it was away. */
        String identity() {
            return slot.isEmpty() ? name + " at " + address : slot;
        }

        @Override
        public String toString() {
            return "replica " + name + " (" + address + ")";
        }
    }

    static ReplicationStatus read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(STATUS)) {
            List<Replica> replicas = new ArrayList<>();
            long written = 0;
            int unreadable = 0;
            while (row.next()) {
                written = row.getLong("written");
                if (row.getBoolean("is_sender") && row.getString("state") == null) {
                    unreadable++;
                } else if (row.getObject("replayed") != null && row.getObject("reply") != null) {
                    replicas.add(replica(row));
                }
            }
            return new ReplicationStatus(written, unreadable, replicas);
        }
    }

    private static Replica replica(ResultSet row) throws SQLException {
        return new Replica(
                row.getString("name"),
                row.getString("address"),
                row.getString("slot"),
                row.getLong("replayed"),
                Duration.ofMillis(row.getLong("lag")),
                row.getLong("reply"),
                Duration.ofMillis(row.getLong("reply_age")));
    }
}
