package dev.expandcontract.backfill;

import dev.expandcontract.sql.ServerMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Finds the row that keeps a range from being done: halves the range, until one row is left. */
final class Division {
    /** Of a range that has no row, and yet an error. */
    private static final int MOST_TRIES = 3;

    private final Ranges ranges;
    private final Layout layout;
    private final Batch batch;

    Division(Ranges ranges, Layout layout, Batch batch) {
        this.ranges = ranges;
        this.layout = layout;
        this.batch = batch;
    }

    /** Whether the error is about the value of a row, so that others may still be changed. */
    static boolean isAboutRows(SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        return List.of("21", "22", "23", "38", "39", "44", "54", "P0")
                .contains(state.substring(0, Math.min(2, state.length())));
    }

    /** What was said of the row, if it was found; empty where halves are left to try. */
    Optional<String> divide(Connection connection, Claim claim, SQLException error) throws SQLException {
        String message = ServerMessage.of(error) + " (SQLSTATE " + error.getSQLState() + ")";
        return Transactions.write(connection, Key.SETTINGS.with("enable_seqscan", "off"), c -> {
            Optional<Part> part = layout.part(c, claim.part());
            if (part.isEmpty() || !ranges.isHeld(c, claim)) {
                return Optional.empty();
            }
            Range range = batch.range(Batches.one(claim));
            List<String> middle = layout.axis().middle(c, part.get(), range);
            if (!middle.isEmpty()) {
                ranges.cut(c, claim, middle, claim.rowsAsked() / 2);
                ranges.notes().giveBack(c, claim);
                return Optional.empty();
            }
            List<String> row = layout.axis()
                    .row(c, part.get(), range, layout.axis().order(part.get().alias()));
            if (row.isEmpty() && claim.tries() >= MOST_TRIES) {
                throw error;
            }
            if (row.isEmpty()) {
                ranges.notes().waitFor(c, claim, Duration.ZERO);
                return Optional.empty();
            }
            ranges.notes().fail(c, claim, row, message);
            return Optional.of(row + ": " + message);
        });
    }
}
