package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Looks now and then whether the key that the batches follow is still one. Without its index each batch would read the
 * whole table; a row without a key would never be met.
 */
final class KeyWatch {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    private final Layout layout;
    private final Timing timing;
    private long looked;

    KeyWatch(Layout layout, Timing timing) {
        this.layout = layout;
        this.timing = timing;
        this.looked = timing.nanos();
    }

    /**
     * @param connection in a read-only transaction
     * @throws BackfillStopped if it is none any more
     */
    void requireKey(Connection connection) throws SQLException {
        if (!(layout.axis() instanceof KeyAxis along) || timing.since(looked).compareTo(LOOK_EVERY) < 0) {
            return;
        }
        looked = timing.nanos();
        if (!isStillCalledSo(connection)) {
            return;
        }
        KeyFinder.Keys now = KeyFinder.keys(connection, layout.job().table());
        if (!now.usable().contains(along.key())) {
            throw new BackfillStopped("the table was altered: %s, the key that the batches follow, is %s"
                    .formatted(
                            along.key(),
                            now.unusable().isEmpty()
                                    ? "no key of it any more, or of another type"
                                    : "no usable key of it any more (" + String.join("; ", now.unusable()) + ")"));
        }
    }

    /** Where the table was renamed, what has its name now is none of ours. */
    private boolean isStillCalledSo(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT coalesce(to_regclass(?)::oid = CAST(? AS oid), false)")) {
            statement.setString(1, layout.job().table().sql());
            statement.setLong(2, layout.table());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
