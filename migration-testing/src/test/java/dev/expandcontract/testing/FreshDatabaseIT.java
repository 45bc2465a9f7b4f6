package dev.expandcontract.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreshDatabaseIT {
    @Test
    void startsEmptyAndUnlikeTheOthers() {
        try (var first = TestDatabase.fresh();
                var second = TestDatabase.fresh()) {
            first.execute("CREATE TABLE shop (id int)");

            assertThat(first.name()).isNotEqualTo(second.name());
            assertThat(second.<String>value("SELECT to_regclass('shop')::text")).isNull();
        }
    }

    @Test
    void hasTheSameEncodingAndLocaleOnEveryServer() {
        try (var database = TestDatabase.fresh()) {
            assertThat(database.rows(
                            "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = ?",
                            database.name()))
                    .containsExactly(List.of("UTF8", "C"));
        }
    }

    @Test
    void isGoneAfterCloseThoughSomebodyIsConnected() throws SQLException {
        var database = TestDatabase.fresh();
        try (Connection connection = database.connect();
                var other = TestDatabase.fresh()) {
            database.close();

            assertThat(other.<Long>value("SELECT count(*) FROM pg_database WHERE datname = ?", database.name()))
                    .isZero();
            assertThat(connection.isValid(5)).isFalse();
        }
    }

    @Test
    void canBeClosedTwice() {
        var database = TestDatabase.fresh();

        database.close();
        database.close();

        assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
    }

    @Test
    void runsEachStatementByItself() {
        try (var database = TestDatabase.fresh()) {
            database.execute("CREATE TABLE t (a int)", "CREATE INDEX CONCURRENTLY ON t (a)");

            assertThat(database.<Long>value(
                            "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass AND indisvalid"))
                    .isEqualTo(1);
        }
    }

    @Test
    void namesTheStatementThatFailsAndItsState() {
        try (var database = TestDatabase.fresh()) {
            assertThatThrownBy(() -> database.execute("CREATE TABLE t (a int)", "DROP TABLE u"))
                    .isInstanceOf(StatementFailed.class)
                    .hasMessageContaining("DROP TABLE u")
                    .hasMessageContaining("\"u\" does not exist")
                    .hasCauseInstanceOf(SQLException.class)
                    .extracting(e -> ((StatementFailed) e).sqlState())
                    .isEqualTo("42P01");
        }
    }

    @Test
    void readsRowsAndNulls() {
        try (var database = TestDatabase.fresh()) {
            var rows = database.rows("SELECT i, nullif(i, 2) FROM generate_series(1, ?) i", 2);

            assertThat(rows).hasSize(2);
            assertThat(rows.get(0)).containsExactly(1, 1);
            assertThat(rows.get(1)).containsExactly(2, null);
            assertThat(database.<String>value("SELECT NULL::text")).isNull();
        }
    }

    @Test
    void refusesAValueThatIsNotOne() {
        try (var database = TestDatabase.fresh()) {
            assertThatThrownBy(() -> database.value("SELECT 1, 2"))
                    .hasMessage("Expected one row of one column, got 1 rows of 2 columns: SELECT 1, 2");
            assertThatThrownBy(() -> database.value("SELECT 1 WHERE false")).hasMessageContaining("got 0 rows");
        }
    }

    @Test
    void resetMakesItEmptyAgainAndEndsItsSessions() throws SQLException {
        try (var database = TestDatabase.fresh();
                Connection connection = database.connect()) {
            database.execute("CREATE TABLE t (a int)");

            database.reset();

            assertThat(database.<String>value("SELECT to_regclass('t')::text")).isNull();
            assertThat(connection.isValid(5)).isFalse();
        }
    }

    @Test
    void givesARoleThatMayCreateHereAndIsNoSuperuser() throws SQLException {
        try (var database = TestDatabase.fresh()) {
            String role = database.createRole("owner");
            database.reset();

            try (Connection connection = database.connectAs(role)) {
                Sql.execute(connection, "CREATE TABLE t (a int)", "CREATE SCHEMA s", "CREATE TABLE s.t (a int)");
                assertThat(Sql.rows(connection, "SELECT current_user::text, current_setting('is_superuser')"))
                        .containsExactly(List.of(role, "off"));
            }
        }
    }

    @Test
    void dropsItsRolesWithItself() {
        String role;
        try (var database = TestDatabase.fresh()) {
            role = database.createRole("reader");
        }
        try (var other = TestDatabase.fresh()) {
            assertThat(other.<Long>value("SELECT count(*) FROM pg_roles WHERE rolname = ?", role))
                    .isZero();
        }
    }

    @Test
    void namesItsConnections() throws SQLException {
        try (var database = TestDatabase.fresh();
                Connection connection = database.connectNamed("shop")) {
            assertThat(Sql.rows(connection, "SHOW application_name")).containsExactly(List.of("shop"));
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }
}
