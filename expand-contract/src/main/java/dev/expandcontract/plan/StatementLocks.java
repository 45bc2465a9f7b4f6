package dev.expandcontract.plan;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which locks that block readers or writers a script is going to take, read off its statements. A statement that it
 * doesn't know takes none here; PostgreSQL's own {@code lock_timeout} still guards it.
 */
public final class StatementLocks {
    private static final String NAME =
            "((?:\"(?:[^\"]|\"\")+\"|[\\w$]+)(?:\\s*\\.\\s*(?:\"(?:[^\"]|\"\")+\"|[\\w$]+))?)";

    private static final String ALTER_TABLE = "ALTER\\s+TABLE\\s+(?:IF\\s+EXISTS\\s+)?(?:ONLY\\s+)?" + NAME;

    /** Forms of ALTER TABLE that take less than ACCESS EXCLUSIVE, or locks on more tables than are named. */
    private static final String WEAKER = "FOREIGN\\s+KEY|VALIDATE|SET\\s+STATISTICS|(?:RE)?SET\\s*\\(|CLUSTER|PARTITION"
            + "|TRIGGER|REPLICA|INHERIT";

    /** A kind of statement; group 1 is the name of the table. */
    private record Rule(Pattern pattern, LockMode mode) {
        Rule(String pattern, LockMode mode) {
            this(Pattern.compile("\\b" + pattern, Pattern.CASE_INSENSITIVE), mode);
        }
    }

    private static final List<Rule> RULES = List.of(
            new Rule(
                    ALTER_TABLE + "\\s+ADD\\s+(?:CONSTRAINT\\s+\\S+\\s+)?FOREIGN\\s+KEY", LockMode.SHARE_ROW_EXCLUSIVE),
            new Rule(ALTER_TABLE + "(?!.*\\b(?:" + WEAKER + "))", LockMode.ACCESS_EXCLUSIVE),
            new Rule("DROP\\s+(?:TABLE|VIEW|INDEX)\\s+(?:IF\\s+EXISTS\\s+)?" + NAME, LockMode.ACCESS_EXCLUSIVE),
            new Rule("TRUNCATE\\s+(?:TABLE\\s+)?(?:ONLY\\s+)?" + NAME, LockMode.ACCESS_EXCLUSIVE),
            new Rule(
                    "(?:DROP\\s+TRIGGER|(?:CREATE|ALTER|DROP)\\s+POLICY|(?:CREATE|DROP)(?:\\s+OR\\s+REPLACE)?\\s+RULE)"
                            + "\\b.*?\\bON\\s+" + NAME,
                    LockMode.ACCESS_EXCLUSIVE),
            new Rule(
                    "CREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+(?!CONCURRENTLY).*?\\bON\\s+(?:ONLY\\s+)?" + NAME,
                    LockMode.SHARE),
            new Rule(
                    "CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:CONSTRAINT\\s+)?TRIGGER\\b.*?\\bON\\s+" + NAME,
                    LockMode.SHARE_ROW_EXCLUSIVE));

    private static final Rule REFERENCES = new Rule("REFERENCES\\s+" + NAME, LockMode.SHARE_ROW_EXCLUSIVE);

    private static final Pattern DEFINITION = Pattern.compile(
            "(?:ALTER|CREATE|DROP|COMMENT|GRANT|REVOKE|TRUNCATE)\\b|SET\\s+(?:LOCAL\\s+|SESSION\\s+)?LOCK_TIMEOUT\\b",
            Pattern.CASE_INSENSITIVE);

    /** Reads or writes all of a table; a new one is empty unless it is made by a query. */
    private static final Pattern LONG = Pattern.compile(
            "(?!CREATE\\s+TABLE\\b(?!.*\\bSELECT\\b)).*\\b(?:INDEX|FOREIGN\\s+KEY|REFERENCES|CHECK|UNIQUE|PRIMARY\\s+KEY"
                    + "|EXCLUDE|VALIDATE|TYPE|NOT\\s+NULL|SELECT)\\b",
            Pattern.CASE_INSENSITIVE);

    private StatementLocks() {}

    /** The locks of these statements in their order, each table once per mode; names as written. */
    public static List<Lock> of(String sql) {
        List<Lock> locks = new ArrayList<>();
        for (String statement : SqlText.statements(sql)) {
            locksOf(statement).stream().filter(lock -> !locks.contains(lock)).forEach(locks::add);
        }
        return locks;
    }

    /**
     * The locks that a script may take before its first statement and hold to its end without anybody noticing: those of
     * the definitions that it begins with, up to the first that may take long, or that we don't know. A lock taken while
     * rows are still being inserted elsewhere would stop the application for all that time.
     *
     * @param resolver finds the table, with its schema, that a written name stands for
     */
    public static List<Lock> inAdvance(String sql, Function<QualifiedName, Optional<QualifiedName>> resolver) {
        StringBuilder leading = new StringBuilder();
        for (String statement : SqlText.statements(sql)) {
            if (!DEFINITION.matcher(statement).lookingAt()) {
                break;
            }
            leading.append(statement).append(';');
            if (LONG.matcher(statement).lookingAt()) {
                break;
            }
        }
        return of(leading.toString(), resolver);
    }

    /**
     * The locks on tables that exist.
     *
     * @param resolver finds the table, with its schema, that a written name stands for
     */
    public static List<Lock> of(String sql, Function<QualifiedName, Optional<QualifiedName>> resolver) {
        return of(sql).stream()
                .flatMap(lock -> resolver.apply(lock.table()).map(table -> new Lock(table, lock.mode())).stream())
                .distinct()
                .toList();
    }

    private static List<Lock> locksOf(String statement) {
        List<Lock> locks = new ArrayList<>();
        String words = statement.strip().toUpperCase(Locale.ROOT);
        for (Rule rule : RULES) {
            Matcher matcher = rule.pattern().matcher(statement);
            if (locks.isEmpty() && matcher.lookingAt()) {
                add(locks, matcher, rule.mode());
            }
        }
        if (words.startsWith("ALTER TABLE") || words.startsWith("CREATE TABLE")) {
            Matcher matcher = REFERENCES.pattern().matcher(statement);
            while (matcher.find()) {
                add(locks, matcher, REFERENCES.mode());
            }
        }
        return locks;
    }

    /** A name longer than PostgreSQL keeps is its own to deal with. */
    private static void add(List<Lock> locks, Matcher matcher, LockMode mode) {
        try {
            locks.add(new Lock(QualifiedName.parse(matcher.group(1)), mode));
        } catch (IllegalArgumentException e) {
            // Without a lock in advance the statement still runs under lock_timeout.
            return;
        }
    }
}
