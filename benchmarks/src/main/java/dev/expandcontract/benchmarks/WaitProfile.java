package dev.expandcontract.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks ten times a second at what the sessions of a database do. */
final class WaitProfile implements AutoCloseable {
    private static final int LOOK_EVERY_MILLIS = 100;

    private static final String LOOK = """
            SELECT CASE WHEN backend_type <> 'client backend' THEN backend_type
                        ELSE coalesce(wait_event_type || ':' || wait_event, 'running') END AS activity,
                   count(*) AS sessions
            FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            GROUP BY 1
            """;

    private final Database database;
    private final Map<String, Long> seen = new TreeMap<>();
    private final Thread thread = new Thread(this::look, "profile");
    private volatile boolean isOpen = true;
    private volatile @Nullable SQLException failure;
    private long looks;

    private WaitProfile(Database database) {
        this.database = database;
    }

    static WaitProfile start(Database database) {
        var profile = new WaitProfile(database);
        profile.thread.setDaemon(true);
        profile.thread.start();
        return profile;
    }

    /** How many sessions were, on average, at this: {@code running}, {@code IO:WalSync}, {@code Client:ClientRead}, … */
    Map<String, Double> sessionsByActivity() throws SQLException, InterruptedException {
        close();
        thread.join();
        SQLException failed = failure;
        if (failed != null) {
            throw failed;
        }
        Map<String, Double> sessions = new TreeMap<>();
        seen.forEach((activity, count) -> sessions.put(activity, Math.round(1_000.0 * count / looks) / 1_000.0));
        return sessions;
    }

    private void look() {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(LOOK)) {
            while (isOpen) {
                look(statement);
                Thread.sleep(LOOK_EVERY_MILLIS);
            }
        } catch (SQLException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(PreparedStatement statement) throws SQLException {
        looks++;
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                seen.merge(row.getString("activity"), row.getLong("sessions"), Long::sum);
            }
        }
    }

    @Override
    public void close() {
        isOpen = false;
    }
}
