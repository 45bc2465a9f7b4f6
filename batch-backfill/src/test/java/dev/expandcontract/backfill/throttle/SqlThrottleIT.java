package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlThrottleIT extends ThrottleFixture {
    SqlThrottleIT(TestDatabase database) {
        super(database);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT true",
                "SELECT NULL",
                "SELECT NULL::boolean",
                "SELECT ''",
                "SELECT '{}'::jsonb ? 'a' OR true"
            })
    void goesOnAt(String sql) throws SQLException {
        assertThat(look(watch(new SqlThrottle(sql)))).isEmpty();
    }

    @Test
    void waitsAtFalseAndForTheReasonThatTheAuthorGives() throws SQLException {
        assertThat(look(watch(new SqlThrottle("SELECT 1 > 2")))).hasValue("this says false: SELECT 1 > 2");
        assertThat(look(watch(new SqlThrottle("SELECT 'the queue has ' || 7 || ' letters'"))))
                .hasValue("the queue has 7 letters");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT true WHERE false | it must give one row of one column",
                "SELECT 1, 2 | it must give one row of one column",
                "SELECT true FROM generate_series(1, 3) | it must give one row, not several",
                "SELECT 5 | it must give a boolean or a text, not 5",
                "SELECT missing | column \"missing\" does not exist",
                "CREATE TABLE t () | cannot execute CREATE TABLE in a read-only transaction",
            })
    void cannotBeReadAt(String sql, String problem) throws SQLException {
        assertThat(hindrance(new SqlThrottle(sql))).isEqualTo("throttle sql=" + sql + " can't be read: " + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | it must not be blank",
                "SELECT true; SELECT true | without a semicolon",
                "SELECT 'true | is not closed",
                "SELECT true -- not now | must not end in a comment",
            })
    void refuses(String sql, String problem) {
        assertThatThrownBy(() -> new SqlThrottle(sql))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining(problem);
    }
}
