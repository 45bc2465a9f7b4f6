package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyIT extends BackfillFixture {
    KeyIT(TestDatabase database) {
        super(database);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            smallint                    ~ i - 150
            bigint                      ~ i * -9007199254740993
            numeric(20,5)               ~ i / 3.0
            double precision            ~ i / 3.0 - 50
            real                        ~ i * 0.1
            uuid                        ~ gen_random_uuid()
            text                        ~ md5(i::text)
            text COLLATE "en-x-icu"     ~ chr(65 + i % 26) || chr(97 + i % 26) || '-é ' || i
            text COLLATE "C"            ~ chr(200 + i) || ''', "' || i
            character varying(40)       ~ 'v' || i
            character(12)               ~ i
            name                        ~ 'n' || i
            bytea                       ~ decode(md5(i::text), 'hex')
            boolean[]                   ~ string_to_array(regexp_replace(i::bit(10)::text, '(.)', '\\1,', 'g') || '0', ',')::boolean[]
            date                        ~ date '2000-02-25' + i
            timestamp                   ~ timestamp '2000-01-01 00:00:00.123456' + i * interval '1.000001 s'
            timestamptz                 ~ timestamptz '2000-03-26 01:30:00+01' + i * interval '7 min'
            time                        ~ time '00:00' + i * interval '1 s'
            interval                    ~ i * interval '1 h'
            inet                        ~ inet '10.0.0.0' + i
            bit(16)                     ~ i::bit(16)
            money                       ~ i
            int4range                   ~ int4range(i, i + 5)
            pg_lsn                      ~ ('0/' || to_hex(i))::pg_lsn
            shop.mood                   ~ (SELECT array_agg(e ORDER BY e) FROM unnest(enum_range(NULL::shop.mood)) e)[i]
            "shop"."Odd domain"         ~ 'd' || i
            "shop"."Odd domain" COLLATE "POSIX" ~ 'd' || i
            shop.mood[]                 ~ array_fill('ok'::shop.mood, ARRAY[i])
            """)
    void followsAKeyOfAnyType(String type, String value) {
        int rows = type.equals("shop.mood") ? 3 : 205;
        database.execute(
                "CREATE TYPE shop.mood AS ENUM ('sad', 'ok', 'a, \"happy\" one')",
                "CREATE DOMAIN shop.\"Odd domain\" AS varchar(9) COLLATE \"C\" CHECK (value <> 'x')",
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (k " + type + " PRIMARY KEY, n int DEFAULT 0)",
                "INSERT INTO shop.items (k) SELECT (" + value + ")::" + type.replaceAll(" COLLATE .*", "")
                        + " FROM generate_series(1, " + rows + ") i ORDER BY random()");

        BackfillResult result = run(addOne());

        assertEachRowChangedOnce(rows);
        assertThat(result.batchesNow()).isEqualTo((rows + 9) / 10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a, b", "a, b, c", "c, a, b", "c, b, a",
            })
    void followsAKeyOfSeveralColumns(String key) {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (a int, b text, c uuid DEFAULT gen_random_uuid(), n int DEFAULT 0, PRIMARY KEY ("
                        + key + "))",
                "INSERT INTO shop.items (a, b) SELECT i % 7, 'b' || i FROM generate_series(1, 305) i");

        BackfillResult result = run(addOne());

        assertEachRowChangedOnce(305);
        assertThat(result.batchesNow()).isEqualTo(31);
    }

    @Test
    void quotesEveryNameAndTouchesNothingElse() {
        database.execute(
                "CREATE SCHEMA \"My \"\"shop\"\"\"",
                "CREATE TABLE \"My \"\"shop\"\"\".\"Order; DROP TABLE shop.items\" (\"select\" int, \"b?'\" text,"
                        + " \"N n\" int DEFAULT 0, PRIMARY KEY (\"b?'\", \"select\"))",
                "INSERT INTO \"My \"\"shop\"\"\".\"Order; DROP TABLE shop.items\" SELECT i, 'it''s %s ' || i % 3"
                        + " FROM generate_series(1, 55) i");
        QualifiedName table = QualifiedName.of("My \"shop\"", "Order; DROP TABLE shop.items");

        run(job(table, "\"N n\" = \"Order; DROP TABLE shop.items\".\"N n\" + 1"));

        assertThat(count(table.sql() + " WHERE \"N n\" = 1")).isEqualTo(55);
        assertThat(database.<String>value("SELECT to_regclass('shop.items')::text"))
                .isNotNull();
    }

    @Test
    void takesThePrimaryKeyFirst() throws SQLException {
        database.execute("ALTER TABLE shop.items ADD a smallint NOT NULL UNIQUE");

        assertThat(keyOf("n = n + 1")).containsExactly("id");
    }

    @Test
    void takesTheNarrowestUniqueIndexWhereThereIsNoPrimaryKey() throws SQLException {
        database.execute("ALTER TABLE shop.items DROP CONSTRAINT items_pkey, ADD t text NOT NULL UNIQUE,"
                + " ADD a smallint NOT NULL, ADD b smallint NOT NULL, ADD c bigint NOT NULL, ADD z smallint UNIQUE,"
                + " ADD UNIQUE (a, b), ADD UNIQUE (c) INCLUDE (a)");

        assertThat(keyOf("n = n + 1")).containsExactly("c");
    }

    @Test
    void takesAnotherKeyWhereTheSetChangesThePrimaryKey() throws SQLException {
        database.execute("ALTER TABLE shop.items ADD a int NOT NULL UNIQUE");

        assertThat(keyOf("n = 1, (\"id\") = ROW(items.id + 1)")).containsExactly("a");
    }

    @Test
    void refusesToChangeTheOnlyKey() {
        fill(10);

        assertThatThrownBy(() -> run(job(ITEMS, "id = id + 5")))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("set: changes id, the key of shop.items that the batches follow");
        assertThat(count("shop.items WHERE id <= 10")).isEqualTo(10);
    }

    @Test
    void refusesAKeyThatAForeignKeyMovesWithAnAssignedColumn() {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id int NOT NULL UNIQUE,"
                        + " boss int PRIMARY KEY REFERENCES shop.items (id) ON UPDATE CASCADE, n int DEFAULT 0)",
                "INSERT INTO shop.items SELECT i * 10, i * 10 FROM generate_series(1, 30) i");

        assertThatThrownBy(() -> run(job(ITEMS, "id = id + 3, n = n + 1")))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("set: changes boss, the key of shop.items that the batches follow,"
                        + " by way of a foreign key with ON UPDATE");
        run(addOne());
        assertEachRowChangedOnce(30);
    }

    @Test
    void refusesAKeyThatForeignKeysMoveByWayOfAnotherTable() {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id int NOT NULL UNIQUE, k int PRIMARY KEY, n int DEFAULT 0)",
                "CREATE TABLE shop.middle (id int PRIMARY KEY REFERENCES shop.items (id) ON UPDATE CASCADE)",
                "INSERT INTO shop.items SELECT i * 10, i * 10 FROM generate_series(1, 30) i",
                "INSERT INTO shop.middle SELECT id FROM shop.items",
                "ALTER TABLE shop.items ADD FOREIGN KEY (k) REFERENCES shop.middle ON UPDATE CASCADE");

        assertThatThrownBy(() -> run(job(ITEMS, "id = id + 3")))
                .hasMessageContaining("set: changes k, the key of shop.items that the batches follow");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CREATE UNIQUE INDEX u ON shop.items (n)                                       | u allows NULL in n
            CREATE UNIQUE INDEX u ON shop.items (id) WHERE id > 0                         | u covers a part of the rows only
            CREATE UNIQUE INDEX u ON shop.items ((id + 1))                                | u is on expressions
            ALTER TABLE shop.items ADD CONSTRAINT u UNIQUE (id) DEFERRABLE                | u is deferrable
            CREATE UNIQUE INDEX u ON shop.items (id, t DESC)                              | u is not in the plain order
            CREATE UNIQUE INDEX u ON shop.items (t COLLATE "en-x-icu")                    | u is not in the plain order
            CREATE UNIQUE INDEX u ON shop.items (t text_pattern_ops)                      | u is not in the plain order
            ALTER TABLE shop.items ADD u int GENERATED ALWAYS AS (n * 2) STORED NOT NULL UNIQUE | items_u_key is on a generated column
            ALTER TABLE shop.items ADD u regclass PRIMARY KEY                             | items_pkey refers to other objects
            CREATE INDEX u ON shop.items (id)                                             | on NOT NULL columns
            """)
    void refusesATableWithoutAKeyAndSaysWhyItsIndexesAreNone(String index, String reason) {
        database.execute(
                "ALTER TABLE shop.items DROP CONSTRAINT items_pkey, ALTER id SET NOT NULL, ADD t text NOT NULL", index);

        assertThatThrownBy(() -> run(addOne()))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("table shop.items has no key to go along")
                .hasMessageContaining(reason);
    }

    @Test
    void followsAnIndexInDescendingOrder() {
        database.execute(
                "ALTER TABLE shop.items DROP CONSTRAINT items_pkey, ALTER id SET NOT NULL",
                "CREATE UNIQUE INDEX ON shop.items (id DESC)");
        fill(55);

        run(addOne());

        assertEachRowChangedOnce(55);
    }

    @Test
    void refusesAnIndexThatIsNotValid() {
        database.execute(
                "ALTER TABLE shop.items DROP CONSTRAINT items_pkey, ALTER id SET NOT NULL",
                "CREATE UNIQUE INDEX u ON shop.items (id)",
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shop.u'::regclass");

        assertThatThrownBy(() -> run(addOne())).hasMessageContaining("u is not valid");
    }

    @Test
    void refusesAColumnWhoseNotNullIsNotValid() {
        assumeTrue(database.serverVersion() >= 18, "NOT NULL NOT VALID came with PostgreSQL 18");
        database.execute(
                "ALTER TABLE shop.items DROP CONSTRAINT items_pkey, ALTER id DROP NOT NULL",
                "CREATE UNIQUE INDEX u ON shop.items (id)",
                "ALTER TABLE shop.items ADD CONSTRAINT proven_later NOT NULL id NOT VALID");

        assertThatThrownBy(() -> run(addOne())).hasMessageContaining("u allows NULL in id");
    }

    @Test
    void worksThroughThePartitionedParent() {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id bigint, region text, n int DEFAULT 0, PRIMARY KEY (region, id))"
                        + " PARTITION BY LIST (region)",
                "CREATE TABLE shop.north PARTITION OF shop.items FOR VALUES IN ('north')",
                "CREATE TABLE shop.south PARTITION OF shop.items FOR VALUES IN ('south')",
                "INSERT INTO shop.items SELECT i, CASE WHEN i % 3 = 0 THEN 'north' ELSE 'south' END"
                        + " FROM generate_series(1, 100) i");

        run(addOne());

        assertEachRowChangedOnce(100);
    }

    @Test
    void refusesAPartitionedTableWithoutAKeyOfItsOwn() {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id bigint, n int DEFAULT 0) PARTITION BY RANGE (id)",
                "CREATE TABLE shop.first PARTITION OF shop.items FOR VALUES FROM (0) TO (100)",
                "ALTER TABLE shop.first ADD PRIMARY KEY (id)");

        assertThatThrownBy(() -> run(addOne())).hasMessageContaining("table shop.items has no key to go along");
    }

    @Test
    void refusesATableThatOthersInheritFrom() {
        database.execute("CREATE TABLE shop.child () INHERITS (shop.items)");

        assertThatThrownBy(() -> run(addOne()))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("has inheriting tables (shop.child)");
    }

    @Test
    void saysSoWhenItsKeyDisappearsUnderIt() {
        fill(100);
        database.execute("ALTER TABLE shop.items ADD other uuid NOT NULL UNIQUE DEFAULT gen_random_uuid()");
        fillDiskAt(73);
        assertThatThrownBy(() -> run(addOne())).hasMessageContaining("no space left");
        freeDisk();
        database.execute("ALTER TABLE shop.items DROP CONSTRAINT items_pkey");

        assertThatThrownBy(() -> run(addOne()))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining(
                        "gone along the key [id] of shop.items to [100], but that key is no longer there");
    }

    private List<String> keyOf(String set) throws SQLException {
        run(job(ITEMS, set));
        return status().keyColumns();
    }
}
