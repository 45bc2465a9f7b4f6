package dev.expandcontract.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LockModeTest {
    /** The table "Conflicting Lock Modes" of PostgreSQL's documentation, one row a mode, X for a conflict. */
    @ParameterizedTest
    @CsvSource({
        "ACCESS_SHARE,           .......X",
        "ROW_SHARE,              ......XX",
        "ROW_EXCLUSIVE,          ....XXXX",
        "SHARE_UPDATE_EXCLUSIVE, ...XXXXX",
        "SHARE,                  ..XX.XXX",
        "SHARE_ROW_EXCLUSIVE,    ..XXXXXX",
        "EXCLUSIVE,              .XXXXXXX",
        "ACCESS_EXCLUSIVE,       XXXXXXXX",
    })
    void conflictsAsDocumented(LockMode mode, String row) {
        LockMode[] modes = LockMode.values();
        for (int i = 0; i < modes.length; i++) {
            assertThat(mode.conflictsWith(modes[i]))
                    .as(mode + " with " + modes[i])
                    .isEqualTo(row.charAt(i) == 'X');
        }
    }
}
