package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.InvalidOperation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EscapesTest {
    @ParameterizedTest
    @CsvSource({
        "\\xc3\\xa9, é",
        "\\303\\251!, é!",
        "\\xf0\\x9f\\x98\\x80, 😀",
        "\\u00e9\\U0001F600, é😀",
        "\\uD83D\\uDE00, 😀",
        "say \\x68i, say hi",
        "it\\'s, it's",
        "\\x, x",
    })
    void standForWhatPostgresTakesThemFor(String written, String meant) {
        assertThat(Escapes.resolve(written)).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\U00110000",
                "\\UFFFFFFFF",
                "\\xc3",
                "\\xc3x",
                "\\ud83d",
                "\\ud83dx",
                "\\ude00",
                "\\u12",
                "\\x00",
                "\\0",
                "\\u0000"
            })
    void areRefusedWherePostgresRefusesThem(String written) {
        assertThatThrownBy(() -> Escapes.resolve(written)).isInstanceOf(InvalidOperation.class);
    }

    @Test
    void thatAreWrongAreToldWithFileAndLine() {
        assertThatThrownBy(() -> StatementReader.read(
                        "V1__x.sql",
                        new ScriptStatement("CALL online.sql(\n  sql => E'SELECT ''\\U00110000''')", 7, true)))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("V1__x.sql:8: there is no such character: \\U00110000");
    }
}
