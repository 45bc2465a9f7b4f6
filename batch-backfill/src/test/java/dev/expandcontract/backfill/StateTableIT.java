package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateTableIT extends BackfillFixture {
    StateTableIT(TestDatabase database) {
        super(database);
    }

    @Test
    void explainsItselfAndEachOfItsColumns() {
        fill(10);
        run(addOne());

        for (String table : List.of(STATE, RANGES)) {
            assertThat(database.rows("""
                    SELECT attname FROM pg_attribute
                    WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND col_description(attrelid, attnum) IS NULL""", table)).isEmpty();
        }
        assertThat(database.<String>value("SELECT obj_description(CAST(? AS regclass))", STATE))
                .contains("layout 2");
    }

    @Test
    void readsWellWhileAndAfterAJobRuns() {
        fill(95);
        run(addOne());

        assertThat(database.rows("SELECT name, state, table_name, set_clause, key_columns::text, frontier::text,"
                        + " upper_bound::text, rows_changed, rows_passed, batches, finished_at >= started_at FROM "
                        + STATE))
                .containsExactly(List.of(
                        "job", "finished", "shop.items", "n = n + 1", "{id}", "{95}", "{95}", 95L, 95L, 10L, true));
    }

    @Test
    void isNotTouchedWhenItsLayoutIsUnknown() {
        fill(10);
        run(addOne());
        database.execute("COMMENT ON TABLE " + STATE + " IS 'layout 3'");

        assertThatThrownBy(() -> run(addOne().withOrigin("other")))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("layout that this release does not know");
        assertEachRowChangedOnce(10);
    }

    @Test
    void isNotCreatedByThoseWhoOnlyLook() throws Exception {
        try (var connection = database.connect()) {
            engine.check(connection, addOne());
            engine.status(connection, "job");
            engine.isFinished(connection, addOne());
        }

        assertThat(database.<String>value("SELECT to_regclass(?)::text", STATE)).isNull();
    }
}
