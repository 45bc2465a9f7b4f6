package dev.expandcontract.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifierTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "orders | orders",
                "Orders | orders",
                "\"Orders\" | \"Orders\"",
                "order | \"order\"",
                "\"a\"\"b\" | \"a\"\"b\"",
                "naïve | \"naïve\"",
                "Ärzte | \"Ärzte\"",
                "ÀB | \"Àb\"",
                "_1 | _1",
                "1st | \"1st\"",
                "\"Order Items\" | \"Order Items\"",
            })
    void isReadAndWrittenAsPostgresqlWould(String written, String sql) {
        assertThat(Identifier.parse(written).sql()).isEqualTo(sql);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x; DROP TABLE orders", "x\" y", "a, b", "x) --", "o'brien"})
    void textThatIsNoNameCanOnlyBecomeAQuotedName(String text) {
        String sql = Identifier.parse(text).sql();

        assertThat(sql).startsWith("\"").endsWith("\"");
        assertThat(sql.substring(1, sql.length() - 1).replace("\"\"", "")).doesNotContain("\"");
    }

    @Test
    void refusesWhatPostgresqlCouldNotHold() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Identifier(""));
        assertThatIllegalArgumentException().isThrownBy(() -> new Identifier("a\0b"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Identifier("é".repeat(32)));
        assertThat(new Identifier("é".repeat(31) + "x").value()).hasSize(32);
        assertThatIllegalArgumentException().isThrownBy(() -> Identifier.parse("\"open"));
        assertThatIllegalArgumentException().isThrownBy(() -> Identifier.parse("a.b"));
    }

    @Test
    void derivedNamesFitAndStayDistinct() {
        Identifier table = new Identifier("a".repeat(63));

        Identifier one = table.withSuffix("_customer_id_idx");
        Identifier other = table.withSuffix("_product_id_idx");

        assertThat(one.value()).hasSize(63).endsWith("_idx");
        assertThat(other.value()).hasSize(63).isNotEqualTo(one.value());
        assertThat(new Identifier("a".repeat(62) + "b").withSuffix("_customer_id_idx"))
                .isNotEqualTo(one);
        assertThat(new Identifier("é".repeat(31)).withSuffix("_idx").value()).endsWith("_idx");
        assertThat(new Identifier("t").withSuffix("_" + "c".repeat(70) + "_idx").value())
                .hasSize(63)
                .startsWith("t_c");
        assertThat(new Identifier("orders").withSuffix("_id_idx").value()).isEqualTo("orders_id_idx");
    }

    @Test
    void qualifiedNamesAreReadPartByPart() {
        assertThat(QualifiedName.parse("Shop.\"Order.Items\"")).isEqualTo(QualifiedName.of("shop", "Order.Items"));
        assertThat(QualifiedName.parse("orders").schema()).isNull();
        assertThat(QualifiedName.parse("orders; DROP TABLE x").sql()).isEqualTo("\"orders; DROP TABLE x\"");
        assertThatIllegalArgumentException().isThrownBy(() -> QualifiedName.parse("a.b.c"));
        assertThatIllegalArgumentException().isThrownBy(() -> QualifiedName.parse("a."));
        assertThatIllegalArgumentException().isThrownBy(() -> QualifiedName.parse(" "));
    }
}
