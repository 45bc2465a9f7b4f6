package dev.expandcontract.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

@PostgresTest
class OpenTransactionIT {
    @Test
    void isSeenFromBeginToCommit(TestDatabase database) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            assertThat(OpenTransaction.isOn(connection)).isFalse();
            statement.execute("BEGIN");
            assertThat(OpenTransaction.isOn(connection)).isTrue();
            statement.execute("COMMIT");
            assertThat(OpenTransaction.isOn(connection)).isFalse();
        }
    }

    @Test
    void isNeverSeenWhereThereIsNone(TestDatabase database) throws SQLException {
        try (var connection = database.connect()) {
            for (int looks = 0; looks < 1000; looks++) {
                assertThat(OpenTransaction.isOn(connection)).isFalse();
            }
        }
    }
}
