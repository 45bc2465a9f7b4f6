package dev.expandcontract.samples.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One session of the application. It does its work over and over; after an error it goes on with the next customer. */
final class Session implements Runnable {
    private final Application application;
    private final Task task;
    private final Random random;
    private @Nullable Connection connection;

    Session(Application application, Task task, long seed) {
        this.application = application;
        this.task = task;
        this.random = new Random(seed);
    }

    /** What a session does, once. */
    @FunctionalInterface
    interface Work {
        void run(Session session) throws SQLException, InterruptedException;
    }

    /** One kind of session, and how many there are. */
    record Task(String name, int sessions, Duration pause, Work work) {}

    @Override
    public void run() {
        try {
            while (application.isOpen()) {
                work();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() throws InterruptedException {
        try (Connection current = application.connect(task.name())) {
            connection = current;
            while (application.isOpen()) {
                task.work().run(this);
                pause(task.pause());
            }
        } catch (SQLException e) {
            application.measurements().failed(this, e);
            pause(task.pause());
        }
    }

    /** The first value of the first row, or how many rows were changed. */
    long execute(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection().prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            application.measurements().began(this);
            try {
                return statement.execute() ? firstValue(statement) : statement.getUpdateCount();
            } finally {
                application.measurements().ended(this);
            }
        }
    }

    void begin() throws SQLException {
        connection().setAutoCommit(false);
    }

    void commit() throws SQLException {
        application.measurements().began(this);
        try {
            connection().commit();
        } finally {
            application.measurements().ended(this);
        }
        connection().setAutoCommit(true);
    }

    long number(long from, long to) {
        return random.nextLong(from, to + 1);
    }

    void pause(Duration pause) throws InterruptedException {
        Thread.sleep(pause.toMillis());
    }

    private Connection connection() {
        if (connection == null) {
            throw new IllegalStateException(this + " is not connected");
        }
        return connection;
    }

    private static long firstValue(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.getResultSet()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    @Override
    public String toString() {
        return task.name();
    }
}
