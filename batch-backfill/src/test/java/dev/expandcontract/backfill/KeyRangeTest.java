package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.Identifier;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
    private static final Identifier TABLE = new Identifier("Odd t");
    private static final Key ONE = new Key(List.of(new Identifier("id")), types("bigint"));
    private static final Key THREE = new Key(
            List.of(new Identifier("a"), new Identifier("b"), new Identifier("c")), types("integer", "text", "uuid"));

    @Test
    void boundsOneColumnOnBothSides() {
        var range = new KeyRange(ONE, List.of("5"), List.of("9"));

        assertThat(range.predicate(TABLE))
                .isEqualTo("\"Odd t\".id > CAST(? AS bigint) AND \"Odd t\".id <= CAST(? AS bigint)");
        assertThat(range.values()).containsExactly("5", "9");
    }

    @Test
    void hasNoLowerBoundAtTheBeginning() {
        var range = new KeyRange(ONE, List.of(), List.of("9"));

        assertThat(range.predicate(TABLE)).isEqualTo("\"Odd t\".id <= CAST(? AS bigint)");
        assertThat(range.values()).containsExactly("9");
        assertThat(range).hasToString("id up to 9");
    }

    @Test
    void mayGoOnToTheEndOfTheTable() {
        assertThat(new KeyRange(ONE, List.of("5"), List.of()).predicate(TABLE))
                .isEqualTo("\"Odd t\".id > CAST(? AS bigint)");
        assertThat(new KeyRange(ONE, List.of(), List.of()).predicate(TABLE)).isEqualTo("true");
        assertThat(new KeyRange(THREE, List.of("1", "x", "u"), List.of()).values())
                .containsExactly("1", "1", "x", "u");
    }

    @Test
    void comparesSeveralColumnsAsARowAndTheFirstByItself() {
        var range = new KeyRange(THREE, List.of("1", "x", "u"), List.of("2", "y", "v"));

        assertThat(range.predicate(new Identifier("t"))).isEqualTo("""
                t.a >= CAST(? AS integer) AND \
                (t.a, t.b, t.c) > (CAST(? AS integer), CAST(? AS text), CAST(? AS uuid)) AND \
                t.a <= CAST(? AS integer) AND \
                (t.a, t.b, t.c) <= (CAST(? AS integer), CAST(? AS text), CAST(? AS uuid))""");
        assertThat(range.values()).containsExactly("1", "1", "x", "u", "2", "2", "y", "v");
        assertThat(range).hasToString("(a, b, c) after (1, x, u) up to (2, y, v)");
    }

    @Test
    void comparesColumnsThatAreTheSameAtBothEndsByEquality() {
        var range = new KeyRange(THREE, List.of("1", "x", "u"), List.of("1", "x", "v"));

        assertThat(range.predicate(new Identifier("t"))).isEqualTo("""
                t.a = CAST(? AS integer) AND t.b = CAST(? AS text) AND \
                t.c > CAST(? AS uuid) AND t.c <= CAST(? AS uuid)""");
        assertThat(range.values()).containsExactly("1", "x", "u", "v");
    }

    private static List<Key.Type> types(String... names) {
        return Stream.of(names).map(name -> new Key.Type(name, "")).toList();
    }
}
