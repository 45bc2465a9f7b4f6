package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A job of origin A that stopped after 10 of 20 rows. */
class ResumedJobIT extends BackfillFixture {
    ResumedJobIT(TestDatabase database) {
        super(database);
    }

    @BeforeEach
    void stopHalfWay() {
        fill(20);
        fillDiskAt(15);
        assertThatThrownBy(() -> run(addOne().withOrigin("A"))).isInstanceOf(BackfillStopped.class);
        freeDisk();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            DROP TABLE shop.items; CREATE TABLE shop.items (id bigint PRIMARY KEY, n int) | that table was dropped, and this is another one of its name
            ALTER TABLE shop.items ALTER id TYPE text                                     | that key was of type bigint then and is of type text now
            ALTER TABLE shop.items ALTER id TYPE text COLLATE "C"                         | is of type text COLLATE pg_catalog."C" now
            ALTER TABLE shop.items DROP n; ALTER TABLE shop.items ADD n int               | what it sets (n) was dropped and added anew
            ALTER TABLE shop.items DROP CONSTRAINT items_pkey, ADD u uuid PRIMARY KEY DEFAULT gen_random_uuid() | that key is no longer there
            """)
    void isRefusedWhereItsNamesMeanSomethingElseNow(String change, String problem) throws SQLException {
        database.execute(change);

        assertThatThrownBy(() -> run(addOne().withOrigin("A")))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("backfill \"job\" has gone along the key [id] of shop.items to [20], but ")
                .hasMessageContaining(problem)
                .hasMessageContaining("begin anew, with the rows that it has changed already: DELETE FROM " + STATE
                        + " WHERE name = 'job'");
        try (var connection = database.connect()) {
            assertThat(engine.check(connection, addOne().withOrigin("B")))
                    .extracting(Problem::message)
                    .singleElement()
                    .asString()
                    .contains(problem);
        }
        assertThat(status().state()).isEqualTo(BackfillState.STOPPED);
    }

    @Test
    void beginsAnewWhereItsRowWasDeleted() {
        database.execute("ALTER TABLE shop.items DROP n", "ALTER TABLE shop.items ADD n int NOT NULL DEFAULT 0");
        database.execute("DELETE FROM " + STATE + " WHERE name = 'job'");

        run(addOne());

        assertEachRowChangedOnce(20);
    }

    @Test
    void isNotDisturbedByOtherColumnsAndAnotherSearchPath() throws SQLException {
        database.execute(
                "ALTER TABLE shop.items ADD other int, ADD o2 int UNIQUE", "ALTER TABLE shop.items DROP other");
        try (var connection = database.connect()) {
            connection.createStatement().execute("SET search_path = shop");

            engine.run(connection, addOne().withOrigin("A"));
        }
        assertEachRowChangedOnce(20);
    }

    @Test
    void coversTheRowsThatAnotherOriginFinds() {
        fillOn(21, 40);

        run(addOne().withOrigin("B"));

        assertEachRowChangedOnce(40);
        assertThat(database.<String>value("SELECT upper_bound::text FROM " + STATE))
                .isEqualTo("{40}");
    }

    @Test
    void keepsItsEndForAnotherOriginWhereNoRowIsBeyondIt() {
        database.execute("DELETE FROM shop.items WHERE id > 17");

        run(addOne().withOrigin("B"));

        assertEachRowChangedOnce(17);
    }

    @Test
    void leavesLaterRowsToTheApplicationWhenItsOwnOriginGoesOn() {
        fillOn(21, 40);

        run(addOne().withOrigin("A"));

        assertThat(database.rows("SELECT n, count(*) FROM shop.items GROUP BY n ORDER BY n"))
                .isEqualTo(List.of(List.of(0, 20L), List.of(1, 20L)));
    }

    @Test
    void waitsForItsRowLongerThanTheSessionsStatementTimeout() throws SQLException {
        try (var connection = database.connect();
                var holder = LockHolder.hold(database, "SELECT * FROM " + STATE + " FOR UPDATE")) {
            connection.createStatement().execute("SET statement_timeout = '300ms'");
            var released = holder.releaseAfter(Duration.ofMillis(900));

            engine.run(connection, addOne().withOrigin("A"));

            released.join();
        }
        assertEachRowChangedOnce(20);
    }

    private void fillOn(int from, int to) {
        database.execute("INSERT INTO shop.items SELECT i, 0 FROM generate_series(" + from + ", " + to + ") i");
    }
}
