package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rights that the documentation names are enough. */
class RightsIT extends BackfillFixture {
    private final BackfillControl control = new BackfillControl(STATE_SCHEMA);
    private String role = "";

    RightsIT(TestDatabase database) {
        super(database);
    }

    @BeforeEach
    void register() throws SQLException {
        fill(10);
        role = database.createRole("app");
        database.execute("GRANT USAGE ON SCHEMA shop, %s TO %s".formatted(STATE_SCHEMA.sql(), role));
        try (Connection connection = database.connect()) {
            engine.register(connection, job(ITEMS, "n = 1").withCondition(new SqlExpression("n = 0")));
        }
    }

    @Test
    void ofThoseWhoOnlyWatch() throws SQLException {
        database.execute("GRANT SELECT ON %s, %s TO %s".formatted(STATE, RANGES, role));

        try (Connection connection = database.connectAs(role)) {
            for (String what : List.of("status", "seconds left", "ranges", "failures")) {
                ControlIT.documented(connection, what);
            }
            assertThat(control.jobs(connection)).hasSize(1);
            assertThat(control.ranges(connection, "job")).isEmpty();
            assertThat(control.failures(connection, "job", 9)).isEmpty();
        }
    }

    @Test
    void ofThoseWhoSteer() throws SQLException {
        database.execute(
                "GRANT SELECT ON %s, %s TO %s".formatted(STATE, RANGES, role),
                "GRANT UPDATE ON %s TO %s".formatted(STATE, role));

        try (Connection connection = database.connectAs(role)) {
            for (String what : List.of("pause", "resume", "cancel", "speed", "own speed")) {
                ControlIT.documented(connection, what);
            }
            control.resume(connection, "job");
            control.pause(connection, "job");
            control.speed(connection, "job", 50);
            control.resume(connection, "job");
            run(engine.job(connection, "job"));
            ControlIT.documented(connection, "verify");
            run(engine.job(connection, "job"));
            ControlIT.documented(connection, "repair");
            run(engine.job(connection, "job"));
            assertThat(control.verify(connection, "job", true).phase()).isEqualTo(BackfillPhase.SWEEP);
        }
    }

    @Test
    void ofThoseWhoRunJobs() throws SQLException {
        database.execute(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON %s, %s TO %s".formatted(STATE, RANGES, role),
                "GRANT SELECT, UPDATE ON shop.items TO " + role);

        try (Connection connection = database.connectAs(role)) {
            assertThat(engine.run(connection, engine.job(connection, "job")).rows())
                    .isEqualTo(10);
        }
    }
}
