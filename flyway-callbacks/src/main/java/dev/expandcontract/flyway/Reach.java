package dev.expandcontract.flyway;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** How far a plain statement reaches, which matters where a script is run in several transactions, or in several runs. */
enum Reach {
    /** Into the database, to stay there. */
    DATABASE,
    /** To the end of the session: it is lost when a later run goes on. */
    SESSION,
    /** To the end of the transaction. */
    TRANSACTION,
    /** Beyond the transaction: it may commit by itself, and can't in one of ours. */
    OWN_TRANSACTIONS;

    private static final Set<String> SESSION_LOCKS = Set.of(
            "pg_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock", "pg_try_advisory_lock_shared");

    /** @param words of the statement, from its beginning */
    static Reach of(Words words) {
        if (words.isNext("CALL") || (words.isNext("DO") && words.hasString(Reach::endsTransactions))) {
            return OWN_TRANSACTIONS;
        }
        if (isForTransaction(words)) {
            return TRANSACTION;
        }
        return isForSession(words) ? SESSION : DATABASE;
    }

    /** Changes settings and nothing else, so that it can be said again. */
    static boolean isSessionSetting(Words words) {
        return words.isNext("RESET")
                || words.isNext("LOAD")
                || (words.isNext("SET") && !isForTransaction(words))
                || (isSetConfig(words) && words.endsWith(",", "FALSE", ")"));
    }

    private static boolean isForTransaction(Words words) {
        return words.isNext("SET", "LOCAL")
                || words.isNext("SET", "CONSTRAINTS")
                || words.isNext("SET", "TRANSACTION")
                || (isSetConfig(words) && words.endsWith(",", "TRUE", ")"));
    }

    private static boolean isForSession(Words words) {
        return isTemporary(words)
                || words.isNext("PREPARE")
                || words.isNext("LISTEN")
                || (words.isNext("DECLARE") && words.contains("WITH", "HOLD"))
                || words.contains("set_config", "(")
                || SESSION_LOCKS.stream().anyMatch(lock -> words.contains(lock, "("));
    }

    /** What is dropped when its transaction ends is no concern of the next one. */
    private static boolean isTemporary(Words words) {
        return Stream.of("TEMP", "TEMPORARY")
                        .anyMatch(word -> words.isNext("CREATE", word)
                                || words.isNext("CREATE", "LOCAL", word)
                                || words.isNext("CREATE", "GLOBAL", word)
                                || words.isNext("CREATE", "OR", "REPLACE", word)
                                || words.contains("INTO", word)
                                || (words.isNext("CREATE") && words.contains("pg_temp", ".")))
                && !words.contains("ON", "COMMIT", "DROP");
    }

    private static boolean isSetConfig(Words words) {
        return words.isNext("SELECT", "set_config", "(")
                || words.isNext("SELECT", "pg_catalog", ".", "set_config", "(");
    }

    private static boolean endsTransactions(String body) {
        String code = body.toUpperCase(Locale.ROOT);
        return code.contains("COMMIT") || code.contains("ROLLBACK") || code.contains("CALL");
    }
}
