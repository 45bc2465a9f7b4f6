package dev.expandcontract.samples.shop;

import dev.expandcontract.samples.shop.Session.Task;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The application, at work until it is closed. */
final class Application implements AutoCloseable {
    private final DataSource database;
    private final Measurements measurements = new Measurements(System::nanoTime);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean isOpen = true;

    private Application(DataSource database) {
        this.database = database;
    }

    static Application start(DataSource database, List<Task> tasks) {
        Application application = new Application(database);
        for (Task task : tasks) {
            for (int i = 0; i < task.sessions(); i++) {
                Session session = new Session(application, task, application.threads.size());
                application.threads.add(new Thread(session, session.toString()));
            }
        }
        application.threads.forEach(thread -> thread.setDaemon(true));
        application.threads.forEach(Thread::start);
        return application;
    }

    Measurements measurements() {
        return measurements;
    }

    boolean isOpen() {
        return isOpen;
    }

    int sessions() {
        return threads.size();
    }

    /** Gives up on a statement as long as a person would wait for a page. */
    Connection connect(String name) throws SQLException {
        Connection connection = database.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET statement_timeout = '5s'");
            statement.execute("SET application_name = '%s'".formatted(name));
        }
        return connection;
    }

    @Override
    public void close() throws InterruptedException {
        isOpen = false;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
