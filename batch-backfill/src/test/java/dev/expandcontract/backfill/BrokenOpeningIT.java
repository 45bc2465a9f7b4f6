package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a job whose connection breaks before its first batch. */
@Tag("slow")
class BrokenOpeningIT extends BackfillFixture {
    BrokenOpeningIT(TestDatabase database) {
        super(database);
    }

    /** Each connection lives for some calls longer than the one before, so that one or the other breaks at every place. */
    @Test
    void beginsOnAnotherConnectionWhereverOneBreaks() {
        fill(100);
        var made = new AtomicInteger();
        ConnectionSource source = () -> {
            Connection real = database.connect();
            int life = 3 * made.incrementAndGet();
            var calls = new AtomicInteger();
            return ListenedConnection.of(real, method -> {
                if (life < 150 && !method.equals("close") && calls.incrementAndGet() > life) {
                    ListenedConnection.breaks(real);
                }
            });
        };
        var patient = new BackfillEngine(STATE_SCHEMA, recorder, new ManualTiming());

        assertThat(patient.run(source, addOne()).rows()).isEqualTo(100);
        assertEachRowChangedOnce(100);
        assertThat(recorder.disconnections).hasSizeGreaterThan(20);
        assertThat(recorder.starts)
                .as("the job was opened by a later connection")
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void beginsAgainWhereNobodyKnowsWhetherItHasBegun(boolean hasCommitted) throws SQLException {
        fill(100);
        var commits = new AtomicInteger();
        ConnectionSource source = () -> {
            Connection real = database.connect();
            return ListenedConnection.of(real, method -> {
                if (method.equals("commit") && commits.incrementAndGet() == 1) {
                    if (hasCommitted) {
                        real.commit();
                    }
                    ListenedConnection.breaks(real);
                }
            });
        };

        assertThat(engine.run(source, addOne()).rows()).isEqualTo(100);
        assertEachRowChangedOnce(100);
        assertThat(recorder.disconnections).hasSize(1);
    }

    /** Time passes only while it waits. */
    @Test
    void doesNotBeginWhereTheServerIsGoneForAllOfTheBudget() {
        var connections = new AtomicInteger();
        ConnectionSource source = () -> {
            if (connections.incrementAndGet() > 1) {
                throw new SQLException("Connection refused", "08001");
            }
            Connection real = database.connect();
            var calls = new AtomicInteger();
            return ListenedConnection.of(real, method -> {
                if (!method.equals("close") && calls.incrementAndGet() > 10) {
                    ListenedConnection.breaks(real);
                }
            });
        };
        var patient = new BackfillEngine(STATE_SCHEMA, recorder, new ManualTiming());

        assertThatThrownBy(() -> patient.run(source, addOne()))
                .isInstanceOf(BackfillStopped.class)
                .hasMessage(
                        "Backfill \"job\" of shop.items did not begin: it lost the server, and has done nothing since,"
                                + " for all of reconnectBudget. Nothing was changed; run it again")
                .hasRootCauseMessage("Connection refused");
        assertThat(connections.get()).isGreaterThan(60);
    }
}
