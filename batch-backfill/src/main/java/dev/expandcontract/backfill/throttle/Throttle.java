package dev.expandcontract.backfill.throttle;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.LongSupplier;

/** A limit on what a backfill may do to its server. Only describes it; each worker of a run begins a watch of its own. */
public interface Throttle {
    /** As {@link Throttles#parse} reads it, and as the log and the state table name it: {@code replicaLag=10s,256MB}. */
    @Override
    String toString();

    /** @param nanos a time that only grows, as {@link System#nanoTime()} */
    Watch watch(Target target, LongSupplier nanos);

    /**
     * Why its signal can't be read by this role on this server, or would never let the job go on, with what mends it (the
     * {@code GRANT}, the setting); empty if it can be used. Asked once, before the job begins, in a read-only transaction.
     *
     * @throws SQLException if the signal can't be read for another reason; {@link Throttles#hindrances} puts it into words
     */
    Optional<String> hindrance(Connection connection, Target target) throws SQLException;

    /**
     * What somebody should know before the job begins, though it may begin; empty if nothing. Asked once, like
     * {@link #hindrance}, of those that can be used.
     */
    default Optional<String> caution(Connection connection, Target target) throws SQLException {
        return Optional.empty();
    }

    /** One worker's look at the signal. Not safe for use by several threads. */
    interface Watch {
        /**
         * Why the next batch should wait, for somebody on call who knows nothing of this job: the object, its figures and
         * the limits ("replica walreceiver (10.0.0.7) is 14 s and 310 MB behind (limits 10 s, 256 MB)"); empty if it may
         * begin.
         *
         * @param connection in a short read-only transaction between two batches
         * @throws SQLException if the signal can't be read, which {@link Throttling} takes for a reason to wait
         */
        Optional<String> reasonToWait(Connection connection) throws SQLException;

        /**
         * Notes what can be seen only while a batch still holds its locks; the next {@link #reasonToWait} judges it.
         *
         * @param connection in the batch's own transaction, all its rows written; only to be read from
         */
        default void beforeCommit(Connection connection) throws SQLException {}
    }
}
