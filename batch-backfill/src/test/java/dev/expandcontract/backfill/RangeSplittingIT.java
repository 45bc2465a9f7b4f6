package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * The ranges that a job walks, however they are cut and halved, have each row of the table exactly once. Samples are not
 * shrunk: jqwik goes on with that beside the next property, which has the same table.
 */
class RangeSplittingIT {
    private static final TestDatabase DATABASE = TestDatabase.fresh();
    private static final QualifiedName TABLE = QualifiedName.of("public", "t");

    static {
        DATABASE.execute(
                "CREATE TYPE mood AS ENUM ('sad', 'ok', 'a, \"happy\" one', '', 'Zoë')",
                "CREATE DOMAIN \"Odd domain\" AS varchar(9) COLLATE \"C\"",
                "CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    }

    /** With values that are worth a try; the more the merrier. */
    private enum KeyType {
        SMALLINT("smallint", "-32768", "32767", "0", "-1", "1", "7", "8"),
        BIGINT("bigint", "-9223372036854775808", "9223372036854775807", "0", "-1", "9007199254740993", "5"),
        NUMERIC("numeric", "0", "0.0000000001", "-1e130", "NaN", "Infinity", "-Infinity", "1.0", "1.10", "17"),
        FLOAT(
                "double precision",
                "-0",
                "5e-324",
                "0.1",
                "0.30000000000000004",
                "NaN",
                "Infinity",
                "-Infinity",
                "1e308"),
        REAL("real", "0.1", "1.00000012", "-3.4e38", "1e-45", "NaN"),
        TEXT("text", "", " ", "a", "A", "ä", "Ä", "z", "a b", "a-b", "'", "\"", "\\", "?", "{}", "NULL", "😀", "\n"),
        TEXT_C("text COLLATE \"C\"", "", "a", "A", "ä", "b", "NULL", "😀", "\uFFFD", "\uE000"),
        TEXT_ICU("text COLLATE \"en-x-icu\"", "", "a", "A", "ä", "a-b", "ab", "a b", "résumé", "resume", "😀"),
        TEXT_NO_CASE("text COLLATE no_case", "", "a", "B", "c", "ä", "a-b", "ab", "😀"),
        CHAR("character(4)", "", "a", "a b", "ä", "zzzz"),
        UUID(
                "uuid",
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "7fffffff-0000-4000-8000-000000000000",
                "80000000-0000-4000-8000-000000000000"),
        TIMESTAMPTZ(
                "timestamptz",
                "infinity",
                "-infinity",
                "2026-10-25 00:30:00.000001+00",
                "2026-10-25 01:30:00+00",
                "4713-01-01 00:00:00+00 BC",
                "294276-12-31 23:59:59.999999+00",
                "1890-01-01 00:00:00+00"),
        TIMESTAMP("timestamp", "infinity", "-infinity", "2026-03-29 02:30:00", "0001-01-01 00:00:00 BC"),
        DATE("date", "infinity", "-infinity", "2026-02-03", "2026-03-02", "4713-01-01 BC", "5874897-12-31"),
        INTERVAL(
                "interval", "-1 day 2 hours", "-1 day -2 hours", "-1 day", "1 month -1 day", "-2 hours", "0", "1 year"),
        BYTEA("bytea", "", "\\x00", "\\xff", "\\x5c", "\\x5c78", "\\x0000", "\\x27"),
        BOOLEAN("boolean", "true", "false"),
        INET("inet", "10.0.0.1", "10.0.0.1/8", "::1", "255.255.255.255"),
        MONEY("money", "-1.5", "0", "1234567.89"),
        ARRAY("text[]", "{}", "{NULL}", "{\"NULL\"}", "{\"\"}", "{a,b}", "{{a},{b}}"),
        ENUM("mood", "sad", "ok", "a, \"happy\" one", "", "Zoë"),
        DOMAIN("\"Odd domain\"", "", "a", "A", "ä", "b");

        final String sql;

        @SuppressWarnings("ImmutableEnumChecker") // List.of
        final List<String> values;

        KeyType(String sql, String... values) {
            this.sql = sql;
            this.values = List.of(values);
        }

        /** One of the special values, or a random one. */
        String value(Random random) {
            if (random.nextInt(3) > 0) {
                return values.get(random.nextInt(values.size()));
            }
            return switch (this) {
                case SMALLINT, BIGINT, NUMERIC, FLOAT, REAL, MONEY -> String.valueOf(random.nextInt(200) - 100);
                case TEXT, TEXT_C, TEXT_ICU, TEXT_NO_CASE, CHAR, DOMAIN -> text(random);
                case UUID -> new java.util.UUID(random.nextLong(), random.nextLong()).toString();
                case TIMESTAMPTZ, TIMESTAMP, DATE ->
                    "2026-0%d-%02d 0%d:30:00"
                            .formatted(1 + random.nextInt(9), 1 + random.nextInt(28), random.nextInt(10));
                case INTERVAL ->
                    "%d mons %d days %d hours"
                            .formatted(random.nextInt(5) - 2, random.nextInt(5) - 2, random.nextInt(5) - 2);
                case BYTEA -> "\\x%02x%02x".formatted(random.nextInt(256), random.nextInt(256));
                case INET -> "10.%d.0.%d/%d".formatted(random.nextInt(3), random.nextInt(256), 8 + random.nextInt(25));
                case BOOLEAN, ARRAY, ENUM -> values.get(random.nextInt(values.size()));
            };
        }

        private static String text(Random random) {
            String alphabet = "aAbBäÖß-_ '\"\\,{}%0159éñЖ中";
            return IntStream.range(0, random.nextInt(4))
                    .mapToObj(i -> alphabet.charAt(random.nextInt(alphabet.length())))
                    .map(String::valueOf)
                    .collect(Collectors.joining());
        }
    }

    @Provide
    Arbitrary<List<KeyType>> keys() {
        return Arbitraries.of(KeyType.class).list().ofMinSize(1).ofMaxSize(3);
    }

    @AfterContainer
    static void dropDatabase() {
        DATABASE.close();
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void alongAKey(
            @ForAll("keys") List<KeyType> types,
            @ForAll @IntRange(max = 60) int rows,
            @ForAll int seed,
            @ForAll boolean descends)
            throws SQLException {
        assertEachRowOnce(types, rows, seed, descends);
    }

    /** Of those types whose text depends on settings of the session. */
    @Property(tries = 15, shrinking = ShrinkingMode.OFF)
    void alongAKeyOfIntervals(@ForAll int seed) throws SQLException {
        assertEachRowOnce(List.of(KeyType.INTERVAL), 40, seed, false);
    }

    private static void assertEachRowOnce(List<KeyType> types, int rows, int seed, boolean descends)
            throws SQLException {
        Random random = new Random(seed);
        try (var one = connection(random);
                var other = connection(random)) {
            createTable(types, descends);
            fill(types, rows, random);
            Key key = KeyFinder.keys(one, TABLE).usable().get(0);
            assertEachRowOnce(new Walk(new KeyAxis(key), part(one), random, one, other).ranges(), one, other);
        }
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void alongBlocks(
            @ForAll @IntRange(max = 3000) int rows,
            @ForAll @IntRange(min = 1, max = 250) int rowsPerBlock,
            @ForAll int seed)
            throws SQLException {
        Random random = new Random(seed);
        try (var connection = connection(random)) {
            DATABASE.execute(
                    "DROP TABLE IF EXISTS t",
                    "CREATE TABLE t (rid int, filler text) WITH (autovacuum_enabled = off)",
                    "INSERT INTO t SELECT i, repeat('x', i % 200) FROM generate_series(1, " + rows + ") i");
            for (int i = 0; i < random.nextInt(4); i++) {
                int from = random.nextInt(rows + 1);
                DATABASE.execute(
                        switch (random.nextInt(4)) {
                            case 0 -> "DELETE FROM t WHERE rid BETWEEN %d AND %d".formatted(from, from + 300);
                            case 1 -> "UPDATE t SET filler = filler || 'y' WHERE rid > " + from;
                            case 2 -> "VACUUM t";
                            default -> "DELETE FROM t WHERE rid > " + from;
                        });
            }
            assertEachRowOnce(
                    new Walk(new BlockAxis(rowsPerBlock), part(connection), random, connection, connection).ranges(),
                    connection,
                    connection);
        }
    }

    /** As a role or database may have set them; positions must read the same everywhere. */
    private static Connection connection(Random random) throws SQLException {
        Connection connection = DATABASE.connect();
        try (var statement = connection.createStatement()) {
            for (List<String> settings : List.of(
                    List.of("DateStyle = 'ISO, DMY'", "DateStyle = 'ISO, MDY'", "DateStyle = 'ISO, YMD'"),
                    List.of(
                            "IntervalStyle = sql_standard",
                            "IntervalStyle = iso_8601",
                            "IntervalStyle = postgres_verbose"),
                    List.of("TimeZone = 'Europe/Berlin'", "TimeZone = 'America/St_Johns'", "TimeZone = 'UTC'"),
                    List.of("bytea_output = escape", "bytea_output = hex"),
                    List.of("extra_float_digits = -15", "extra_float_digits = 3"))) {
                statement.execute("SET " + settings.get(random.nextInt(settings.size())));
            }
        }
        return connection;
    }

    private static void createTable(List<KeyType> types, boolean descends) {
        String direction = descends ? " DESC" : "";
        String columns = IntStream.range(0, types.size())
                .mapToObj(i -> "c" + i + " " + types.get(i).sql + " NOT NULL")
                .collect(Collectors.joining(", "));
        String key = IntStream.range(0, types.size())
                .mapToObj(i -> "c" + i + direction)
                .collect(Collectors.joining(", "));
        DATABASE.execute(
                "DROP TABLE IF EXISTS t",
                "CREATE TABLE t (rid int GENERATED ALWAYS AS IDENTITY, " + columns + ")",
                "CREATE UNIQUE INDEX ON t (" + key + ")");
    }

    private static void fill(List<KeyType> types, int rows, Random random) throws SQLException {
        String values = IntStream.range(0, types.size())
                .mapToObj(i -> "CAST(? AS " + types.get(i).sql.replaceAll(" COLLATE .*", "") + ")")
                .collect(Collectors.joining(", "));
        String columns = IntStream.range(0, types.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        try (var connection = DATABASE.connect();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO t (" + columns + ") VALUES (" + values + ") ON CONFLICT DO NOTHING")) {
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < types.size(); i++) {
                    insert.setString(i + 1, types.get(i).value(random));
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static Part part(Connection connection) throws SQLException {
        long oid = TableFacts.oid(connection, TABLE);
        return new Parts(oid, new Identifier("t")).find(connection, oid).orElseThrow();
    }

    /** As {@link Claims} and {@link Division} go, in sizes and with cuts as chance has it. */
    private record Walk(Axis axis, Part part, Random random, Connection one, Connection other) {
        private Connection any() {
            return random.nextBoolean() ? one : other;
        }

        private <T> T ask(Transactions.Work<T> work) throws SQLException {
            return Transactions.write(any(), Key.SETTINGS.with("enable_sort", "off"), work);
        }

        List<Range> ranges() throws SQLException {
            List<Range> ranges = new ArrayList<>();
            List<String> bound = ask(c -> axis.bound(c, part, List.of()));
            List<String> frontier = List.of();
            while (!frontier.equals(bound)) {
                Range rest = axis.range(frontier, bound);
                int rows = 1 + random.nextInt(random.nextBoolean() ? 4 : 400);
                int most = 1 + random.nextInt(3);
                List<List<String>> ends = ask(c -> axis.ends(c, part, rest, rows, most));
                for (List<String> upTo : ends.isEmpty() ? List.of(bound) : ends) {
                    divide(axis.range(frontier, upTo), ranges);
                    frontier = upTo;
                }
            }
            return ranges;
        }

        private void divide(Range range, List<Range> ranges) throws SQLException {
            List<String> at = switch (random.nextInt(4)) {
                case 0 ->
                    ask(c -> axis.ends(c, part, range, 1 + random.nextInt(3), 1)).stream()
                            .findFirst()
                            .orElse(List.of());
                case 1 -> ask(c -> axis.middle(c, part, range));
                default -> List.of();
            };
            if (at.isEmpty() || at.equals(range.upTo())) {
                ranges.add(range);
            } else {
                divide(axis.range(range.after(), at), ranges);
                divide(axis.range(at, range.upTo()), ranges);
            }
        }
    }

    private static void assertEachRowOnce(List<Range> ranges, Connection one, Connection other) throws SQLException {
        List<Integer> found = new ArrayList<>();
        for (Range range : ranges) {
            Connection connection = found.size() % 2 == 0 ? one : other;
            found.addAll(Transactions.write(connection, Key.SETTINGS, c -> rows(c, range)));
        }
        assertThat(found.stream().sorted().toList())
                .as("rows in the ranges " + ranges)
                .isEqualTo(DATABASE.rows("SELECT rid FROM t ORDER BY rid").stream()
                        .map(row -> (Integer) row.get(0))
                        .toList());
    }

    private static List<Integer> rows(Connection connection, Range range) throws SQLException {
        List<Integer> rows = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT rid FROM t WHERE " + range.predicate(new Identifier("t")))) {
            range.bind(statement, 1);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(row.getInt(1));
                }
            }
        }
        return rows;
    }
}
