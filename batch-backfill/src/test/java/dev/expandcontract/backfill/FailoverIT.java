package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.StreamingReplica;
import dev.expandcontract.testing.TestDatabase;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replica takes the place of the server that a backfill works on. */
class FailoverIT extends BackfillFixture {
    private static final int ROWS = 2500;
    private static final String CHANGED = "SELECT count(*) FROM shop.items WHERE n = 1";

    FailoverIT(TestDatabase database) {
        super(database);
    }

    @ParameterizedTest
    @EnumSource
    void isFollowedWithoutWaitingForTheReplicaThatIsThePrimaryNow(AxisKind axis) throws Exception {
        fill(ROWS);
        database.execute("""
                CREATE FUNCTION shop.slow() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM pg_sleep(0.05); RETURN NULL;
                END $$""", "CREATE TRIGGER slow AFTER UPDATE ON shop.items EXECUTE FUNCTION shop.slow()");
        try (var replica = StreamingReplica.start();
                var copy = replica.connect(database)) {
            ConnectionSource source = () -> DriverManager.getConnection(
                    "jdbc:postgresql://%s,%s/%s?targetServerType=primary&hostRecheckSeconds=0&ApplicationName=backfill"
                            .formatted(host(replica.url(database)), host(database.url()), database.name()),
                    database.user(),
                    database.password());
            var run = OwnThread.supply(() -> engine.run(source, tens(axis)));
            while (changed(copy) < 300) {
                assertThat(run).isNotDone();
            }
            replica.promote();
            database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND application_name = 'backfill'");

            assertThat(run.get(60, TimeUnit.SECONDS).state())
                    .as("a replica is taken for retired after ten minutes")
                    .isEqualTo(BackfillState.FINISHED);

            assertThat(changed(copy)).isEqualTo(ROWS);
            assertThat(database.<Long>value(CHANGED)).isLessThan(ROWS);
        }
    }

    /** The limit is passed soon after a replica is no longer seen. */
    private static BackfillJob tens(AxisKind axis) {
        return addOne().withCondition(new SqlExpression("n = 0"))
                .withOptions(batchesOf(10)
                        .with(o -> o.axis(axis)
                                .workers(2)
                                .lease(Duration.ofMillis(300))
                                .throttles("replicaLag=1s,64MB")));
    }

    private static long changed(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(CHANGED)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String host(String url) {
        return URI.create(url.substring("jdbc:".length())).getAuthority();
    }
}
