package dev.expandcontract.backfill.throttle;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.Suggestion;
import dev.expandcontract.sql.SqlLexer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lists of throttles: as text, by default, and whether they can be used. */
public final class Throttles {
    private static final List<Throttle> DEFAULTS = List.of(
            new ReplicaLagThrottle(Duration.ofSeconds(10), 256L << 20),
            new SlotRetentionThrottle(10L << 30),
            new BlockedSessionsThrottle(5));

    private Throttles() {}

    /**
     * Where nobody asks for others: those that protect people who have no part in the backfill.
     *
     * <ul>
     *   <li>{@code replicaLag=10s,256MB}: who has saved something and reloads a page that is read from a replica accepts
     *       some seconds, not a minute. 256 MB are 16 WAL segments: what an ordinary replica replays in those seconds
     *   <li>{@code slotRetention=10GB}: ten times what {@code pg_wal} grows to with an unchanged {@code max_wal_size}; a
     *       disk for a table that is worth a backfill has that much room, and far more is the slot's own trouble
     *   <li>{@code blockedSessions=5}: half of a connection pool of ten, the default of HikariCP; if more than that stands
     *       behind one batch, the application as a whole feels it
     * </ul>
     *
     * <p>Not among them: {@code walRate}, {@code activeSessions} and {@code deadRows}, whose numbers depend on the
     * machine and on how autovacuum is set.
     */
    public static List<Throttle> defaults() {
        return DEFAULTS;
    }

    /** The defaults of those kinds that nobody asked for otherwise. */
    public static List<Throttle> defaultsBeside(List<Throttle> asked) {
        return DEFAULTS.stream()
                .filter(throttle -> asked.stream().noneMatch(other -> other.getClass() == throttle.getClass()))
                .toList();
    }

    /**
     * Reads {@code replicaLag=10s,256MB; timeWindow=22:00-06:00 Europe/Berlin; sql=SELECT …}. Blank text is the empty list.
     * {@code sql} may stand there several times, the others once.
     *
     * @throws ConfigurationProblem with all that is wrong with it
     */
    public static List<Throttle> parse(String text) {
        List<Throttle> throttles = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Set<Kind> seen = EnumSet.noneOf(Kind.class);
        for (String item : items(text)) {
            try {
                int equals = item.indexOf('=');
                Kind kind = kind(item, equals);
                if (!seen.add(kind) && kind != Kind.SQL) {
                    problems.add("throttle %s is there twice".formatted(kind.text()));
                }
                throttles.add(kind.read(item.substring(equals + 1).strip()));
            } catch (ConfigurationProblem e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationProblem(String.join("\n", problems));
        }
        return List.copyOf(throttles);
    }

    /** What {@link #parse} reads as the same list. */
    public static String text(List<Throttle> throttles) {
        return throttles.stream().map(Throttle::toString).collect(Collectors.joining("; "));
    }

    /**
     * Which of them can't be used here, and why, in their order. Those that somebody asked for are then a mistake in the
     * configuration; a default one is left out, which is to be said, not hidden.
     *
     * @param connection in a read-only transaction, which is as it was afterwards
     * @throws SQLException if the connection itself is of no use any more
     */
    public static Map<Throttle, String> hindrances(Connection connection, List<Throttle> throttles, Target target)
            throws SQLException {
        return answers(connection, throttles, (throttle, c) -> throttle.hindrance(c, target));
    }

    /**
     * What somebody should know of those that can be used, in their order: {@link Throttle#caution}.
     *
     * @param connection in a read-only transaction, which is as it was afterwards
     * @throws SQLException if the connection itself is of no use any more
     */
    public static List<String> cautions(Connection connection, List<Throttle> throttles, Target target)
            throws SQLException {
        return List.copyOf(answers(connection, throttles, (throttle, c) -> throttle.caution(c, target))
                .values());
    }

    @FunctionalInterface
    private interface Question {
        Optional<String> ask(Throttle throttle, Connection connection) throws SQLException;
    }

    private static Map<Throttle, String> answers(Connection connection, List<Throttle> throttles, Question question)
            throws SQLException {
        Map<Throttle, String> answers = new LinkedHashMap<>();
        for (Throttle throttle : throttles) {
            Signal.read(
                            connection,
                            throttle,
                            c -> question.ask(throttle, c).map(answer -> "throttle " + throttle + ": " + answer))
                    .ifPresent(answer -> answers.put(throttle, answer));
        }
        return answers;
    }

    private static Kind kind(String item, int equals) {
        if (equals < 0) {
            throw new ConfigurationProblem("\"%s\" is no throttle like %s".formatted(item, Kind.REPLICA_LAG.example()));
        }
        String name = item.substring(0, equals).strip();
        List<String> known = Arrays.stream(Kind.values()).map(Kind::text).toList();
        return Kind.named(name)
                .orElseThrow(() -> new ConfigurationProblem(
                        "unknown throttle %s%s".formatted(name, Suggestion.forName(name, known))));
    }

    /** At the semicolons that stand outside of quotes and comments. */
    private static List<String> items(String text) {
        List<StringBuilder> items = new ArrayList<>(List.of(new StringBuilder()));
        for (SqlLexer.Token token : SqlLexer.tokens(text)) {
            if (token.is(";")) {
                items.add(new StringBuilder());
            } else {
                items.get(items.size() - 1).append(token.text());
            }
        }
        Stream<String> stripped = items.stream().map(item -> item.toString().strip());
        return stripped.filter(item -> !item.isEmpty()).toList();
    }
}
