package dev.expandcontract.backfill;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.OpenTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Of one process: those of a source, of which the first may have been lent instead.
 *
 * @param lent in autocommit mode; null where the source has to do
 * @param source of the others; null where the one that was lent has to do
 */
record Connections(@Nullable Connection lent, @Nullable ConnectionSource source) {
    /**
     * For what takes one or two statements.
     *
     * @throws ConfigurationProblem if there is none
     */
    <T> T looking(Function<Connection, T> look) {
        if (lent != null) {
            return look.apply(lent);
        }
        try (Connection connection = Objects.requireNonNull(source).connect()) {
            return look.apply(connection);
        } catch (SQLException e) {
            throw new ConfigurationProblem("No connection for looking at the backfills: " + e.getMessage(), e);
        }
    }

    /**
     * For the first worker of a job.
     *
     * @throws ConfigurationProblem if there is none, or the one that was lent is inside a transaction
     */
    <T> T working(BackfillJob job, Timing timing, Function<Session, T> work) {
        if (lent != null) {
            requireNoTransaction(lent, job);
            return work.apply(Session.lent(lent, timing));
        }
        try (Session session = Session.from(Objects.requireNonNull(source), timing)) {
            return work.apply(session);
        } catch (SQLException e) {
            throw new ConfigurationProblem("No connection for backfill \"" + job.name() + "\": " + e.getMessage(), e);
        }
    }

    private static void requireNoTransaction(Connection connection, BackfillJob job) {
        try {
            if (OpenTransaction.isOn(connection)) {
                throw new ConfigurationProblem(
                        ("Backfill \"%s\" was given a connection inside a transaction; its batches"
                                        + " would commit it. Nothing was changed: run it outside the transaction")
                                .formatted(job.name()));
            }
        } catch (SQLException e) {
            throw new ConfigurationProblem("The connection for backfill \"" + job.name() + "\" can't be used", e);
        }
    }
}
