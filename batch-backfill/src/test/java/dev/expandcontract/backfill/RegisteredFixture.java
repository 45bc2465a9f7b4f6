package dev.expandcontract.backfill;

import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A job that nobody runs, and what its workers would note in its row. */
abstract class RegisteredFixture extends BackfillFixture {
    final Jobs jobs = new Jobs(new StateTable(STATE_SCHEMA));
    Connection connection;

    RegisteredFixture(TestDatabase database) throws SQLException {
        super(database);
        connection = database.connect();
    }

    @BeforeEach
    void register() throws SQLException {
        connection.close();
        connection = database.connect();
        fill(10);
        engine.register(connection, addOne());
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }
}
