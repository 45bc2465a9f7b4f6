package dev.expandcontract.flyway;

import dev.expandcontract.error.InvalidOperation;
import java.util.Locale;
import java.util.Set;

/** Tells what a statement means to us. */
final class StatementReader {
    private static final Set<String> TRANSACTION_CONTROL =
            Set.of("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE");

    private StatementReader() {}

    /** @throws InvalidOperation with everything that is wrong with an online call, at this script and line */
    static Part read(String script, ScriptStatement statement) {
        Words words = new Words(statement.sql());
        String sql = statement.withoutLeadingComments();
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
        if (TRANSACTION_CONTROL.contains(verb) || words.isNext("PREPARE", "TRANSACTION")) {
            return transactionControl(words, line, sql);
        }
        if (verb.equals("COPY") && words.contains("FROM", "STDIN")) {
            return new Part.Unsupported(line, "COPY … FROM STDIN", sql);
        }
        if (Reach.isSessionSetting(words)) {
            return new Part.SessionSetting(line, sql);
        }
        return statement.inTransaction()
                ? new Part.Plain(line, sql, Reach.of(words))
                : new Part.Alone(line, sql, false);
    }

    /** Any addition makes something else of it: COMMIT PREPARED, BEGIN ISOLATION LEVEL …, COMMIT AND CHAIN. */
    private static Part transactionControl(Words words, int line, String sql) {
        boolean isBegin = words.skip("BEGIN") || words.skip("START", "TRANSACTION");
        if (isBegin || words.skip("COMMIT") || words.skip("END")) {
            if (!words.skip("WORK")) {
                words.skip("TRANSACTION");
            }
            if (words.isAtEnd()) {
                return new Part.TransactionBoundary(line, isBegin);
            }
        }
        return new Part.Unsupported(line, sql.length() <= 60 ? sql : sql.substring(0, 59) + "…", sql);
    }

    private static boolean isConcurrent(Words words) {
        return (words.isNext("REINDEX") && words.contains("CONCURRENTLY"))
                || (words.isNext("ALTER", "TABLE")
                        && words.contains("DETACH", "PARTITION")
                        && words.contains("CONCURRENTLY"));
    }
}
