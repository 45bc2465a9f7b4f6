package dev.expandcontract.plan;

import static dev.expandcontract.plan.TableNames.NAME;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlText;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which locks that block readers or writers a script is going to take, read off its statements. A statement that it
 * doesn't know takes none here; PostgreSQL's own {@code lock_timeout} still guards it.
 */
public final class StatementLocks {
    /** A kind of statement; group 1 is the list of its tables. */
    private record Rule(Pattern pattern, LockMode mode, Reach reach) {
        Rule(String pattern, LockMode mode, Reach reach) {
            this(Pattern.compile(pattern, Pattern.CASE_INSENSITIVE), mode, reach);
        }
    }

    /** The first that fits counts. */
    private static final List<Rule> RULES = List.of(
            new Rule("DROP TABLE (?:IF EXISTS )?(.+) CASCADE", LockMode.ACCESS_EXCLUSIVE, Reach.DROPPED_WITH_CASCADE),
            new Rule("DROP TABLE (?:IF EXISTS )?(.+?)(?: RESTRICT)?", LockMode.ACCESS_EXCLUSIVE, Reach.DROPPED),
            new Rule(
                    "DROP (?:VIEW|INDEX) (?!CONCURRENTLY\\b)(?:IF EXISTS )?(.+?)(?: (?:CASCADE|RESTRICT))?",
                    LockMode.ACCESS_EXCLUSIVE,
                    Reach.PARTITIONS),
            new Rule(
                    "TRUNCATE (?:TABLE )?(.+?)(?: (?:RESTART|CONTINUE) IDENTITY)?(?: (?:CASCADE|RESTRICT))?",
                    LockMode.ACCESS_EXCLUSIVE,
                    Reach.DESCENDANTS),
            new Rule(
                    "(?:DROP|ALTER) TRIGGER (?:IF EXISTS )?" + NAME + " ON (" + NAME + ").*",
                    LockMode.ACCESS_EXCLUSIVE,
                    Reach.PARTITIONS),
            new Rule(
                    "(?:CREATE|ALTER|DROP) (?:POLICY|RULE) (?:IF EXISTS )?" + NAME + " ON (" + NAME + ").*",
                    LockMode.ACCESS_EXCLUSIVE,
                    Reach.TABLE),
            new Rule(
                    "CREATE (?:OR REPLACE )?RULE " + NAME + " AS ON (?:SELECT|INSERT|UPDATE|DELETE) TO (" + NAME
                            + ").*",
                    LockMode.ACCESS_EXCLUSIVE,
                    Reach.TABLE),
            new Rule(
                    "CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY\\b)(?:(?:IF NOT EXISTS )?" + NAME + " )?ON ((?:ONLY )?"
                            + NAME + ").*",
                    LockMode.SHARE,
                    Reach.PARTITIONS),
            new Rule(
                    "CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER .*? ON (" + NAME + ").*",
                    LockMode.SHARE_ROW_EXCLUSIVE,
                    Reach.PARTITIONS));

    private static final Pattern CREATE_TABLE = Pattern.compile(
            "CREATE (?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED) )*TABLE\\b.*", Pattern.CASE_INSENSITIVE);

    private static final Pattern DEFINITION = Pattern.compile(
            "(?:ALTER|CREATE|DROP|COMMENT|GRANT|REVOKE|TRUNCATE)\\b|SET (?:LOCAL |SESSION )?LOCK_TIMEOUT\\b",
            Pattern.CASE_INSENSITIVE);

    /** Reads or writes all of a table; a new one is empty unless it is made by a query. */
    private static final Pattern LONG = Pattern.compile(
            "(?!CREATE TABLE\\b(?!.*\\bSELECT\\b)).*\\b(?:INDEX|FOREIGN KEY|REFERENCES|CHECK|UNIQUE|PRIMARY KEY"
                    + "|EXCLUDE|VALIDATE|TYPE|NOT NULL|SELECT|ATTACH)\\b",
            Pattern.CASE_INSENSITIVE);

    /** Locks tables against definitions only. A function that SELECT calls may do anything, except for these. */
    private static final Pattern ROWS_ONLY = Pattern.compile(
            "(?:INSERT|UPDATE|DELETE|MERGE|WITH|VALUES|COPY|SET|RESET|SHOW|ANALYZE|NOTIFY)\\b.*"
                    + "|SELECT (?:[^(]*|(?:pg_catalog ?\\. ?)?(?:setval|nextval|set_config) ?\\(.*)",
            Pattern.CASE_INSENSITIVE);

    private StatementLocks() {}

    /** The locks of these statements in their order, each table once per mode; names as written. */
    public static List<Lock> of(String sql) {
        return locks(SqlText.statements(sql).stream());
    }

    /**
     * The locks on tables that exist.
     *
     * @param resolver finds the table, with its schema, that a written name stands for
     */
    public static List<Lock> of(String sql, Function<QualifiedName, Optional<QualifiedName>> resolver) {
        return resolved(of(sql), resolver);
    }

    /**
     * The locks that a script may take before its first statement and hold to its end without anybody noticing: those of
     * the definitions that it begins with, up to the first that may take long, or that we don't know. A lock taken while
     * rows are still being inserted elsewhere would stop the application for all that time.
     *
     * @param resolver finds the table, with its schema, that a written name stands for
     */
    public static List<Lock> inAdvance(String sql, Function<QualifiedName, Optional<QualifiedName>> resolver) {
        List<String> statements = SqlText.statements(sql);
        int leading = 0;
        boolean isShort = true;
        while (isShort
                && leading < statements.size()
                && DEFINITION.matcher(statements.get(leading)).lookingAt()) {
            isShort = !LONG.matcher(statements.get(leading)).lookingAt();
            leading++;
        }
        return resolved(locks(statements.stream().limit(leading)), resolver);
    }

    /** Whether a statement may lock a table against readers or writers: all may that do not merely handle rows. */
    public static boolean mayBlock(String sql) {
        return SqlText.statements(sql).stream()
                .anyMatch(statement -> !ROWS_ONLY.matcher(statement).matches());
    }

    private static List<Lock> resolved(List<Lock> locks, Function<QualifiedName, Optional<QualifiedName>> resolver) {
        return locks.stream()
                .flatMap(lock -> resolver.apply(lock.table()).map(lock::on).stream())
                .distinct()
                .toList();
    }

    private static List<Lock> locks(Stream<String> statements) {
        return statements.flatMap(StatementLocks::locksOf).distinct().toList();
    }

    private static Stream<Lock> locksOf(String statement) {
        if (AlterTable.matches(statement)) {
            return AlterTable.locks(statement).stream();
        }
        if (CREATE_TABLE.matcher(statement).matches()) {
            return TableNames.references(statement).stream();
        }
        for (Rule rule : RULES) {
            Matcher tables = rule.pattern().matcher(statement);
            if (tables.matches()) {
                return TableNames.locks(tables.group(1), rule.mode(), rule.reach()).stream();
            }
        }
        return Stream.empty();
    }
}
