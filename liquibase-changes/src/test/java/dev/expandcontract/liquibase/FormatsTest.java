package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.InvalidOperation;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import liquibase.changelog.ChangeSet;
import liquibase.util.LiquibaseUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** XML, YAML and JSON say the same. */
class FormatsTest {
    private static final Map<String, String> INDEX = Map.of(
            "tableName", "shop.orders",
            "columnNames", "customer_id, created_at",
            "isUnique", "true",
            "predicate", "total > 0 AND note <> 'a, b'");

    @TempDir
    private Path directory;

    @Test
    void runOnTheVersionThatTheBuildNames() {
        assertThat(LiquibaseUtil.getBuildVersion()).isEqualTo(System.getProperty("liquibase.version"));
    }

    /** Stored in every user's database: it must never change. */
    @ParameterizedTest
    @EnumSource
    void giveOneChecksumForEver(Changelogs format) throws Exception {
        assertThat(format.checksum(directory, "onlineCreateIndex", INDEX))
                .hasToString("9:ae13eb62916e1102aaf74c69eb3945f1");
    }

    @ParameterizedTest
    @EnumSource(names = {"YAML", "JSON"})
    void takeListsAsListsAndAsText(Changelogs format) throws Exception {
        Map<String, String> list = new LinkedHashMap<>(INDEX);
        list.put("columnNames", "[\"customer_id\", \"created_at\"]");
        assertThat(format.checksum(directory, "onlineCreateIndex", list))
                .isEqualTo(format.checksum(directory, "onlineCreateIndex", INDEX));
        list.put("columnNames", "customer_id,created_at ");
        assertThat(format.checksum(directory, "onlineCreateIndex", list))
                .isEqualTo(format.checksum(directory, "onlineCreateIndex", INDEX));
    }

    @Test
    void keepAChecksumThatDependsOnEveryAttribute() throws Exception {
        Map<String, String> other = new LinkedHashMap<>(INDEX);
        other.put("isUnique", "false");
        assertThat(Changelogs.YAML.checksum(directory, "onlineCreateIndex", other))
                .isNotEqualTo(Changelogs.YAML.checksum(directory, "onlineCreateIndex", INDEX));
        other.remove("isUnique");
        assertThat(Changelogs.YAML.checksum(directory, "onlineCreateIndex", other))
                .isNotEqualTo(Changelogs.YAML.checksum(directory, "onlineCreateIndex", INDEX));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OWN_NAMESPACE")
    void refuseMisspeltAttributes(Changelogs format) throws Exception {
        ChangeSet changeSet = Changelogs.parsed(
                directory,
                format.file(),
                format.text("onlineCreateIndex", Map.of("tabelName", "orders", "columnnames", "id")));
        OnlineChange change = (OnlineChange) changeSet.getChanges().get(0);
        assertThatThrownBy(change::operation)
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("onlineCreateIndex: unknown attribute tabelName, did you mean tableName?")
                .hasMessageContaining("unknown attribute columnnames, did you mean columnNames?");
    }

    @Test
    void refuseMisspeltAttributesByTheSchemaWithTheirLine() {
        String text = Changelogs.OWN_NAMESPACE.text("onlineDropIndex", Map.of("indexName", "i", "tabelName", "o"));
        assertThatThrownBy(() -> Changelogs.parsed(directory, "changelog.xml", text))
                .hasMessageContaining("line 7")
                .hasMessageContaining("tabelName");
    }

    @Test
    void takeLongSqlAsAnElement() throws Exception {
        String element = Changelogs.OWN_NAMESPACE
                .text("onlineSql", Map.of())
                .replace(
                        "<online:onlineSql />",
                        "<online:onlineSql>\n<online:sql>ALTER TABLE orders\n  ADD COLUMN note text</online:sql>\n</online:onlineSql>");
        ChangeSet changeSet = Changelogs.parsed(directory, "changelog.xml", element);
        assertThat(((OnlineChange) changeSet.getChanges().get(0)).operation().toString())
                .contains("ALTER TABLE orders\n  ADD COLUMN note text");
    }

    @Test
    void refuseTextAndNestedValuesWhereAttributesBelong() throws Exception {
        String nested = "databaseChangeLog:\n"
                + Project.changeSet(1, "onlineDropIndex:\n    indexName:\n      name: orders_idx");
        assertThatThrownBy(() -> operation(nested))
                .hasMessageContaining("attribute indexName: expected a value but found name");
        String text = "databaseChangeLog:\n" + Project.changeSet(1, "onlineDropIndex: orders_idx");
        assertThatThrownBy(() -> operation(text)).hasMessageContaining("found the text orders_idx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "''", "[a, ~]", "[a, '']"})
    void refuseAttributesWithoutAValue(String value) {
        String yaml = "databaseChangeLog:\n" + Project.changeSet(1, """
                        onlineCreateIndex:
                            tableName: orders
                            columnNames: id
                            include: %s""".formatted(value));
        assertThatThrownBy(() -> operation(yaml))
                .hasMessageContaining(
                        "attribute include has no value, or an empty one in its list: give it one, or leave it out");
    }

    @Test
    void refuseAttributesWithoutAValueInJsonAndXmlToo() {
        String json = Changelogs.JSON
                .text("onlineBackfill", Map.of("tableName", "orders", "set", "total = 0", "condition", "x"))
                .replace("\"x\"", "null");
        assertThatThrownBy(() -> operation("changelog.json", json))
                .hasMessageContaining("attribute condition has no value");
        String xml = nested(Changelogs.OWN_NAMESPACE, "<online:condition></online:condition>");
        assertThatThrownBy(() -> operation("changelog.xml", xml))
                .hasMessageContaining("attribute condition has no value");
    }

    @Test
    void refuseMisspeltAttributesWithoutAValue() {
        String yaml = "databaseChangeLog:\n"
                + Project.changeSet(1, "onlineBackfill:\n    tableName: orders\n    set: total = 0\n    conditoin:");
        assertThatThrownBy(() -> operation(yaml))
                .hasMessageContaining("unknown attribute conditoin, did you mean condition?");
        String xml = nested(Changelogs.EXTENSION_NAMESPACE, "<ext:nonsense/>");
        assertThatThrownBy(() -> operation("changelog.xml", xml)).hasMessageContaining("unknown attribute nonsense");
    }

    /** As a second spelling it would be missing in the checksum. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OWN_NAMESPACE")
    void refuseTheNamesThatAttributesHaveInFlyway(Changelogs format) {
        String text = format.text("onlineAddNotNull", Map.of("table_name", "orders", "columnName", "total"));
        assertThatThrownBy(() -> operation(format.file(), text))
                .hasMessageContaining("unknown attribute table_name, did you mean tableName?");
    }

    @Test
    void refuseAnAttributeThatIsGivenTwice() {
        String xml = nested(Changelogs.OWN_NAMESPACE, "<online:set>total = 1</online:set>");
        assertThatThrownBy(() -> operation("changelog.xml", xml)).hasMessageContaining("attribute set is given twice");
    }

    @Test
    void refuseAListWhereOneValueBelongs() {
        String yaml = "databaseChangeLog:\n"
                + Project.changeSet(1, "onlineSql: {sql: ['CREATE TABLE one (id int', 'x int)']}");
        assertThatThrownBy(() -> operation(yaml))
                .hasMessageContaining("attribute sql: expected SQL text but found a list");
    }

    private static String nested(Changelogs format, String element) {
        String prefix = format == Changelogs.OWN_NAMESPACE ? "online" : "ext";
        return format.text("onlineBackfill", Map.of("tableName", "orders", "set", "total = 0"))
                .replace("/>", ">" + element + "</" + prefix + ":onlineBackfill>");
    }

    private void operation(String yaml) throws Exception {
        operation("changelog.yaml", yaml);
    }

    private void operation(String file, String text) throws Exception {
        ChangeSet changeSet = Changelogs.parsed(directory, file, text);
        ((OnlineChange) changeSet.getChanges().get(0)).operation();
    }
}
