package dev.expandcontract.flyway;

import dev.expandcontract.error.InvalidOperation;
import java.util.Locale;
import java.util.Set;

/** Tells what a statement means to us. */
final class StatementReader {
    private static final Set<String> BOUNDARIES = Set.of("BEGIN", "COMMIT", "END", "START");
    private static final Set<String> ROLLBACKS = Set.of("ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE");

    private StatementReader() {}

    /** @throws InvalidOperation with everything that is wrong with an online call, at this script and line */
    static Part read(String script, ScriptStatement statement) {
        Words words = new Words(statement.sql());
        String sql = statement.sql().substring(words.start()).strip();
        int line = statement.line();
        if (CallReader.isCall(words)) {
            try {
                return new Part.Online(line, CallReader.read(words));
            } catch (InvalidOperation e) {
                int offset = words.isAtEnd() ? words.start() : words.offset();
                throw e.at(script + ":" + statement.lineAt(offset, words.start()));
            }
        }
        if (ConcurrentIndexReader.isConcurrentIndex(words)) {
            return ConcurrentIndexReader.read(words, line, sql);
        }
        if (isConcurrent(words)) {
            return new Part.Alone(line, sql, true);
        }
        return ordinary(statement, words, line, sql);
    }

    private static Part ordinary(ScriptStatement statement, Words words, int line, String sql) {
        Token first = words.peek();
        String verb = first == null ? "" : first.text().toUpperCase(Locale.ROOT);
        if (BOUNDARIES.contains(verb)) {
            return new Part.TransactionBoundary(line);
        }
        if (ROLLBACKS.contains(verb)) {
            return new Part.Unsupported(
                    line, verb + " can't stand in a script with online operations; put it in a script of its own", sql);
        }
        if (verb.equals("COPY") && words.contains("FROM", "STDIN")) {
            return new Part.Unsupported(
                    line,
                    "COPY … FROM STDIN can't stand in a script with online operations; put it in a script of its own",
                    sql);
        }
        if (setsSession(words)) {
            return new Part.SessionSetting(line, sql);
        }
        return statement.inTransaction() ? new Part.Plain(line, sql) : new Part.Alone(line, sql, false);
    }

    private static boolean isConcurrent(Words words) {
        return (words.isNext("REINDEX") && words.contains("CONCURRENTLY"))
                || (words.isNext("ALTER", "TABLE")
                        && words.contains("DETACH", "PARTITION")
                        && words.contains("CONCURRENTLY"));
    }

    private static boolean setsSession(Words words) {
        return words.isNext("RESET")
                || (words.isNext("SET")
                        && !words.isNext("SET", "LOCAL")
                        && !words.isNext("SET", "CONSTRAINTS")
                        && !words.isNext("SET", "TRANSACTION"));
    }
}
