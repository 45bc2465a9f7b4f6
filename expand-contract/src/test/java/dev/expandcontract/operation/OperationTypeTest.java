package dev.expandcontract.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperationTypeTest {
    private static final OperationType CREATE_INDEX =
            OperationType.named("create_index").orElseThrow();

    @Test
    void isFoundByBothNames() {
        assertThat(OperationType.named("createIndex")).contains(CREATE_INDEX);
        assertThat(OperationType.named("make_index")).isEmpty();
        assertThat(OperationType.all()).extracting(OperationType::name).contains("addForeignKey", "backfill", "sql");
    }

    @Test
    void bindsTextListsAndBothSpellings() {
        Operation fromText = CREATE_INDEX.bind(Map.of(
                "table_name",
                "Shop.orders",
                "column_names",
                "a, \"B\"",
                "is_unique",
                "true",
                "storage",
                "fillfactor=70"));
        Operation fromValues = CREATE_INDEX.bind(Map.of(
                "tableName",
                "shop.orders",
                "columnNames",
                List.of("a", "\"B\""),
                "isUnique",
                true,
                "storage",
                List.of("fillfactor = 70")));

        assertThat(fromText).isEqualTo(fromValues);
        assertThat(CREATE_INDEX.values(fromText))
                .containsEntry("tableName", "shop.orders")
                .containsEntry("columnNames", "a, \"B\"")
                .doesNotContainKey("predicate");
    }

    @Test
    void reportsAllProblemsAtOnce() {
        assertThatThrownBy(() -> CREATE_INDEX.bind(
                        Map.of("colum_names", "a", "is_unique", "ture", "storage", "fillfactor", "method", "")))
                .isInstanceOfSatisfying(
                        InvalidOperation.class,
                        e -> assertThat(e.problems())
                                .extracting(Problem::message)
                                .satisfiesExactlyInAnyOrder(
                                        m -> assertThat(m)
                                                .contains("unknown attribute colum_names, did you mean column_names?"),
                                        m -> assertThat(m).contains("attribute tableName is missing: the table"),
                                        m -> assertThat(m).contains("isUnique: expected true or false but found ture"),
                                        m -> assertThat(m).contains("storage: expected name=value"),
                                        m -> assertThat(m).contains("method: a name must not be empty")));
    }

    @Test
    void rulesBetweenAttributesAreProblemsToo() {
        assertThatThrownBy(() -> CREATE_INDEX.bind(Map.of("tableName", "t")))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("give either columnNames or expressions");
    }

    @Test
    void referentialActionsAreReadInAnySpelling() {
        AddForeignKey key = (AddForeignKey) OperationType.of(AddForeignKey.class)
                .bind(Map.of("tableName", "a", "columnNames", "b", "referencedTableName", "c", "onDelete", "set null"));

        assertThat(key.onDelete()).isEqualTo(ReferentialAction.SET_NULL);
    }
}
